#include "ws/transport/http/url.hpp"

#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace qi::ws {

namespace {

Error invalid(const Message& message, std::string_view url, std::string_view detail = {}) {
    return failure(kind::invalid_url, message, {masked_url(url), detail});
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

std::string masked_url(std::string_view text) {
    constexpr std::string_view mask = "***";
    std::string out;
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos) {
        out = text.substr(0, scheme + 3);
        text.remove_prefix(scheme + 3);
    }
    {
        const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
        std::size_t at = text.substr(0, end).rfind('@');
        // A password with a slash in it, which a sound URL would escape: what follows the colon is no port.
        if (const std::size_t colon = text.substr(0, end).find(':');
            at == std::string_view::npos && colon != std::string_view::npos && text.front() != '[' &&
            text.substr(colon + 1, end - colon - 1).find_first_not_of("0123456789") != std::string_view::npos)
            at = text.rfind('@');
        if (at != std::string_view::npos) {
            const std::size_t colon = text.substr(0, at).find(':');
            out.append(text, 0, colon == std::string_view::npos ? 0 : colon + 1).append(mask);
            text.remove_prefix(at);
        }
    }
    const std::size_t query = text.find('?');
    out += text.substr(0, query);
    if (query == std::string_view::npos) return out;
    text.remove_prefix(query);
    const std::size_t end = std::min(text.find('#'), text.size());
    const std::string_view fragment = text.substr(end);
    text = text.substr(0, end);
    while (!text.empty()) { // each part with the ? or & before it
        const std::size_t next = std::min(text.find('&', 1), text.size());
        const std::size_t equals = text.substr(0, next).find('=');
        out += text.substr(0, equals == std::string_view::npos ? next : equals + 1);
        if (equals != std::string_view::npos && equals + 1 < next) out += mask;
        text.remove_prefix(next);
    }
    return out.append(fragment);
}

std::string Url::shown() const { return masked_url(text); }

bool is_address(const std::string& host) noexcept {
    if (host.find('\0') != std::string::npos) return false; // the functions below would stop there
    unsigned char scratch[sizeof(in6_addr)];
    return inet_pton(AF_INET, host.c_str(), scratch) == 1 || inet_pton(AF_INET6, host.c_str(), scratch) == 1;
}

bool is_server_name(const std::string& name) noexcept {
    return is_address(name) || (!name.empty() && host_name_is_sound(lower(name)));
}

std::string_view without_dot(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
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
    // An empty port is the scheme's own: RFC 3986, 3.2.3.
    if (has_port && !port.empty()) {
        unsigned number = 0;
        const auto [stop, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
        if (fault != std::errc{} || stop != port.data() + port.size() || number < 1 || number > 65535)
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

std::string percent_decode_fully(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char next : text) {
        out += next;
        // What was decoded may complete an escape that began before it.
        for (std::size_t size = out.size();
             size >= 3 && out[size - 3] == '%' && hex(out[size - 2]) >= 0 && hex(out[size - 1]) >= 0;
             size = out.size()) {
            const char decoded = static_cast<char>(hex(out[size - 2]) * 16 + hex(out[size - 1]));
            out.resize(size - 3);
            out += decoded;
        }
    }
    return out;
}

} // namespace qi::ws
