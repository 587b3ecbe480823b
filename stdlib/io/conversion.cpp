#include "io/conversion.hpp"

#include <cerrno>
#include <iconv.h>

namespace qi::stdlib {

std::size_t convert(const char* to, const char* from, std::string_view text, std::string& out) {
    const iconv_t state = iconv_open(to, from);
    if (state == reinterpret_cast<iconv_t>(-1)) return 0;
    char* in = const_cast<char*>(text.data()); // iconv doesn't write there
    std::size_t left = text.size();
    char buffer[4096];
    bool flushing = false;
    for (;;) {
        char* to_here = buffer;
        std::size_t room = sizeof buffer;
        const std::size_t got =
            flushing ? iconv(state, nullptr, nullptr, &to_here, &room) : iconv(state, &in, &left, &to_here, &room);
        out.append(buffer, sizeof buffer - room);
        if (got != static_cast<std::size_t>(-1)) {
            if (flushing) break;
            flushing = true; // back to the initial shift state
        } else if (errno != E2BIG) {
            break;
        }
    }
    iconv_close(state);
    return text.size() - left;
}

} // namespace qi::stdlib
