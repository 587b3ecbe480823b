#include "ws/transport/http/upgrade.hpp"

#include "ws/transport/wire/ascii.hpp"
#include "ws/transport/wire/deflate.hpp"
#include "ws/transport/wire/extensions.hpp"

#include <algorithm>

namespace qi::ws {

namespace {

/// 16 bytes in base64: RFC 6455, 4.2.1.
bool is_key(std::string_view key) noexcept {
    constexpr std::size_t digits = 22;
    return key.size() == digits + 2 && key.ends_with("==") &&
           std::all_of(key.begin(), key.begin() + digits,
                       [](char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '/'; });
}

bool has_item(const Request& request, std::string_view name, std::string_view wanted) {
    const auto items = header_items(request, name);
    return std::any_of(items.begin(), items.end(),
                       [&](const std::string& item) { return equals_ignoring_case(item, wanted); });
}

} // namespace

bool wants_upgrade(const Request& request) { return has_item(request, "upgrade", "websocket"); }

std::optional<int> upgrade_fault(const ParsedRequest& head) {
    const Request& request = head.request;
    if (request.method != "GET") return 405;
    if (head.minor_version != 1 || !has_item(request, "connection", "upgrade") || request.header("host") == nullptr)
        return 400;
    // RFC 6455, 11.3.1 and 11.3.5: each at most once.
    if (count_of(request.headers, "sec-websocket-version") > 1 || count_of(request.headers, "sec-websocket-key") > 1)
        return 400;
    const std::string* version = request.header("sec-websocket-version");
    if (version == nullptr || *version != "13") return 426;
    const std::string* key = request.header("sec-websocket-key");
    if (key == nullptr || !is_key(*key)) return 400;
    for (const Header& header : request.headers)
        if (header.name == "sec-websocket-extensions" && !parse_extensions(header.value)) return 400; // RFC 6455, 9.1
    for (const std::string& protocol : request.protocols)
        if (!is_token(protocol)) return 400;
    return std::nullopt;
}

std::string upgrade_head(const Request& request) {
    return "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
           *request.header("sec-websocket-key") + "\r\n\r\n";
}

std::string client_head(const Url& url, std::string_view key, const std::vector<std::string>& protocols,
                        const std::optional<std::string>& origin, const DeflateWish& deflate, const Headers& headers) {
    std::string out = "GET " + url.target + " HTTP/1.1\r\n";
    const auto given = std::find_if(headers.begin(), headers.end(),
                                    [](const Header& header) { return equals_ignoring_case(header.name, "host"); });
    out += "Host: " + (given == headers.end() ? url.authority() : given->value) + "\r\n";
    out += "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ";
    out += key;
    out += "\r\nSec-WebSocket-Version: 13\r\n";
    if (!protocols.empty()) {
        out += "Sec-WebSocket-Protocol: ";
        for (std::size_t i = 0; i < protocols.size(); ++i) out += (i == 0 ? "" : ", ") + protocols[i];
        out += "\r\n";
    }
    if (deflate.compression != Compression::Disabled) {
        out += "Sec-WebSocket-Extensions: ";
        out += deflate_offer(deflate);
        out += "\r\n";
    }
    if (origin) out += "Origin: " + *origin + "\r\n";
    for (const Header& header : headers)
        if (!equals_ignoring_case(header.name, "host")) out += header.name + ": " + header.value + "\r\n";
    return out;
}

} // namespace qi::ws
