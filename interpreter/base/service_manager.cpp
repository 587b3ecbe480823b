#include "base/service_manager.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace qi {

ServiceManager ServiceManager::from_environment() {
    ServiceManager manager;
    if (const char* path = std::getenv("NOTIFY_SOCKET"); path != nullptr && (*path == '/' || *path == '@'))
        manager.path_ = path;
    return manager;
}

void ServiceManager::tell(std::string_view state) const noexcept {
    sockaddr_un address{};
    if (path_.size() < 2 || path_.size() > sizeof address.sun_path) return;
    address.sun_family = AF_UNIX;
    std::copy(path_.begin(), path_.end(), address.sun_path);
    if (path_.front() == '@') address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    constexpr timeval patience{1, 0}; // READY=1 that is lost would end the service
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
             static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size()));
    ::close(socket);
}

void ServiceManager::tell_reloading() const noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    char text[64];
    const int size = std::snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld",
                                   static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
    tell({text, static_cast<std::size_t>(size)});
}

} // namespace qi
