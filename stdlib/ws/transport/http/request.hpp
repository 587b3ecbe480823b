// A request to a listener and the answer that it waits for. Plain data.
#pragma once

#include "ws/transport/options.hpp"

#include <string>
#include <string_view>
#include <utility>
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

} // namespace qi::ws
