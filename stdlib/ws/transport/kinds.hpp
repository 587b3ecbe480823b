// The kinds of failure that only a network has; base/result.hpp has the others.
#pragma once

#include "base/result.hpp"

namespace qi::ws::kind {

using namespace qi::kind;

// Connecting.
inline constexpr Kind invalid_url{"invalid-url"};
inline constexpr Kind dns{"dns"};
inline constexpr Kind refused{"refused"};
inline constexpr Kind unreachable{"unreachable"};
inline constexpr Kind tls{"tls"};
inline constexpr Kind handshake{"handshake"};
inline constexpr Kind proxy{"proxy"};

// Listening.
inline constexpr Kind in_use{"in-use"};

// An open connection.
inline constexpr Kind unknown_id{"unknown-id"};
inline constexpr Kind protocol{"protocol"};
inline constexpr Kind utf8{"utf8"};
inline constexpr Kind too_big{"too-big"};
inline constexpr Kind reset{"reset"};
inline constexpr Kind pong_timeout{"pong-timeout"};
inline constexpr Kind rate_limit{"rate-limit"};
inline constexpr Kind slow{"slow"};

} // namespace qi::ws::kind
