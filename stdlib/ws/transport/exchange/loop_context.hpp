// What everything on the service thread works with: where deliveries are put, the clock, shared scratch
// memory. One for the thread, owned by the loop. Only the service thread.
#pragma once

#include "ws/transport/exchange/exchange.hpp"
#include "ws/transport/exchange/frame_log.hpp"
#include "ws/transport/net/block_pool.hpp"
#include "ws/transport/net/frame_batch.hpp"
#include "ws/transport/net/timers.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/deflate.hpp"
#include "ws/transport/wire/mask.hpp"
#include "ws/transport/wire/resting.hpp"

#include <array>
#include <memory>
#include <utility>
#include <vector>

namespace qi::ws {

class LoopContext {
public:
    LoopContext(Exchange& exchange, const TimeSource& time) : exchange(exchange), timers(time) {}

    Exchange& exchange;
    Timers timers;
    MaskSource masks;
    FrameBatch batch;
    BufferSlab slab;
    /// Large messages are there; a program may hold them longer than this lives.
    const std::shared_ptr<BlockPool> blocks = std::make_shared<BlockPool>();
    FrameLog log;
    /// The streams of compression. They go before it does.
    Resting resting;

    /// For messages that refer to no others; window bits from 8 to 15.
    Deflater& deflater(int window_bits) {
        auto& made = deflaters_[static_cast<std::size_t>(window_bits - 8)];
        if (made == nullptr) made = std::make_unique<Deflater>(window_bits, Deflater::usual_memory_level, &resting);
        return *made;
    }

    /// Handed over at the end of the round.
    template <typename What>
    void deliver(Id id, What&& what) {
        deliveries_.push_back(Delivery{id, std::forward<What>(what)});
    }
    std::vector<Delivery>& deliveries() noexcept { return deliveries_; }

private:
    std::array<std::unique_ptr<Deflater>, 8> deflaters_;
    std::vector<Delivery> deliveries_;
};

} // namespace qi::ws
