// How libwebsockets is brought to use a socket that leads through a proxy already. The service thread.
#pragma once

#include <cstddef>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace qi::ws {

/// The library makes its clients' sockets itself. It is made to connect to a local socket that takes nobody in: the
/// connect stays under way, and before the loop looks at the socket again, ours is put in its place.
class PlaceholderListener {
public:
    PlaceholderListener() {
        listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        queued_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        // Bound to no name, it gets an abstract one from the kernel.
        socklen_t size = sizeof address.sun_family;
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 0) != 0) return;
        size = sizeof address;
        if (getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) return;
        // The one place in its queue.
        if (::connect(queued_, reinterpret_cast<sockaddr*>(&address), size) != 0) return;
        name_ = "+@" + std::string(address.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
    }
    ~PlaceholderListener() {
        ::close(queued_);
        ::close(listener_);
    }
    PlaceholderListener(const PlaceholderListener&) = delete;
    PlaceholderListener& operator=(const PlaceholderListener&) = delete;

    /// As the library wants it; empty if the system gives none.
    const std::string& name() const noexcept { return name_; }

private:
    int listener_ = -1;
    int queued_ = -1;
    std::string name_;
};

} // namespace qi::ws
