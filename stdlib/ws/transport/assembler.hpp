// Puts messages together from the pieces that arrive, and checks them: length as they grow, UTF-8 when
// whole. The service thread.
#pragma once

#include "ws/transport/buffer.hpp"
#include "ws/transport/event.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace qi::ws {

class Assembler {
public:
    explicit Assembler(std::uint64_t read_limit) noexcept : read_limit_(read_limit) {}

    enum class Fault : std::uint8_t { TooBig, NotUtf8, OutOfMemory };
    struct More {};
    struct Whole {
        MessageType type;
        Buffer data;
    };
    using Outcome = std::variant<More, Whole, Fault>;

    /// One piece. The type counts on the first piece of a message. After a fault it starts anew.
    Outcome add(std::string_view bytes, bool last, MessageType type, BufferSlab& slab);

private:
    const std::uint64_t read_limit_;
    bool within_ = false;
    MessageType type_ = MessageType::Text;
    BufferBuilder builder_;
};

} // namespace qi::ws
