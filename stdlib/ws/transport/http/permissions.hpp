// What a program may connect to and listen on, from the patterns of the command line. Any thread.
#pragma once

#include "ws/transport/http/url.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi::ws {

/// One pattern: "host", "host:port", or a URL whose host, port and path may be globs ("wss://*.example.com/v1/*").
/// A URL is compared as it is written, with its port and, where that is the scheme's own, without: "ws://*/*" is any
/// host and any port, "ws://host/*" port 80 of that one. Scheme, host with port, and path are compared each by itself:
/// '*' never reaches beyond the part that it stands in; only one that ends the pattern also covers a query. Hosts and
/// schemes are the same in any case, paths and queries are not.
struct NetPattern {
    std::string scheme; // empty: both
    std::string host;
    std::string port;      // empty: any; for a URL the scheme's own, or what the host's '*' has room for
    std::string authority; // of a URL without a port: its host as written
    std::string path;      // empty: any

    bool allows(const Url& url) const;
    bool allows(std::string_view host, std::uint16_t port) const;

private:
    bool allows_place(const Url& url) const;
};

/// nullopt for what can't be one.
std::optional<NetPattern> parse_pattern(std::string_view text);

struct Permissions {
    bool restricted = false; // else everything is allowed
    std::vector<NetPattern> connect;
    std::vector<NetPattern> listen;

    bool may_connect(const Url& url) const;
    /// Under another name than the URL's host, "host" or "host:port": a Host header, a TLS server name. What stands
    /// behind one address for many hosts goes by it, so it needs a permission of its own.
    bool may_connect_as(const Url& url, std::string_view name) const;
    /// To what speaks no WebSocket: a proxy, a Redis. Patterns that are URLs say nothing about it.
    bool may_connect(std::string_view host, std::uint16_t port) const;
    bool may_listen(std::string_view host, std::uint16_t port) const;
};

} // namespace qi::ws
