// Puts messages together from the pieces that arrive, inflates them, and checks them: length as they grow, UTF-8 when
// whole. The service thread.
#pragma once

#include "ws/transport/buffer.hpp"
#include "ws/transport/deflate.hpp"
#include "ws/transport/event.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace qi::ws {

class Assembler {
public:
    explicit Assembler(std::uint64_t read_limit, bool peer_takeover = true) noexcept
        : read_limit_(read_limit), peer_takeover_(peer_takeover) {}

    enum class Fault : std::uint8_t { TooBig, NotUtf8, Corrupt, OutOfMemory };
    struct More {};
    struct Whole {
        MessageType type;
        Buffer data;
    };
    using Outcome = std::variant<More, Whole, Fault>;

    /// One piece. What it is counts on the first piece of a message. After a fault it starts anew.
    Outcome add(std::string_view bytes, bool last, MessageType type, BufferSlab& slab, bool compressed = false);

    /// A frame of that size can only end in TooBig. What a compressed one comes to isn't known.
    bool would_exceed(std::uint64_t frame, bool compressed) const noexcept {
        return !compressed && (frame > read_limit_ || builder_.size() > read_limit_ - frame);
    }

private:
    const std::uint64_t read_limit_;
    const bool peer_takeover_;
    bool within_ = false;
    MessageType type_ = MessageType::Text;
    bool compressed_ = false;
    BufferBuilder builder_;
    std::unique_ptr<Inflater> inflater_; // from the first compressed message on
};

} // namespace qi::ws
