// QI_WS_LOG=debug, --trace-ws and ws/trace: what goes over the wire, a line each on stderr. The service thread.
#pragma once

#include "ws/transport/exchange/event.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

namespace qi::ws {

class FrameLog {
public:
    /// Of every connection from its beginning on.
    void turn_on() noexcept { on_ = true; }
    bool is_on() const noexcept { return on_; }

    /// `ws 3 < text 12 "Hello"`: connection, direction, kind, bytes, how they begin.
    void write(Id id, char direction, std::string_view kind, std::string_view payload) const {
        constexpr std::size_t shown = 60;
        std::string text;
        for (const char c : payload.substr(0, shown))
            text += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '.' : c;
        std::fprintf(stderr, "ws %lld %c %.*s %zu \"%s\"%s\n", static_cast<long long>(id), direction,
                     static_cast<int>(kind.size()), kind.data(), payload.size(), text.c_str(),
                     payload.size() > shown ? "…" : "");
    }

private:
    bool on_ = false;
};

} // namespace qi::ws
