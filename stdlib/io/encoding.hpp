// Text files in the encodings that people still meet, by the C library's iconv.
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace qi::stdlib {

/// The names that options may have, :binary and :auto included.
std::span<const std::string_view> encoding_names() noexcept;
/// That of them which is meant, however it is spelt (UTF8, Shift_JIS, cp932, latin1 …); empty if none is.
std::string_view encoding_named(std::string_view spelling);

/// UTF-8 without the byte-order mark that it may begin with.
inline std::string_view without_mark(std::string_view text) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

/// Text of these bytes; a byte-order mark is dropped. `path` is for the message.
Result<std::string> decode(std::string_view path, std::string_view bytes, std::string_view encoding);
Result<std::string> encode(std::string_view text, std::string_view encoding);

} // namespace qi::stdlib
