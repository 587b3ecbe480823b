#include "cli/serve/shared_sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace qi {

namespace {

int again(int descriptor) noexcept {
    const int made = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return made < 0 ? -errno : made;
}

} // namespace

SharedSockets::~SharedSockets() {
    for (std::size_t place = 0; place < places_.size(); ++place) close_all(place);
}

SocketAddress SharedSockets::agreed(const SocketAddress& asked, std::uint32_t ordinal) const {
    if (asked.port() != 0) return asked;
    for (const AgreedPort& port : agreed_)
        if (port.asked == asked && port.ordinal == ordinal) return asked.with_port(port.port);
    return asked;
}

bool SharedSockets::is_open_somewhere(const SocketAddress& address) const {
    return std::any_of(places_.begin(), places_.end(), [&](const auto& sockets) {
        return std::any_of(sockets.begin(), sockets.end(), [&](const Socket& s) { return s.address == address; });
    });
}

int SharedSockets::open(std::size_t place, std::uint64_t worker, const SocketAddress& asked, std::uint32_t ordinal,
                        bool shares) {
    if (const auto number = inherited_.find(asked)) {
        const std::pair use{worker, *number};
        if (std::find(inherited_in_use_.begin(), inherited_in_use_.end(), use) != inherited_in_use_.end())
            return -EADDRINUSE;
        inherited_in_use_.push_back(use);
        return inherited_.open(*number);
    }
    SocketAddress address = agreed(asked, ordinal);
    bool has_it = false;
    for (Socket& socket : places_[place]) {
        if (!(socket.address == address)) continue;
        if (socket.worker != worker || socket.closes) {
            socket.worker = worker;
            socket.closes.reset();
            return again(socket.descriptor);
        }
        has_it = true;
    }
    if (has_it && !shares) return -EADDRINUSE;
    const bool is_first = !is_open_somewhere(address);
    if (is_first) {
        // Nobody has the port that was agreed on any more, and others may.
        address = asked;
        // SO_REUSEPORT would share it with another server of the same user, which has to be wanted.
        if (const int probe = shares || asked.port() == 0 ? -1 : listen_at(address, false); probe >= 0)
            ::close(probe);
        else if (!shares && asked.port() != 0)
            return probe;
    }
    const int descriptor = listen_at(address, true);
    if (descriptor < 0) return descriptor;
    address = SocketAddress::of(descriptor).value_or(address);
    if (is_first && asked.port() == 0) {
        std::erase_if(agreed_, [&](const AgreedPort& p) { return p.asked == asked && p.ordinal == ordinal; });
        agreed_.push_back({asked, ordinal, address.port()});
    }
    places_[place].push_back({descriptor, address, worker, std::nullopt});
    return again(descriptor);
}

void SharedSockets::close(std::size_t place, std::uint64_t worker, const SocketAddress& address, Clock::time_point at) {
    if (const auto number = inherited_.find(address)) std::erase(inherited_in_use_, std::pair{worker, *number});
    auto& sockets = places_[place];
    const auto found = std::find_if(sockets.begin(), sockets.end(), [&](const Socket& s) {
        return s.worker == worker && s.address == address && !s.closes;
    });
    if (found != sockets.end()) found->closes = at;
}

void SharedSockets::close_due(Clock::time_point now) {
    for (auto& sockets : places_)
        std::erase_if(sockets, [&](const Socket& socket) {
            if (!socket.closes || *socket.closes > now) return false;
            ::close(socket.descriptor);
            return true;
        });
}

std::optional<SharedSockets::Clock::time_point> SharedSockets::next_close() const noexcept {
    std::optional<Clock::time_point> next;
    for (const auto& sockets : places_)
        for (const Socket& socket : sockets)
            if (socket.closes) next = next ? std::min(*next, *socket.closes) : socket.closes;
    return next;
}

void SharedSockets::keep_only(std::size_t place, std::uint64_t worker) {
    std::erase_if(places_[place], [&](const Socket& socket) {
        if (socket.worker == worker) return false;
        ::close(socket.descriptor);
        return true;
    });
}

void SharedSockets::keep(std::size_t place, std::uint64_t worker) {
    for (Socket& socket : places_[place])
        if (socket.worker == worker) socket.closes.reset();
}

void SharedSockets::forget(std::size_t place, std::uint64_t worker) {
    keep(place, worker);
    std::erase_if(inherited_in_use_, [&](const auto& use) { return use.first == worker; });
}

void SharedSockets::close_all(std::size_t place) {
    for (const Socket& socket : places_[place]) ::close(socket.descriptor);
    places_[place].clear();
}

} // namespace qi
