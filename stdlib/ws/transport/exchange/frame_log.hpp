// QI_WS_LOG=debug, --trace-ws and ws/trace: what goes over the wire, a line each on stderr. The service thread.
#pragma once

#include "base/utf8.hpp"
#include "ws/transport/exchange/event.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace qi::ws {

class FrameLog {
public:
    /// Of every connection from its beginning on.
    void turn_on() noexcept { on_ = true; }
    bool is_on() const noexcept { return on_; }

    /// `ws 3 < text 12 "Hello"`: connection, direction, kind, bytes, how they begin, as Qi would write that string.
    void write(Id id, char direction, std::string_view kind, std::string_view payload) const {
        constexpr std::size_t most = 60;
        std::string_view begin = payload.substr(0, most);
        // Of a character that the cut goes through nothing is shown.
        if (const std::size_t whole = utf8::valid_prefix(begin);
            begin.size() < payload.size() && utf8::is_begun(begin.substr(whole)))
            begin = begin.substr(0, whole);
        std::string escaped;
        for (const char c : utf8::repaired(begin)) {
            if (c == '"' || c == '\\') escaped += '\\';
            c == '\n' ? escaped += "\\n" : c == '\t' ? escaped += "\\t" : escaped += c;
        }
        const std::string text = utf8::visible(escaped);
        std::fprintf(stderr, "ws %lld %c %.*s %zu \"%s\"%s\n", static_cast<long long>(id), direction,
                     static_cast<int>(kind.size()), kind.data(), payload.size(), text.c_str(),
                     payload.size() > begin.size() ? "…" : "");
    }

private:
    bool on_ = false;
};

} // namespace qi::ws
