// The sockets that a service manager has opened for this process (LISTEN_PID, LISTEN_FDS; sd_listen_fds(3)).
// One thread at a time.
#pragma once

#include "base/socket_address.hpp"

#include <optional>
#include <vector>

namespace qi {

class InheritedSockets {
public:
    /// Those that listen for TCP. What this process starts doesn't get them.
    static InheritedSockets from_environment();

    /// The number of the one that listens at this address, or, if that means all addresses, at all addresses of either
    /// family; nothing: none does.
    std::optional<std::size_t> find(const SocketAddress& address) const noexcept;
    /// A new descriptor of it, the caller's; below 0, an errno, negated. It doesn't block.
    int open(std::size_t number) const noexcept;

private:
    struct Socket {
        int descriptor = -1; // as long as the process lives: it is the service manager's
        SocketAddress address;
    };
    std::vector<Socket> sockets_;
};

} // namespace qi
