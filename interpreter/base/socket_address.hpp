// Where a socket listens, as the system has it. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <sys/socket.h>

namespace qi {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;

    /// Of a socket of IPv4 or IPv6; nothing: it is another kind, or none.
    static std::optional<SocketAddress> of(int socket) noexcept;
    std::uint16_t port() const noexcept;
    SocketAddress with_port(std::uint16_t port) const noexcept;
    /// All addresses of this machine: 0.0.0.0 or ::.
    bool is_any() const noexcept;
    /// The same family, address and port.
    friend bool operator==(const SocketAddress& a, const SocketAddress& b) noexcept;
};

/// A new socket that listens there and doesn't block; below 0, the errno that kept it from that, negated.
/// `shares`: others may do so as well (SO_REUSEPORT).
int listen_at(const SocketAddress& address, bool shares) noexcept;

} // namespace qi
