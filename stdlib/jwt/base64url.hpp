// Base64 with the alphabet for addresses, without padding (RFC 7515, section 2). Any thread.
#pragma once

#include "base/base64.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace qi::stdlib::base64url {

inline std::string encode(std::string_view bytes) {
    std::string text = base64::encode(bytes);
    while (text.ends_with('=')) text.pop_back();
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

/// Empty for anything but what `encode` makes.
inline std::optional<std::string> decode(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
    std::string padded(text);
    std::replace(padded.begin(), padded.end(), '-', '+');
    std::replace(padded.begin(), padded.end(), '_', '/');
    padded.append((4 - padded.size() % 4) % 4, '=');
    return base64::decode(padded);
}

} // namespace qi::stdlib::base64url
