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

/// How much of the parts the kernel has taken; -1 when the socket is lost.
ssize_t send_parts(int socket, iovec* parts, std::size_t count) noexcept {
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return sent;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

iovec part_of(std::string_view bytes) noexcept { return {const_cast<char*>(bytes.data()), bytes.size()}; }

} // namespace

void SocketWriter::keep(const Link::Piece& piece, std::size_t from) {
    const std::string_view rest = piece.bytes.substr(from);
    if (rest.empty()) return;
    if (piece.owner == nullptr) return waiting_.push(Buffer::copy_of(rest));
    waiting_.push(piece.owner->slice(static_cast<std::size_t>(rest.data() - piece.owner->data()), rest.size()));
}

bool SocketWriter::write(int socket, std::span<const Link::Piece> pieces) noexcept {
    try {
        while (empty() && !pieces.empty()) {
            std::array<iovec, most_parts> parts;
            const std::size_t count = std::min(pieces.size(), parts.size());
            for (std::size_t i = 0; i < count; ++i) parts[i] = part_of(pieces[i].bytes);
            const ssize_t sent = send_parts(socket, parts.data(), count);
            if (sent < 0) return false;
            auto taken = static_cast<std::size_t>(sent);
            for (const Link::Piece& piece : pieces.first(count)) {
                const std::size_t here = std::min(taken, piece.bytes.size());
                taken -= here;
                keep(piece, here);
            }
            pieces = pieces.subspan(count);
        }
        for (const Link::Piece& piece : pieces) keep(piece, 0);
        return true;
    } catch (const std::bad_alloc&) { // the stream has a hole now
        errno = ENOMEM;
        return false;
    }
}

bool SocketWriter::flush(int socket) noexcept {
    while (!empty()) {
        std::array<iovec, most_parts> parts;
        std::size_t count = 0, wanted = 0;
        for (const Buffer& each : waiting_) {
            if (count == parts.size()) break;
            parts[count++] = part_of(each.view());
            wanted += each.size();
        }
        const ssize_t sent = send_parts(socket, parts.data(), count);
        if (sent < 0) return false;
        auto taken = static_cast<std::size_t>(sent);
        while (taken > 0) {
            Buffer& first = waiting_.front();
            const std::size_t here = std::min(taken, first.size());
            taken -= here;
            if (here == first.size())
                waiting_.drop();
            else
                first = first.slice(here, first.size() - here);
        }
        if (static_cast<std::size_t>(sent) < wanted) break;
    }
    return true;
}

} // namespace qi::ws
