// The Sec-WebSocket-Extensions header, RFC 6455, 9.1. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi::ws {

struct ExtensionParameter {
    std::string name;
    std::optional<std::string> value; // without its quotes
};
struct Extension {
    std::string name;
    std::vector<ExtensionParameter> parameters;
};

/// In order; nullopt for a header that isn't well-formed.
std::optional<std::vector<Extension>> parse_extensions(std::string_view header);

} // namespace qi::ws
