// Which headers a user may add to a handshake. Any thread.
#pragma once

#include "base/result.hpp"
#include "ws/transport/options.hpp"

#include <string>
#include <vector>

namespace qi::ws {

/// Error :value for a header that can't be sent or isn't the user's to set.
Result<void> check_header(const Header& header);
/// Error :value unless all are tokens (RFC 6455, 4.1) and different.
Result<void> check_protocols(const std::vector<std::string>& protocols);

} // namespace qi::ws
