// Base64 (RFC 4648, section 4), with padding. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace qi::base64 {

std::string encode(std::string_view bytes);
/// Empty for anything but well-formed base64: wrong characters, missing padding, bits left over.
std::optional<std::string> decode(std::string_view text);

namespace detail {
/// The same; for tests also as a processor without AVX2 does it.
std::string encode(std::string_view bytes, bool with_vectors);
std::optional<std::string> decode(std::string_view text, bool with_vectors);
} // namespace detail

} // namespace qi::base64
