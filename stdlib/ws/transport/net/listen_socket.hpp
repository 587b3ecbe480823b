// A socket that listens. Made on the interpreter's thread, so that a port in use is known at once.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace qi::ws {

struct ListenSocket {
    int socket = -1; // the caller closes it
    std::uint16_t port = 0;
};

/// Errors: :in-use, :permission-denied, :value for a host that isn't an address of this machine. A name is
/// resolved here, and that may take a while; "localhost" isn't.
Result<ListenSocket> open_listen_socket(const std::string& host, std::uint16_t port, bool reuse_port = false);

} // namespace qi::ws
