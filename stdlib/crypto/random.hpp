// Bytes that nobody can guess, from the kernel. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include <sys/random.h>

namespace qi::stdlib {

inline std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    for (std::size_t at = 0; at < count;) {
        const ssize_t got = ::getrandom(bytes.data() + at, count - at, 0);
        if (got > 0) at += static_cast<std::size_t>(got); // a signal may come in between
    }
    return bytes;
}

} // namespace qi::stdlib
