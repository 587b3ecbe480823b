#include "ws/transport/net/addresses.hpp"

#include "ws/transport/http/url.hpp"

namespace qi::ws {

std::vector<std::string> known_addresses(const std::string& host) {
    if (is_address(host)) return {host};
    // RFC 6761, 6.3: always the loopback, whatever a resolver would say.
    if (host == "localhost") return {"127.0.0.1", "::1"};
    return {};
}

} // namespace qi::ws
