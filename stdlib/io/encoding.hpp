// Text files in the encodings that people still meet, by the C library's iconv.
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace qi::stdlib {

/// The names that options may have, :binary and :auto included.
std::span<const std::string_view> encoding_names() noexcept;

/// UTF-8 without the byte-order mark that it may begin with.
inline std::string_view without_mark(std::string_view text) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

/// Text of these bytes; a byte-order mark is dropped. `who` and `path` are for the message.
Result<std::string> decode(std::string_view who, std::string_view path, std::string_view bytes, std::string_view encoding);
Result<std::string> encode(std::string_view who, std::string_view text, std::string_view encoding);

} // namespace qi::stdlib
