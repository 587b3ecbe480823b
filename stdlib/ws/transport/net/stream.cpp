#include "ws/transport/net/stream.hpp"

#include "ws/transport/net/socket_counts.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

namespace qi::ws {

ssize_t Stream::read(std::span<char> room, std::span<char> spare) noexcept {
    if (tls_ != nullptr) return tls_->read(room.empty() ? spare : room);
    if (room.empty()) return ::recvfrom(socket_, spare.data(), spare.size(), 0, nullptr, nullptr);
    const iovec parts[] = {{room.data(), room.size()}, {spare.data(), spare.size()}};
    return ::readv(socket_, parts, 2);
}

bool Stream::write(std::span<const Link::Piece> pieces) noexcept {
    return tls_ == nullptr ? plain_.write(socket_, pieces) : tls_->write(pieces);
}

bool Stream::flush() noexcept { return tls_ == nullptr ? plain_.flush(socket_) : tls_->flush(); }

void Stream::end_writing() noexcept {
    if (tls_ != nullptr) tls_->end_writing();
    ::shutdown(socket_, SHUT_WR);
}

std::uint64_t Stream::taken() const noexcept { return tls_ == nullptr ? bytes_taken(socket_) : tls_->taken(); }

} // namespace qi::ws
