// What a string in JSON has as it is. Any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace qi::stdlib {

/// The first of these bytes that can't stand in a string of JSON as it is (RFC 8259, 7: a quotation mark, a backslash,
/// a control character), or `end`.
inline const char* end_of_plain(const char* p, const char* end) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    // The high bit of bytes that are below `least`: exact for the lowest one, and that one is wanted.
    const auto below = [](std::uint64_t word, std::uint64_t least) { return (word - least * ones) & ~word & highs; };
    if constexpr (std::endian::native == std::endian::little)
        for (std::uint64_t word; end - p >= 8; p += 8) {
            std::memcpy(&word, p, 8);
            const std::uint64_t found = below(word, 0x20) | below(word ^ '"' * ones, 1) | below(word ^ '\\' * ones, 1);
            if (found != 0) return p + std::countr_zero(found) / 8;
        }
    for (; p != end; ++p)
        if (*p == '"' || *p == '\\' || static_cast<unsigned char>(*p) < 0x20) break;
    return p;
}

} // namespace qi::stdlib
