// What one plain socket is to send: gathered into as few system calls as there can be, and kept, without a copy where
// somebody else keeps it anyway, while the kernel takes no more. The service thread.
#pragma once

#include "ws/transport/net/link.hpp"
#include "ws/transport/net/waiting_bytes.hpp"

#include <cstddef>
#include <span>

namespace qi::ws {

class SocketWriter {
public:
    /// Sends the pieces, behind what waits. False: the socket is lost, as errno says; nothing more can be sent.
    bool write(int socket, std::span<const Link::Piece> pieces) noexcept;
    /// Sends what waits, as far as the kernel takes it. False as above.
    bool flush(int socket) noexcept;
    bool empty() const noexcept { return waiting_.empty(); }
    /// Bytes that wait.
    std::size_t left() const noexcept { return waiting_.size(); }

private:
    WaitingBytes waiting_;
};

} // namespace qi::ws
