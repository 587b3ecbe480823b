// Case and classes of Unicode text, as libunistring knows them. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace qi::unicode {

/// Full case mapping of well-formed UTF-8, not that of any one language.
std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// The first character in title case, the rest as it is.
std::string capitalized(std::string_view text);

bool is_space(char32_t c) noexcept;           // White_Space
bool is_letter(char32_t c) noexcept;          // Alphabetic
bool is_letter_or_digit(char32_t c) noexcept; // … or a number
bool is_lower(char32_t c) noexcept;
bool is_upper(char32_t c) noexcept;

/// Without white space at either end.
std::string_view trim_left(std::string_view text) noexcept;
std::string_view trim_right(std::string_view text) noexcept;
inline std::string_view trim(std::string_view text) noexcept { return trim_left(trim_right(text)); }

/// Calls `take` with each run of what isn't white space.
template <typename Take>
void each_word(std::string_view text, Take take);

} // namespace qi::unicode

#include "base/utf8.hpp"

template <typename Take>
void qi::unicode::each_word(std::string_view text, Take take) {
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t here = at;
        if (!is_space(utf8::decode(text, at))) continue;
        if (here > begin) take(text.substr(begin, here - begin));
        begin = at;
    }
    if (begin < text.size()) take(text.substr(begin));
}
