#include "base/inherited_sockets.hpp"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace qi {

namespace {

constexpr int first_descriptor = 3; // SD_LISTEN_FDS_START

int number_in_environment(const char* name) noexcept {
    const char* text = std::getenv(name);
    if (text == nullptr) return -1;
    int number = -1;
    const char* end = text + std::strlen(text);
    const auto [last, problem] = std::from_chars(text, end, number);
    return problem == std::errc() && last == end ? number : -1;
}

bool listens_for_tcp(int descriptor) noexcept {
    int listens = 0;
    socklen_t size = sizeof listens;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

} // namespace

InheritedSockets InheritedSockets::from_environment() {
    InheritedSockets all;
    if (number_in_environment("LISTEN_PID") != ::getpid()) return all;
    for (int i = 0; i < number_in_environment("LISTEN_FDS"); ++i) {
        const int descriptor = first_descriptor + i;
        if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) break;
        const auto address = SocketAddress::of(descriptor);
        if (address && listens_for_tcp(descriptor)) all.sockets_.push_back({descriptor, *address});
    }
    return all;
}

std::optional<std::size_t> InheritedSockets::find(const SocketAddress& address) const noexcept {
    for (std::size_t i = 0; i < sockets_.size(); ++i)
        if (sockets_[i].address == address) return i;
    for (std::size_t i = 0; i < sockets_.size(); ++i)
        if (address.is_any() && sockets_[i].address.is_any() && sockets_[i].address.port() == address.port()) return i;
    return std::nullopt;
}

int InheritedSockets::open(std::size_t number) const noexcept {
    const int descriptor = ::fcntl(sockets_[number].descriptor, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    return descriptor;
}

} // namespace qi
