// Between UTF-8 and other encodings, by the names that iconv has for them. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qi::stdlib {

/// Bytes of `text` that could be converted: what they became is appended to `out`. One of the two names is "UTF-8".
std::size_t convert(const char* to, const char* from, std::string_view text, std::string& out);

} // namespace qi::stdlib
