// What waits to be written on one connection, and how it becomes bytes: everything that is queued goes out
// in as few writes as it fits in. The service thread.
#pragma once

#include "ws/transport/exchange/event.hpp"
#include "ws/transport/exchange/flow.hpp"
#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/net/link.hpp"
#include "ws/transport/peers/compressor.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/frame.hpp"
#include "ws/transport/wire/queue.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace qi::ws {

class Outbox {
public:
    /// `masks` is nullptr on a server. `remembers`: can tell what of it the kernel never got.
    Outbox(MaskSource* masks, Compressor& compressor, bool remembers) noexcept
        : masks_(masks), compressor_(compressor), remembers_(remembers) {}

    void push(Opcode opcode, Buffer payload) {
        const Load load = is_message(opcode) ? Load::message(payload.size()) : Load{};
        items_.push(Item{opcode, false, false, false, std::move(payload), load, {}});
    }
    /// A message as a whole unmasked frame, shared with others; `payload` is its size. Servers only.
    void push_framed(Opcode opcode, Buffer frame, std::size_t payload) {
        items_.push(Item{opcode, true, false, true, std::move(frame), Load::message(payload), {}});
    }
    /// A ping: goes before the messages that wait.
    void push_urgent(Opcode opcode, Buffer payload) {
        urgent_.push(Item{opcode, true, false, false, std::move(payload), {}, {}});
    }
    bool empty() const noexcept { return items_.empty() && urgent_.empty(); }
    /// Nothing more will be written: drops what waits.
    void clear() noexcept;

    struct Progress {
        Load given;          // messages that the link got, as they were before compression
        bool closed = false; // the close frame was among them
        bool lost = false;   // the link is gone
    };
    /// Writes until nothing is left or the link is stuck. `beyond_stuck` goes on regardless, for the end.
    Progress flush(Link& link, LoopContext& context, bool beyond_stuck = false);

    /// The messages that wait.
    Load waiting() const noexcept;
    /// The messages that the kernel never got as a whole, in order; the outbox is empty afterwards.
    std::vector<Unsent> take_unsent(const Link& link);

private:
    struct Item {
        Opcode opcode = Opcode::Text;
        bool prepared = false; // compressed, or found not to be
        bool compressed = false;
        bool framed = false; // the payload has the frame's header in front already
        Buffer payload;
        Load load;      // what it counts for; only messages do
        Buffer message; // what was compressed, if it may have to be handed back
    };
    /// Part of what was given to the link last, up to `end` bytes of it.
    struct Given {
        Item item;
        std::uint64_t end;
    };
    static bool is_message(Opcode opcode) noexcept { return opcode == Opcode::Text || opcode == Opcode::Binary; }
    void prepare(Item& item);
    FrameHeader header_for(const Item& item);
    /// False: it doesn't fit into the batch any more.
    bool add(Item& item, LoopContext& context);
    std::size_t add_small(const Item& item, FrameBatch& batch);
    std::size_t add_large(const Item& item, LoopContext& context);

    MaskSource* masks_;
    Compressor& compressor_;
    Queue<Item> items_;
    Queue<Item> urgent_;

    const bool remembers_;
    std::vector<Given> given_;       // while the link is stuck
    std::uint64_t taken_before_ = 0; // by the kernel, before that
};

} // namespace qi::ws
