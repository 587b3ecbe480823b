// HTTP heads: reading a request, answering it, and the head of a client's own. Any thread; no sockets.
#pragma once

#include "base/result.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/wire/ascii.hpp"
#include "ws/transport/wire/deflate.hpp"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace qi::ws {

/// As much of a request's head as is read before 431 is answered.
inline constexpr std::size_t largest_request_head = 16 * 1024;
/// As much of a handshake's head as a client sends.
inline constexpr std::size_t largest_client_head = 64 * 1024;

struct ParsedHead {
    Request request;
    std::size_t size = 0; // of the head, its empty line included
    int minor_version = 1;
};
struct Incomplete {};
struct BadRequest {
    int status = 400;
};

/// Reads the head at the start of `bytes`. Strict: a CR without LF, spaces before a colon, folded lines and
/// control characters are refused.
std::variant<Incomplete, BadRequest, ParsedHead> parse_request(std::string_view bytes);

/// One line of a head, without its end; added with its name in lower case. False for what can't be one: folded lines
/// and control characters as well.
bool parse_header_line(std::string_view line, Headers& headers);

/// The items of a comma-separated header, all its occurrences together.
std::vector<std::string> header_items(const Headers& headers, std::string_view name);
inline std::vector<std::string> header_items(const Request& request, std::string_view name) {
    return header_items(request.headers, name);
}

/// It asks for a WebSocket; whatever else it is, it isn't a plain request.
bool wants_upgrade(const Request& request);
/// nullopt when such a request is a sound one, else the status of the refusal: 405, 426, 400.
std::optional<int> upgrade_fault(const ParsedHead& head);

/// The head of a response with the usual headers; Content-Length, Date and Connection: close are added.
std::string response_head(int status, const Headers& headers, std::uint64_t length);
/// A date as HTTP writes it (RFC 9110, 5.6.7), and back.
std::string http_date(std::time_t time);
std::optional<std::time_t> parse_http_date(const std::string& text);
std::string_view status_text(int status) noexcept;

/// The head that libwebsockets gets to see in place of the client's: only what an upgrade needs.
std::string upgrade_head(const Request& request);

/// The head of a client's handshake, made around the key that libwebsockets chose.
std::string client_head(const Url& url, std::string_view key, const std::vector<std::string>& protocols,
                        const std::optional<std::string>& origin, Compression compression, const Headers& headers);

/// Error :value for a header that can't be sent or isn't the user's to set.
Result<void> check_header(const Header& header);
/// Error :value unless all are tokens (RFC 6455, 4.1) and different.
Result<void> check_protocols(const std::vector<std::string>& protocols);

enum class LetterCase : std::uint8_t { Ignored, Counts }; // of ASCII
/// '*' in the pattern stands for anything, also nothing.
bool matches_glob(std::string_view pattern, std::string_view text, LetterCase letters = LetterCase::Ignored) noexcept;

} // namespace qi::ws
