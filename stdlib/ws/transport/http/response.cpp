#include "ws/transport/http/response.hpp"

#include "ws/transport/wire/ascii.hpp"

#include <array>
#include <cstdio>

namespace qi::ws {

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

} // namespace qi::ws
