#include "ws/transport/http/proxy.hpp"

#include "base/base64.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace qi::ws {

namespace {

/// A password doesn't belong in a message.
std::string without_credentials(std::string_view proxy) {
    const std::size_t at = proxy.rfind('@');
    return at == std::string_view::npos ? std::string(proxy) : "…" + std::string(proxy.substr(at));
}

std::optional<std::uint16_t> port_of(std::string_view text) {
    unsigned port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(port);
}

struct AddressBytes {
    std::array<unsigned char, 16> bytes{};
    std::size_t size = 0; // 4, 16; 0: no address
};

AddressBytes address_bytes(const std::string& text) {
    AddressBytes address;
    if (inet_pton(AF_INET, text.c_str(), address.bytes.data()) == 1)
        address.size = 4;
    else if (inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1)
        address.size = 16;
    return address;
}

bool is_in_network(const std::string& host, std::string_view network, std::string_view bits_text) {
    const AddressBytes address = address_bytes(host);
    const AddressBytes base = address_bytes(std::string(network));
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(bits_text.data(), bits_text.data() + bits_text.size(), bits);
    if (error != std::errc() || end != bits_text.data() + bits_text.size() || address.size == 0 ||
        address.size != base.size || bits > address.size * 8)
        return false;
    for (unsigned i = 0; i < bits; ++i) {
        const unsigned mask = 0x80u >> (i % 8);
        if ((address.bytes[i / 8] & mask) != (base.bytes[i / 8] & mask)) return false;
    }
    return true;
}

bool is_loopback(const std::string& host) {
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    return is_in_network(host, "127.0.0.0", "8") || host == "::1";
}

bool entry_names(std::string_view entry, const std::string& host, std::uint16_t port) {
    if (entry == "*") return true;
    if (const std::size_t slash = entry.find('/'); slash != std::string_view::npos)
        return is_in_network(host, entry.substr(0, slash), entry.substr(slash + 1));
    std::string name = lower(entry);
    if (name.starts_with('[')) {
        const std::size_t end = name.find(']');
        if (end == std::string::npos) return false;
        if (name.compare(end, 2, "]:") == 0 && port_of(std::string_view(name).substr(end + 2)) != port) return false;
        name = name.substr(1, end - 1);
    } else if (const std::size_t colon = name.find(':');
               colon != std::string::npos && name.find(':', colon + 1) == std::string::npos) {
        if (port_of(std::string_view(name).substr(colon + 1)) != port) return false;
        name.resize(colon);
    }
    if (name.starts_with("*.")) name.erase(0, 1);
    const std::string bare = name.starts_with('.') ? name.substr(1) : name;
    if (host == bare) return true;
    return !bare.empty() && !is_address(host) && host.ends_with("." + bare);
}

} // namespace

Result<Proxy> parse_proxy(std::string_view text) {
    const Error wrong = failure(kind::value, message::proxy_form, {masked_url(text)});
    constexpr std::string_view scheme = "http://";
    if (!equals_ignoring_case(text.substr(0, scheme.size()), scheme)) return wrong;
    std::string_view rest = text.substr(scheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    Proxy proxy;
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        proxy.credentials = percent_decode(rest.substr(0, at), false);
        rest.remove_prefix(at + 1);
    }
    std::string_view port;
    bool has_port = false;
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos) return wrong;
        proxy.host = lower(rest.substr(1, end - 1));
        has_port = rest.size() > end + 1;
        if (has_port && rest[end + 1] != ':') return wrong;
        if (has_port) port = rest.substr(end + 2);
        if (!is_address(proxy.host)) return wrong;
    } else {
        const std::size_t colon = rest.find(':');
        proxy.host = lower(rest.substr(0, colon));
        has_port = colon != std::string_view::npos;
        if (has_port) port = rest.substr(colon + 1);
    }
    if (proxy.host.empty() || proxy.host.find_first_of("/?# \t\r\n@") != std::string::npos) return wrong;
    if (has_port) {
        const auto number = port_of(port);
        if (!number) return wrong;
        proxy.port = *number;
    }
    return proxy;
}

bool is_exempt(std::string_view list, const std::string& host, std::uint16_t port) {
    while (true) {
        const std::size_t comma = list.find(',');
        if (const auto entry = trimmed(list.substr(0, comma)); !entry.empty() && entry_names(entry, host, port))
            return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

Result<std::optional<Proxy>> proxy_from_environment(const Url& url, const Environment& environment) {
    const auto either = [&](const char* small, const char* large) {
        return environment(small).empty() ? large : small;
    };
    // A CGI program's HTTP_PROXY is a header of the request that it answers.
    const char* variable = url.secure ? either("https_proxy", "HTTPS_PROXY") : "http_proxy";
    const std::string chosen = environment(variable);
    if (chosen.empty() || is_loopback(url.host) ||
        is_exempt(environment(either("no_proxy", "NO_PROXY")), url.host, url.port))
        return std::optional<Proxy>{};
    // Written without a scheme it is a proxy as well, by long custom.
    auto proxy = parse_proxy(chosen.find("://") == std::string::npos ? "http://" + chosen : chosen);
    if (!proxy) return failure(kind::proxy, message::proxy_variable, {variable, without_credentials(chosen)});
    return std::optional<Proxy>{std::move(*proxy)};
}

std::string tunnel_request(const Url& url, const Proxy& proxy) {
    const std::string endpoint = url.endpoint();
    std::string request = "CONNECT " + endpoint + " HTTP/1.1\r\nHost: " + endpoint + "\r\n";
    if (!proxy.credentials.empty())
        request += "Proxy-Authorization: Basic " + base64::encode(proxy.credentials) + "\r\n";
    return request + "\r\n";
}

} // namespace qi::ws
