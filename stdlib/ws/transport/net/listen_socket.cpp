#include "ws/transport/net/listen_socket.hpp"

#include "base/system_error.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"

#include <cerrno>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws {

namespace {

// The kernel cuts it to net.core.somaxconn.
constexpr int backlog = 4096;

Error describe(int error, const std::string& endpoint) {
    switch (error) {
    case EADDRINUSE: return failure(kind::in_use, message::listen_in_use, {endpoint});
    case EACCES:
    case EPERM: return failure(kind::permission_denied, message::listen_denied, {endpoint});
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return failure(kind::io, message::listen_failed, {endpoint, system_error_text(error)});
    default: return failure(kind::value, message::listen_address, {endpoint, system_error_text(error)});
    }
}

std::uint16_t port_of(int socket) noexcept {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                               : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

} // namespace

Result<ListenSocket> open_listen_socket(const std::string& host, std::uint16_t port, bool reuse_port) {
    const std::string endpoint = join_endpoint(host, port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | (is_address(host) ? AI_NUMERICHOST : 0);
    addrinfo* found = nullptr;
    const std::string name = host == "localhost" ? "127.0.0.1" : host;
    if (const int fault = getaddrinfo(name.c_str(), std::to_string(port).c_str(), &hints, &found); fault != 0) {
        if (fault == EAI_SYSTEM) return describe(errno, endpoint);
        const Kind what = fault == EAI_AGAIN || fault == EAI_MEMORY ? kind::io : kind::value;
        return failure(what, message::listen_address, {endpoint, address_error_text(fault)});
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);

    const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return describe(errno, endpoint);
    const int on = 1;
    const int off = 0;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (reuse_port) ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (found->ai_family == AF_INET6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (::bind(socket, found->ai_addr, found->ai_addrlen) != 0 || ::listen(socket, backlog) != 0) {
        const int error = errno;
        ::close(socket);
        return describe(error, endpoint);
    }
    return ListenSocket{socket, port_of(socket)};
}

} // namespace qi::ws
