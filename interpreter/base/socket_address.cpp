#include "base/socket_address.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <unistd.h>

namespace qi {

namespace {

// The kernel cuts it to net.core.somaxconn.
constexpr int backlog = 4096;

const sockaddr_in& v4(const SocketAddress& address) noexcept {
    return reinterpret_cast<const sockaddr_in&>(address.storage);
}
const sockaddr_in6& v6(const SocketAddress& address) noexcept {
    return reinterpret_cast<const sockaddr_in6&>(address.storage);
}

} // namespace

std::optional<SocketAddress> SocketAddress::of(int socket) noexcept {
    SocketAddress address;
    address.size = sizeof address.storage;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0) return std::nullopt;
    if (address.storage.ss_family != AF_INET && address.storage.ss_family != AF_INET6) return std::nullopt;
    return address;
}

std::uint16_t SocketAddress::port() const noexcept {
    return ntohs(storage.ss_family == AF_INET6 ? v6(*this).sin6_port : v4(*this).sin_port);
}

SocketAddress SocketAddress::with_port(std::uint16_t port) const noexcept {
    SocketAddress other = *this;
    if (storage.ss_family == AF_INET6)
        reinterpret_cast<sockaddr_in6&>(other.storage).sin6_port = htons(port);
    else
        reinterpret_cast<sockaddr_in&>(other.storage).sin_port = htons(port);
    return other;
}

bool SocketAddress::is_any() const noexcept {
    if (storage.ss_family == AF_INET6) return IN6_IS_ADDR_UNSPECIFIED(&v6(*this).sin6_addr);
    return v4(*this).sin_addr.s_addr == htonl(INADDR_ANY);
}

bool operator==(const SocketAddress& a, const SocketAddress& b) noexcept {
    if (a.storage.ss_family != b.storage.ss_family || a.port() != b.port()) return false;
    if (a.storage.ss_family == AF_INET6)
        return IN6_ARE_ADDR_EQUAL(&v6(a).sin6_addr, &v6(b).sin6_addr) && v6(a).sin6_scope_id == v6(b).sin6_scope_id;
    return v4(a).sin_addr.s_addr == v4(b).sin_addr.s_addr;
}

int listen_at(const SocketAddress& address, bool shares) noexcept {
    const int socket = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return -errno;
    const int on = 1;
    const int off = 0;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shares) ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (address.storage.ss_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 ||
        ::listen(socket, backlog) != 0) {
        const int error = errno;
        ::close(socket);
        return -error;
    }
    return socket;
}

} // namespace qi
