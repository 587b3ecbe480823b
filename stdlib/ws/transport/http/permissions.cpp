#include "ws/transport/http/permissions.hpp"

#include "base/glob.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <algorithm>

namespace qi::ws {

namespace {

bool splits_host(std::string_view text, NetPattern& pattern) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return false;
        pattern.host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (!text.empty() && text.front() != ':') return false;
        if (!text.empty()) pattern.port = text.substr(1);
        return text.size() != 1;
    }
    const std::size_t colon = text.find(':');
    // More than one colon: an IPv6 address without brackets, hence without a port.
    if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
        pattern.port = text.substr(colon + 1);
        text = text.substr(0, colon);
        if (pattern.port.empty()) return false;
    }
    pattern.host = text;
    return !text.empty();
}

/// A server may resolve dot segments to somewhere else, written plainly or not, between slashes of either kind.
bool climbs(std::string_view path) {
    std::string plain = percent_decode_fully(path);
    std::replace(plain.begin(), plain.end(), '\\', '/');
    return plain.find("/..") != std::string::npos;
}

/// The path and its query, each by itself: only a '*' that ends the pattern reaches from one into the other.
bool matches_target(std::string_view pattern, std::string_view target) {
    const std::size_t query = target.find('?');
    const std::string_view path = target.substr(0, query);
    const std::size_t wanted_query = pattern.find('?');
    if (!matches_glob(pattern.substr(0, wanted_query), path, LetterCase::Counts)) return false;
    if (wanted_query == std::string_view::npos) return query == std::string_view::npos || pattern.ends_with('*');
    return query != std::string_view::npos &&
           matches_glob(pattern.substr(wanted_query), target.substr(query), LetterCase::Counts);
}

/// The URL with the host that is named, "host" or "host:port", in place of its own; nullopt: that names none.
std::optional<Url> renamed(const Url& url, std::string_view name) {
    std::string text(name);
    if (is_address(text) && name.find(':') != std::string_view::npos) text = "[" + text + "]";
    const bool has_port =
        text.starts_with('[') ? text.find("]:") != std::string::npos : text.find(':') != std::string::npos;
    if (!has_port) text += ":" + std::to_string(url.port);
    auto other = parse_url((url.secure ? "wss://" : "ws://") + text + url.target);
    if (!other || other->target != url.target) return std::nullopt;
    return std::move(*other);
}

bool is_port_glob(const std::string& port) {
    return std::all_of(port.begin(), port.end(), [](char c) { return c == '*' || (c >= '0' && c <= '9'); });
}

} // namespace

std::optional<NetPattern> parse_pattern(std::string_view text) {
    NetPattern pattern;
    if (const std::size_t end = text.find("://"); end != std::string_view::npos) {
        pattern.scheme = text.substr(0, end);
        text.remove_prefix(end + 3);
        const bool known = equals_ignoring_case(pattern.scheme, "ws") || equals_ignoring_case(pattern.scheme, "wss") ||
                           pattern.scheme == "*";
        if (!known) return std::nullopt;
        const std::size_t slash = text.find('/');
        pattern.path = slash == std::string_view::npos ? "/*" : text.substr(slash);
        text = text.substr(0, slash);
    }
    if (text.find_first_of("/?# \t") != std::string_view::npos) return std::nullopt;
    if (!splits_host(text, pattern) || !is_port_glob(pattern.port)) return std::nullopt;
    if (!pattern.scheme.empty() && pattern.port.empty()) pattern.authority = text;
    return pattern;
}

bool NetPattern::allows(std::string_view wanted_host, std::uint16_t wanted_port) const {
    if (!matches_glob(host, wanted_host)) return false;
    if (!port.empty()) return matches_glob(port, std::to_string(wanted_port));
    return scheme.empty() || (wanted_port == 80 && matches_glob(scheme, "ws")) ||
           (wanted_port == 443 && matches_glob(scheme, "wss"));
}

bool NetPattern::allows_place(const Url& url) const {
    if (authority.empty()) return allows(url.host, url.port);
    const bool may_be_left_out = url.port == (url.secure ? 443 : 80);
    return matches_glob(authority, url.endpoint()) || (may_be_left_out && matches_glob(host, url.host));
}

bool NetPattern::allows(const Url& url) const {
    if (!scheme.empty() && !matches_glob(scheme, url.secure ? "wss" : "ws")) return false;
    if (!allows_place(url)) return false;
    if (path.empty()) return true;
    return !climbs(std::string_view(url.target).substr(0, url.target.find('?'))) && matches_target(path, url.target);
}

bool Permissions::may_connect(const Url& url) const {
    return !restricted ||
           std::any_of(connect.begin(), connect.end(), [&](const NetPattern& p) { return p.allows(url); });
}

bool Permissions::may_connect_as(const Url& url, std::string_view name) const {
    if (!restricted) return true;
    const auto other = renamed(url, name);
    return other && may_connect(*other);
}

bool Permissions::may_connect(std::string_view host, std::uint16_t port) const {
    return !restricted || std::any_of(connect.begin(), connect.end(),
                                      [&](const NetPattern& p) { return p.scheme.empty() && p.allows(host, port); });
}

bool Permissions::may_listen(std::string_view host, std::uint16_t port) const {
    return !restricted ||
           std::any_of(listen.begin(), listen.end(), [&](const NetPattern& p) { return p.allows(host, port); });
}

} // namespace qi::ws
