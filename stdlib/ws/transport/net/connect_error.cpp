#include "ws/transport/net/connect_error.hpp"

#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws {

namespace {

// RFC 9293, 3.9.2.3: TCP connects to neither; UDP does.
bool means_many(const sockaddr* address) noexcept {
    if (address->sa_family == AF_INET6)
        return IN6_IS_ADDR_MULTICAST(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
    const in_addr_t host = ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
    return IN_MULTICAST(host) || host == INADDR_BROADCAST;
}

/// 0 when the kernel connects there, or begins to.
int error_of_connect(const addrinfo& to, int type) noexcept {
    const int socket = ::socket(to.ai_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int error = socket < 0 || ::connect(socket, to.ai_addr, to.ai_addrlen) != 0 ? errno : 0;
    if (socket >= 0) ::close(socket);
    return error == EINPROGRESS ? 0 : error;
}

} // namespace

int connect_error(const std::string& address, std::uint16_t port) noexcept {
    addrinfo hints{}, *found = nullptr;
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return EAFNOSUPPORT;
    // UDP looks for a route and sends nothing. Only where it finds none is TCP asked, for its own words.
    const bool doubtful = means_many(found->ai_addr) || error_of_connect(*found, SOCK_DGRAM) != 0;
    const int error = doubtful ? error_of_connect(*found, SOCK_STREAM) : 0;
    ::freeaddrinfo(found);
    return error;
}

} // namespace qi::ws
