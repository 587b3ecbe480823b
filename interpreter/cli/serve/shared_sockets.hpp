// The sockets on which the workers of qi serve listen. They belong to qi serve, a set for each place that a worker has:
// a worker that takes a place gets the sockets of the one before it, and with them the connections that wait there to
// be accepted. So none is lost when a worker dies or is replaced. The kernel deals connections out to the sockets of
// all places (SO_REUSEPORT); a socket of the service manager is one for all of them.
#pragma once

#include "base/inherited_sockets.hpp"
#include "base/socket_address.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace qi {

class SharedSockets {
public:
    using Clock = std::chrono::steady_clock;

    explicit SharedSockets(std::size_t places) : inherited_(InheritedSockets::from_environment()), places_(places) {}
    ~SharedSockets();
    SharedSockets(const SharedSockets&) = delete;
    SharedSockets& operator=(const SharedSockets&) = delete;

    /// A worker, by its number, asks for a socket that listens at the address. The caller closes what it gets; below 0,
    /// an errno, negated. Port 0: all workers that ask for it as often as this one before (`ordinal`) get the same
    /// port.
    int open(std::size_t place, std::uint64_t worker, const SocketAddress& address, std::uint32_t ordinal, bool shares);
    /// Its program has closed the listener. The socket is closed at `at`, unless the worker asks for it again before,
    /// or ends: then the listener was closed because the program ended, and the socket is for the next worker.
    void close(std::size_t place, std::uint64_t worker, const SocketAddress& address, Clock::time_point at);
    /// Closes those whose time has come.
    void close_due(Clock::time_point now);
    /// When close_due has something to do next.
    std::optional<Clock::time_point> next_close() const noexcept;
    /// Closes those of the place that this worker hasn't asked for: its program doesn't listen there any more.
    void keep_only(std::size_t place, std::uint64_t worker);
    /// The worker ends: what it has closed stays open for the next.
    void keep(std::size_t place, std::uint64_t worker);
    /// The worker has ended.
    void forget(std::size_t place, std::uint64_t worker);
    /// Closes all of the place, so that the kernel gives what connects to the others.
    void close_all(std::size_t place);

private:
    struct Socket {
        int descriptor = -1;
        SocketAddress address;
        std::uint64_t worker = 0;                // the last that asked for it
        std::optional<Clock::time_point> closes; // its program has closed the listener
    };
    struct AgreedPort {
        SocketAddress asked;
        std::uint32_t ordinal = 0;
        std::uint16_t port = 0;
    };
    SocketAddress agreed(const SocketAddress& asked, std::uint32_t ordinal) const;
    bool is_open_somewhere(const SocketAddress& address) const;

    const InheritedSockets inherited_;
    std::vector<std::vector<Socket>> places_;
    std::vector<AgreedPort> agreed_;
    std::vector<std::pair<std::uint64_t, std::size_t>> inherited_in_use_; // worker, number
};

} // namespace qi
