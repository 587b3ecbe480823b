#include "ws/transport/net/socket_counts.hpp"

// The kernel's own header: the C library's knows no byte counts, and the two don't go together.
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace qi::ws {

namespace {

tcp_info info_of(int socket) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}

} // namespace

std::uint64_t bytes_taken(int socket) noexcept {
    int queued = 0; // and not acknowledged
    if (ioctl(socket, SIOCOUTQ, &queued) != 0) return 0;
    return info_of(socket).tcpi_bytes_acked + static_cast<std::uint64_t>(queued);
}

std::uint64_t bytes_confirmed(int socket) noexcept { return info_of(socket).tcpi_bytes_acked; }

bool has_unconfirmed(int socket) noexcept {
    int queued = 0;
    return ioctl(socket, SIOCOUTQ, &queued) == 0 && queued > 0;
}

} // namespace qi::ws
