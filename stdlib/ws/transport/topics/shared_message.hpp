// One message for many connections, encoded once for each way in which it goes out. The service thread.
#pragma once

#include "ws/transport/exchange/event.hpp"
#include "ws/transport/exchange/loop_context.hpp"

#include <utility>
#include <vector>

namespace qi::ws {

/// A whole unmasked frame.
struct SharedFrame {
    Buffer bytes;
    bool usable = true; // false: compressing it doesn't pay
};

class SharedMessage {
public:
    /// `frame` is the message as it goes out uncompressed, its last `size` bytes the payload.
    SharedMessage(MessageType type, Buffer frame, std::size_t size, LoopContext& context)
        : type(type), payload(frame.slice(frame.size() - size, size)), plain_{std::move(frame), true},
          context_(context) {}

    const MessageType type;
    const Buffer payload;

    const SharedFrame& plain() const noexcept { return plain_; }
    /// For those whose messages stand alone: the same stream of deflate does for all of one window.
    const SharedFrame& compressed(int window);

private:
    const SharedFrame plain_;
    LoopContext& context_;
    std::vector<std::pair<int, SharedFrame>> compressed_;
};

} // namespace qi::ws
