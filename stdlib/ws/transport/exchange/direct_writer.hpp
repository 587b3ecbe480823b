// Who may write on an open connection's socket. The service thread does, but for one case: it lends the right to the
// interpreter's thread, which then writes a small answer itself, while nothing else is under way. In a conversation
// that spares a wake-up of the service thread for every message.
//
// Nothing can fall into the middle of a frame: each write is one system call and is taken whole, since the socket's
// buffer is empty before it (SIOCOUTQ) and holds more than `largest`. The pings, pongs and close frames of the other
// thread are whole writes, too.
#pragma once

#include "base/mutex.hpp"

#include <cstddef>
#include <string_view>

namespace qi::ws {

class DirectWriter {
public:
    /// Of a frame. The smallest buffer that Linux gives a TCP socket has 4608 bytes (SOCK_MIN_SNDBUF).
    static constexpr std::size_t largest = 2048;

    // Service thread.

    /// The socket is open, and messages are written on it as they are.
    void lend(int socket) noexcept QI_EXCLUDES(mutex_);
    /// Before the connection leaves its open state, and before the socket goes.
    void take_back() noexcept QI_EXCLUDES(mutex_);

    // Interpreter.

    /// True: the frame is on its way, whole. False: it is to be queued, nothing has happened.
    bool write(std::string_view frame) noexcept QI_EXCLUDES(mutex_);

private:
    Mutex mutex_;
    int socket_ QI_GUARDED_BY(mutex_) = -1; // not lent
};

} // namespace qi::ws
