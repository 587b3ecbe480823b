// One message for many connections, encoded once for each way in which it goes out. The service thread.
#pragma once

#include "ws/transport/desk.hpp"
#include "ws/transport/event.hpp"

#include <optional>
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
    SharedMessage(MessageType type, Buffer payload, Desk& desk) : type(type), payload(std::move(payload)), desk_(desk) {}

    const MessageType type;
    const Buffer payload;

    const SharedFrame& plain();
    /// For those whose messages stand alone: the same stream of deflate does for all of one window.
    const SharedFrame& compressed(int window);

private:
    SharedFrame encode(std::string_view bytes, bool compressed) const;

    Desk& desk_;
    std::optional<SharedFrame> plain_;
    std::vector<std::pair<int, SharedFrame>> compressed_;
};

} // namespace qi::ws
