// Hexadecimal text (RFC 4648, section 8), written in lower case and read in both. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qi::stdlib::hex {

constexpr char lower_digits[] = "0123456789abcdef";

/// -1: it is none.
constexpr int digit(char c) noexcept {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

inline std::string encode(std::string_view bytes) {
    std::string out;
    out.reserve(2 * bytes.size());
    for (const char c : bytes) {
        out += lower_digits[static_cast<unsigned char>(c) >> 4];
        out += lower_digits[c & 15];
    }
    return out;
}

/// Empty for an odd number of digits, or what is no digit.
inline std::optional<std::string> decode(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

} // namespace qi::stdlib::hex
