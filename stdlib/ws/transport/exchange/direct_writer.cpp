#include "ws/transport/exchange/direct_writer.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace qi::ws {

void DirectWriter::lend(int socket) noexcept {
    const Lock lock(mutex_);
    socket_ = socket;
}

void DirectWriter::take_back() noexcept {
    const Lock lock(mutex_);
    socket_ = -1;
}

bool DirectWriter::write(std::string_view frame) noexcept {
    const Lock lock(mutex_);
    int under_way = 0;
    if (socket_ < 0 || ::ioctl(socket_, SIOCOUTQ, &under_way) != 0 || under_way != 0) return false;
    const ssize_t written = ::send(socket_, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written <= 0) return false;
    // Only a kernel without memory takes a part: a stream with half a frame in it can't be mended.
    if (static_cast<std::size_t>(written) != frame.size()) ::shutdown(socket_, SHUT_RDWR);
    return true;
}

} // namespace qi::ws
