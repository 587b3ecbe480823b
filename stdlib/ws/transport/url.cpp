#include "ws/transport/url.hpp"

#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace qi::ws {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = lower(c);
    return out;
}

Error invalid(const Message& message, std::string_view url, std::string_view detail = {}) {
    return failure(kind::invalid_url, message, {url, detail});
}

int hex(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// The first byte that may not stand in a request line, or npos.
std::size_t first_illegal(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c <= 0x20 || c >= 0x7F || c == '"' || c == '<' || c == '>' || c == '\\') return i;
    }
    return std::string_view::npos;
}

std::string describe_byte(char byte) {
    const auto c = static_cast<unsigned char>(byte);
    if (c > 0x20 && c < 0x7F) return std::string(1, byte);
    constexpr std::string_view digits = "0123456789ABCDEF";
    return std::string("%") + digits[c >> 4] + digits[c & 15];
}

bool host_name_is_sound(std::string_view host) noexcept {
    if (host.size() > 253) return false; // RFC 1035, 2.3.4
    for (const char c : host) {
        const bool sound = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        if (!sound) return false;
    }
    return host.front() != '.' && host.front() != '-';
}

} // namespace

std::string join_endpoint(std::string_view host, std::uint16_t port) {
    std::string out;
    const bool ipv6 = host.find(':') != std::string_view::npos;
    if (ipv6) out += '[';
    out += host;
    if (ipv6) out += ']';
    return out + ":" + std::to_string(port);
}

bool is_address(const std::string& host) noexcept {
    unsigned char scratch[sizeof(in6_addr)];
    return inet_pton(AF_INET, host.c_str(), scratch) == 1 || inet_pton(AF_INET6, host.c_str(), scratch) == 1;
}

std::string Url::authority() const {
    if (port == (secure ? 443 : 80)) return is_ipv6() ? "[" + host + "]" : host;
    return endpoint();
}

std::string Url::endpoint() const { return join_endpoint(host, port); }

Result<Url> parse_url(std::string_view text) {
    Url url;
    url.text = text;
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos) return invalid(message::url_no_scheme, text);
    const std::string scheme = lower(text.substr(0, colon));
    if (scheme != "ws" && scheme != "wss")
        return invalid(message::url_scheme, text, std::string(text.substr(0, colon)) + "://");
    url.secure = scheme == "wss";

    const std::string_view rest = text.substr(colon + 3);
    const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, end);
    const std::string_view target = rest.substr(end);
    if (target.find('#') != std::string_view::npos) return invalid(message::url_fragment, text);
    if (authority.find('@') != std::string_view::npos) return invalid(message::url_user_info, text);

    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos) return invalid(message::url_bad_host, text, authority);
        url.host = lower(authority.substr(1, bracket - 1));
        const std::string_view after = authority.substr(bracket + 1);
        has_port = after.starts_with(':');
        port = has_port ? after.substr(1) : std::string_view{};
        if ((!after.empty() && !has_port) || !is_address(url.host) || !url.is_ipv6())
            return invalid(message::url_bad_host, text, authority);
    } else {
        const std::size_t separator = authority.find(':');
        has_port = separator != std::string_view::npos;
        if (has_port) {
            port = authority.substr(separator + 1);
            authority = authority.substr(0, separator);
        }
        if (authority.empty()) return invalid(message::url_no_host, text);
        url.host = lower(authority);
        if (!host_name_is_sound(url.host)) return invalid(message::url_bad_host, text, authority);
    }

    url.port = url.secure ? 443 : 80;
    if (has_port) {
        unsigned number = 0;
        const auto [stop, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
        if (port.empty() || fault != std::errc{} || stop != port.data() + port.size() || number < 1 || number > 65535)
            return invalid(message::url_port, text, port);
        url.port = static_cast<std::uint16_t>(number);
    }

    if (const std::size_t at = first_illegal(target); at != std::string_view::npos)
        return invalid(message::url_character, text, describe_byte(target[at]));
    if (!target.starts_with('/')) url.target = "/";
    url.target += target;
    return url;
}

std::string percent_decode(std::string_view text, bool query) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
            out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            out += query && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

} // namespace qi::ws
