// Requests of HTTP: what they are once they are read, and reading their heads. Any thread.
#pragma once

#include "ws/transport/options.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace qi::ws {

/// The request that a server connection came with.
struct Request {
    std::string method;
    std::string target;                                     // as in the request line
    std::string path;                                       // up to the '?', percent-decoded
    std::vector<std::pair<std::string, std::string>> query; // decoded, in order
    Headers headers;                                        // names in lower case, in order
    std::vector<std::string> protocols;
    std::string remote; // "ip:port", "[ip]:port"
    bool secure = false;
    bool upgrade = true; // a plain HTTP request otherwise
    std::string body;    // of such a one

    /// The first header of that name (lower case), or nullptr.
    const std::string* header(std::string_view name) const noexcept;
};

/// The answer to a request that waits for one: whether it is upgraded, or what a plain one gets.
struct Decision {
    bool accepted = false;
    std::string protocol; // accepted: the subprotocol; empty: chosen from the listener's
    int status = 403;     // refused
    Headers headers;      // of the answer, either way
    std::string body;     // refused, or a plain one
};

/// As much of a request's head as is read before 431 is answered.
inline constexpr std::size_t largest_request_head = 16 * 1024;

struct ParsedRequest {
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
std::variant<Incomplete, BadRequest, ParsedRequest> parse_request(std::string_view bytes);

/// One line of a head, without its end; added with its name in lower case. False for what can't be one: folded lines
/// and control characters as well.
bool parse_header_line(std::string_view line, Headers& headers);

/// How many headers have that name.
std::size_t count_of(const Headers& headers, std::string_view name) noexcept;
/// The items of a comma-separated header, all its occurrences together.
std::vector<std::string> header_items(const Headers& headers, std::string_view name);
inline std::vector<std::string> header_items(const Request& request, std::string_view name) {
    return header_items(request.headers, name);
}

} // namespace qi::ws
