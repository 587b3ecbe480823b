// Base64 (RFC 4648, section 4), with padding. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qi::base64 {

std::string encode(std::string_view bytes);
/// Empty for anything but well-formed base64: wrong characters, missing padding, bits left over.
std::optional<std::string> decode(std::string_view text);

} // namespace qi::base64
