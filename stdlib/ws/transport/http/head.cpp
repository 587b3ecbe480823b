#include "ws/transport/http/head.hpp"

#include "base/utf8.hpp"
#include "ws/transport/wire/extensions.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace qi::ws {

namespace {

bool has_control(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(), [](char byte) {
        const auto c = static_cast<unsigned char>(byte);
        return (c < 0x20 && c != '\t') || c == 0x7F;
    });
}

bool parse_request_line(std::string_view line, ParsedHead& head) {
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

std::size_t count_of(const Headers& headers, std::string_view name) noexcept {
    return static_cast<std::size_t>(
        std::count_if(headers.begin(), headers.end(), [&](const Header& header) { return header.name == name; }));
}

/// One Host at most, and none missing in HTTP/1.1: a proxy in between could have gone by another than we do.
bool has_sound_host(const ParsedHead& head) noexcept {
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

bool matches_glob(std::string_view pattern, std::string_view text, LetterCase letters) noexcept {
    const auto same = [letters](char a, char b) {
        return a == b || (letters == LetterCase::Ignored && lower(a) == lower(b));
    };
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && same(pattern[p], text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::variant<Incomplete, BadRequest, ParsedHead> parse_request(std::string_view all) {
    // Some clients send an empty line behind the body of the request before (RFC 9112, 2.2).
    std::size_t skipped = 0;
    while (skipped < largest_request_head && all.substr(skipped).starts_with("\r\n")) skipped += 2;
    const std::string_view bytes = all.substr(skipped);
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        if (all.size() >= largest_request_head) return BadRequest{431};
        // What can't become a request is refused without waiting for its end.
        const std::size_t line = bytes.find("\r\n");
        ParsedHead scratch;
        if (line != std::string_view::npos && !parse_request_line(bytes.substr(0, line), scratch))
            return BadRequest{400};
        if (has_control(bytes.substr(0, bytes.find('\r')))) return BadRequest{400};
        return Incomplete{};
    }
    if (skipped + end + 4 > largest_request_head) return BadRequest{431};
    ParsedHead head;
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

std::optional<int> upgrade_fault(const ParsedHead& head) {
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

std::string_view status_text(int status) noexcept {
    struct Row {
        int status;
        std::string_view text;
    };
    static constexpr std::array rows{Row{200, "OK"},
                                     Row{201, "Created"},
                                     Row{202, "Accepted"},
                                     Row{204, "No Content"},
                                     Row{206, "Partial Content"},
                                     Row{301, "Moved Permanently"},
                                     Row{302, "Found"},
                                     Row{303, "See Other"},
                                     Row{304, "Not Modified"},
                                     Row{307, "Temporary Redirect"},
                                     Row{308, "Permanent Redirect"},
                                     Row{400, "Bad Request"},
                                     Row{401, "Unauthorized"},
                                     Row{403, "Forbidden"},
                                     Row{404, "Not Found"},
                                     Row{405, "Method Not Allowed"},
                                     Row{406, "Not Acceptable"},
                                     Row{408, "Request Timeout"},
                                     Row{409, "Conflict"},
                                     Row{410, "Gone"},
                                     Row{411, "Length Required"},
                                     Row{412, "Precondition Failed"},
                                     Row{413, "Content Too Large"},
                                     Row{415, "Unsupported Media Type"},
                                     Row{416, "Range Not Satisfiable"},
                                     Row{422, "Unprocessable Content"},
                                     Row{426, "Upgrade Required"},
                                     Row{429, "Too Many Requests"},
                                     Row{431, "Request Header Fields Too Large"},
                                     Row{500, "Internal Server Error"},
                                     Row{501, "Not Implemented"},
                                     Row{502, "Bad Gateway"},
                                     Row{503, "Service Unavailable"},
                                     Row{504, "Gateway Timeout"}};
    for (const Row& row : rows)
        if (row.status == status) return row.text;
    return status < 400 ? "OK" : "Error";
}

std::string response_head(int status, const Headers& headers, std::uint64_t length) {
    std::string out = "HTTP/1.1 " + std::to_string(status) + " ";
    out += status_text(status);
    out += "\r\n";
    bool has_type = false;
    for (const Header& header : headers) {
        has_type = has_type || equals_ignoring_case(header.name, "content-type");
        out += header.name + ": " + header.value + "\r\n";
    }
    out += "Date: " + http_date(std::time(nullptr)) + "\r\n";
    if (!has_type && length > 0) out += "Content-Type: text/plain; charset=utf-8\r\n";
    if (status == 426) out += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    // RFC 9110, 8.6: neither may have a length.
    if (status != 204 && status != 304) out += "Content-Length: " + std::to_string(length) + "\r\n";
    out += status == 426 ? "Connection: Upgrade, close\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

std::string http_date(std::time_t time) {
    // Not strftime, which follows the locale.
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                  months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                  parts.tm_sec);
    return text;
}

std::optional<std::time_t> parse_http_date(const std::string& text) {
    std::tm parts{};
    const char* end = strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    return timegm(&parts);
}

std::string upgrade_head(const Request& request) {
    return "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
           *request.header("sec-websocket-key") + "\r\n\r\n";
}

std::string client_head(const Url& url, std::string_view key, const std::vector<std::string>& protocols,
                        const std::optional<std::string>& origin, Compression compression, const Headers& headers) {
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
    if (compression != Compression::Disabled) {
        out += "Sec-WebSocket-Extensions: ";
        out += deflate_offer(compression);
        out += "\r\n";
    }
    if (origin) out += "Origin: " + *origin + "\r\n";
    for (const Header& header : headers)
        if (!equals_ignoring_case(header.name, "host")) out += header.name + ": " + header.value + "\r\n";
    return out;
}

} // namespace qi::ws
