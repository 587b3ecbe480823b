#include "ws/transport/net/socket_writer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <new>
#include <sys/socket.h>
#include <sys/uio.h>

namespace qi::ws {

namespace {

// Far below what the kernel takes at once (IOV_MAX, 1024): filling them in shouldn't take longer than the call.
constexpr std::size_t most_parts = 64;

/// Sends the first pieces, at most most_parts, in one call.
struct Sent {
    std::size_t pieces = 0;
    std::size_t bytes = 0; // that the kernel has taken of them
    bool whole = true;     // it has taken all of them
    bool lost = false;
};

Sent send_first(int socket, std::span<const Link::Piece> pieces) noexcept {
    std::array<iovec, most_parts> parts;
    Sent sent;
    sent.pieces = std::min(pieces.size(), parts.size());
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < sent.pieces; ++i) {
        parts[i] = {const_cast<char*>(pieces[i].bytes.data()), pieces[i].bytes.size()};
        wanted += pieces[i].bytes.size();
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = sent.pieces;
    const ssize_t taken = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0)
        sent.lost = errno != EAGAIN && errno != EINTR;
    else
        sent.bytes = static_cast<std::size_t>(taken);
    sent.whole = sent.bytes == wanted;
    return sent;
}

} // namespace

bool SocketWriter::write(int socket, std::span<const Link::Piece> pieces) noexcept {
    try {
        while (empty() && !pieces.empty()) {
            const Sent sent = send_first(socket, pieces);
            if (sent.lost) return false;
            if (!sent.whole) waiting_.keep(pieces.first(sent.pieces), sent.bytes);
            pieces = pieces.subspan(sent.pieces);
        }
        waiting_.keep(pieces, 0);
        return true;
    } catch (const std::bad_alloc&) { // the stream has a hole now
        errno = ENOMEM;
        return false;
    }
}

bool SocketWriter::flush(int socket) noexcept {
    while (!empty()) {
        std::array<Link::Piece, most_parts> pieces;
        const std::size_t count = waiting_.first(pieces);
        const Sent sent = send_first(socket, std::span(pieces).first(count));
        if (sent.lost) return false;
        waiting_.drop(sent.bytes);
        if (!sent.whole) break;
    }
    return true;
}

} // namespace qi::ws
