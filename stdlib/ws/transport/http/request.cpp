#include "ws/transport/http/request.hpp"

#include "base/utf8.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace qi::ws {

namespace {

bool has_control(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char byte) {
        const auto c = static_cast<unsigned char>(byte);
        return (c < 0x20 && c != '\t') || c == 0x7F;
    });
}

bool parse_request_line(std::string_view line, ParsedRequest& head) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return false;
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || target.empty() || target.find(' ') != std::string_view::npos) return false;
    if (has_control(target) || target.find('\t') != std::string_view::npos) return false;
    if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
    head.request.method = method;
    head.request.target = target;
    head.minor_version = version.back() - '0';
    return true;
}

/// A host and perhaps a port (RFC 9112, 3.2; RFC 3986, 3.2.2). Empty where the target names no authority.
bool host_is_sound(std::string_view value) noexcept {
    std::size_t end = value.find(':');
    if (value.starts_with('[')) {
        const std::size_t bracket = value.find(']');
        if (bracket == std::string_view::npos || !is_address(std::string(value.substr(1, bracket - 1)))) return false;
        end = bracket + 1;
    } else {
        static constexpr std::string_view marks = "-._~%!$&'()*+;=";
        const std::string_view name = value.substr(0, end);
        const bool sound = std::all_of(name.begin(), name.end(), [](char c) {
            return is_digit(c) || is_letter(c) || marks.find(c) != std::string_view::npos;
        });
        if (!sound) return false;
    }
    if (end >= value.size()) return true;
    const std::string_view port = value.substr(end + 1);
    unsigned number = 0;
    const auto [stop, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
    return value[end] == ':' &&
           (port.empty() || (fault == std::errc{} && stop == port.data() + port.size() && number <= 65535));
}

/// One Host at most, and none missing in HTTP/1.1: a proxy in between could have gone by another than we do.
bool has_sound_host(const ParsedRequest& head) noexcept {
    const Headers& headers = head.request.headers;
    const std::size_t count = count_of(headers, "host");
    if (count == 0) return head.minor_version == 0;
    return count == 1 && host_is_sound(*head.request.header("host"));
}

/// Several Cookie fields are one (RFC 6265, 4.2.1 and RFC 9113, 8.2.3): with a comma between them they would be wrong.
void join_cookies(Headers& headers) {
    const auto is_cookie = [](const Header& header) { return header.name == "cookie"; };
    const auto first = std::find_if(headers.begin(), headers.end(), is_cookie);
    if (first == headers.end()) return;
    for (auto it = first + 1; it != headers.end(); ++it)
        if (is_cookie(*it)) first->value += "; " + it->value;
    headers.erase(std::remove_if(first + 1, headers.end(), is_cookie), headers.end());
}

/// Path and query out of the target: origin form, or the absolute form that proxies use (RFC 9112, 3.2). What isn't
/// UTF-8, as written or decoded, is refused: who reads it is handed text.
bool split_target(Request& request) {
    std::string_view target = request.target;
    if (const std::size_t scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
        const std::size_t slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
    }
    if (!target.starts_with('/') || !utf8::valid(request.target)) return false;
    target = target.substr(0, target.find('#'));
    const std::size_t mark = target.find('?');
    request.path = percent_decode(target.substr(0, mark), false);
    if (!utf8::valid(request.path)) return false;
    std::string_view query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    while (!query.empty()) {
        const std::size_t end = query.find('&');
        const std::string_view item = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        if (item.empty()) continue;
        const std::size_t equals = item.find('=');
        request.query.emplace_back(percent_decode(item.substr(0, equals), true),
                                   equals == std::string_view::npos ? std::string{}
                                                                    : percent_decode(item.substr(equals + 1), true));
        if (!utf8::valid(request.query.back().first) || !utf8::valid(request.query.back().second)) return false;
    }
    return true;
}

} // namespace

std::size_t count_of(const Headers& headers, std::string_view name) noexcept {
    return static_cast<std::size_t>(
        std::count_if(headers.begin(), headers.end(), [&](const Header& header) { return header.name == name; }));
}

bool parse_header_line(std::string_view line, Headers& headers) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (has_control(value)) return false;
    Header header{std::string(line.substr(0, colon)), std::string(value)};
    for (char& c : header.name) c = lower(c);
    headers.push_back(std::move(header));
    return true;
}

const std::string* Request::header(std::string_view name) const noexcept {
    for (const Header& header : headers)
        if (header.name == name) return &header.value;
    return nullptr;
}

std::variant<Incomplete, BadRequest, ParsedRequest> parse_request(std::string_view all) {
    // Some clients send an empty line behind the body of the request before (RFC 9112, 2.2).
    std::size_t skipped = 0;
    while (skipped < largest_request_head && all.substr(skipped).starts_with("\r\n")) skipped += 2;
    const std::string_view bytes = all.substr(skipped);
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (all.size() >= largest_request_head) return BadRequest{431};
        // What can't become a request is refused without waiting for its end.
        const std::size_t line = bytes.find("\r\n");
        ParsedRequest scratch;
        if (line != std::string_view::npos && !parse_request_line(bytes.substr(0, line), scratch))
            return BadRequest{400};
        if (has_control(bytes.substr(0, bytes.find('\r')))) return BadRequest{400};
        return Incomplete{};
    }
    if (skipped + end + 4 > largest_request_head) return BadRequest{431};
    ParsedRequest head;
    head.size = skipped + end + 4;
    std::string_view rest = bytes.substr(0, end + 2);
    bool first = true;
    while (!rest.empty()) {
        const std::size_t stop = rest.find("\r\n");
        const std::string_view line = rest.substr(0, stop);
        rest = rest.substr(stop + 2);
        if (first ? !parse_request_line(line, head) : !parse_header_line(line, head.request.headers))
            return BadRequest{400};
        first = false;
    }
    if (!has_sound_host(head) || !split_target(head.request)) return BadRequest{400};
    join_cookies(head.request.headers);
    head.request.protocols = header_items(head.request, "sec-websocket-protocol");
    return head;
}

std::vector<std::string> header_items(const Headers& headers, std::string_view name) {
    std::vector<std::string> items;
    for (const Header& header : headers) {
        if (header.name != name) continue;
        std::string_view rest = header.value;
        while (true) {
            const std::size_t comma = rest.find(',');
            if (const auto item = trimmed(rest.substr(0, comma)); !item.empty()) items.emplace_back(item);
            if (comma == std::string_view::npos) break;
            rest = rest.substr(comma + 1);
        }
    }
    return items;
}

} // namespace qi::ws
