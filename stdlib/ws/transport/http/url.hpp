// WebSocket URLs, RFC 6455, 3. Any thread.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace qi::ws {

struct Url {
    std::string text; // as given
    bool secure = false;
    std::string host; // in lower case, without the brackets of an IPv6 address
    std::uint16_t port = 0;
    std::string target; // path and query, starts with '/'

    bool is_ipv6() const noexcept { return host.find(':') != std::string::npos; }
    /// As it stands in a Host header: with the port unless it is the scheme's own.
    std::string authority() const;
    /// The text as messages show it.
    std::string shown() const;
    /// "host:port", the port always there: for messages.
    std::string endpoint() const;
};

/// Error: :invalid-url, saying which rule is broken.
Result<Url> parse_url(std::string_view text);

/// The text of a URL, sound or not, as messages show it: with *** for a password and for the values of its query, which
/// are secrets often enough.
std::string masked_url(std::string_view text);

/// "host:port" or "[host]:port".
std::string join_endpoint(std::string_view host, std::uint16_t port);

/// True for an IPv4 or IPv6 address in numbers.
bool is_address(const std::string& host) noexcept;

/// It can stand in a certificate: the name of a host, or an address in numbers.
bool is_server_name(const std::string& name) noexcept;
/// Without the dot that ends a name that is complete in itself. Certificates and SNI have none (RFC 6066, 3).
std::string_view without_dot(std::string_view host) noexcept;

/// %XX decoded; broken escapes stay as they are. In queries '+' is a space.
std::string percent_decode(std::string_view text, bool query);
/// The same until nothing is left to decode: %252e is a dot, as it is to servers that decode twice.
std::string percent_decode_fully(std::string_view text);

} // namespace qi::ws
