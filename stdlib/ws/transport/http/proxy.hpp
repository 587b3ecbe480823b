// HTTP proxies: which one a connection goes through, and what asks it for a tunnel (RFC 9110, 9.3.6). Any thread.
#pragma once

#include "base/result.hpp"
#include "ws/transport/http/url.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace qi::ws {

struct Proxy {
    std::string host; // in lower case, without the brackets of an IPv6 address
    std::uint16_t port = 80;
    std::string credentials; // "user:password", percent-decoded; empty: none
};

/// "http://[user:pass@]host[:port]". Error :value.
Result<Proxy> parse_proxy(std::string_view text);

/// The value of an environment variable, empty if it isn't set.
using Environment = std::function<std::string(const char* name)>;
/// What https_proxy, http_proxy and no_proxy say about a URL. The loopback never goes through a proxy from there.
/// Error :proxy for a proxy that can't be read; it names the variable.
Result<std::optional<Proxy>> proxy_from_environment(const Url& url, const Environment& environment);
/// Whether a no_proxy list names the host: "*", names with all below them, host:port, addresses, networks (a.b.c.d/n).
bool is_exempt(std::string_view list, const std::string& host, std::uint16_t port);

/// The CONNECT request for a tunnel to the URL's host.
std::string tunnel_request(const Url& url, const Proxy& proxy);

} // namespace qi::ws
