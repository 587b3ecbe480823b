#include "ws/transport/refusal.hpp"

#include <cerrno>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws {

int connect_refusal(const std::string& address, std::uint16_t port) noexcept {
    addrinfo hints{}, *found = nullptr;
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return EAFNOSUPPORT;
    int error = 0;
    const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0 || ::connect(socket, found->ai_addr, found->ai_addrlen) != 0) error = errno;
    ::freeaddrinfo(found);
    if (socket >= 0) ::close(socket);
    return error == EINPROGRESS ? 0 : error;
}

} // namespace qi::ws
