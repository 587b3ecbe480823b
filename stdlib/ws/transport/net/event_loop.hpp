// The service thread's event loop: which sockets have something, who was woken, when to come round. epoll, told of
// changes only when it is about to wait, so that what is watched and left again in one round costs nothing. One thread,
// but for EventLoop::wake and WakeHandle::send.
#pragma once

#include "ws/transport/net/timers.hpp"

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace qi::ws {

/// Flags of what happens to a socket.
namespace socket_event {
inline constexpr int readable = 1, writable = 2;
inline constexpr int peer_gone = 4; // the peer sends no more, or is gone
} // namespace socket_event

class SocketUser {
public:
    virtual ~SocketUser() = default;
    /// `events` of those that are watched; readable and writable on an error, unless it is asked for by itself.
    virtual void on_socket(int events) noexcept = 0;
    /// Nothing is watched any more. Also when the kernel takes no more sockets to watch (epoll's max_user_watches).
    virtual void on_socket_error() noexcept { on_socket(socket_event::readable | socket_event::writable); }
};

class SocketWatch;
class WakeHandle;

class EventLoop : public TimeSource {
public:
    EventLoop() = default;
    ~EventLoop() override;
    EventLoop(const EventLoop&) = delete;
    EventLoop& operator=(const EventLoop&) = delete;

    /// Before anything else; an errno, or 0.
    int open() noexcept;

    /// As of the end of the last wait.
    TimePoint now() const noexcept override { return now_; }
    void update_time() noexcept;
    /// The next wait ends at that time at the latest.
    void come_round_by(TimePoint when) noexcept;
    void come_round_at_once() noexcept { come_round_by(TimePoint::min()); }
    /// Makes the wait end that is under way, or else the next one. Any thread, and in a signal handler; calls before
    /// the loop looks are one.
    void wake() noexcept;
    /// Waits for events, and tells the users of their sockets. Returns without any when it is time to come round.
    void wait() noexcept;

    /// So many sockets have a watch.
    std::size_t watched() const noexcept { return watched_; }

private:
    friend class SocketWatch;
    friend class WakeHandle;
    void tell_woken() noexcept;
    void add(SocketWatch& watch);
    void remove(SocketWatch& watch) noexcept;
    void note_changed(SocketWatch& watch);
    void apply_changes() noexcept;
    void apply(SocketWatch& watch) noexcept;
    SocketWatch* find(std::uint64_t key) const noexcept;

    int epoll_ = -1;
    int wake_ = -1; // an eventfd that is never read: each write is an edge
    std::atomic<bool> is_woken_{false};
    std::vector<WakeHandle*> wakes_;
    TimePoint now_{};
    std::optional<TimePoint> round_;
    std::vector<SocketWatch*> by_socket_;
    std::vector<SocketWatch*> changed_;
    std::uint32_t last_serial_ = 0;
    std::size_t watched_ = 0;
};

/// Watches a socket without owning it. Gone from the loop at once when destroyed, so that another may watch it.
class SocketWatch {
public:
    SocketWatch(EventLoop& loop, int socket, SocketUser& user);
    ~SocketWatch();
    SocketWatch(const SocketWatch&) = delete;
    SocketWatch& operator=(const SocketWatch&) = delete;

    /// Flags of socket_event; 0 stops it.
    void watch(int events) noexcept;

private:
    friend class EventLoop;
    static constexpr int none = -1;

    EventLoop& loop_;
    SocketUser& user_;
    const int socket_;
    std::uint32_t serial_ = 0; // tells it from one that had the descriptor before
    int wanted_ = 0;
    int registered_ = none; // with the kernel
    bool is_changed_ = false;
};

class WakeUser {
public:
    virtual ~WakeUser() = default;
    virtual void on_wake() noexcept = 0;
};

/// Another thread's way to have a method called on the loop's.
class WakeHandle {
public:
    WakeHandle(EventLoop& loop, WakeUser& user);
    ~WakeHandle();
    WakeHandle(const WakeHandle&) = delete;
    WakeHandle& operator=(const WakeHandle&) = delete;

    /// Any thread, and in a signal handler; calls before the loop looks are one.
    void send() noexcept;

private:
    friend class EventLoop;
    EventLoop& loop_;
    WakeUser& user_;
    std::atomic<bool> is_sent_{false};
};

/// While it lives, the signal wakes its user; afterwards it does again what it did before. One at a time in a process.
class SignalHandle {
public:
    SignalHandle(EventLoop& loop, int number, WakeUser& user);
    ~SignalHandle();
    SignalHandle(const SignalHandle&) = delete;
    SignalHandle& operator=(const SignalHandle&) = delete;

private:
    const int number_;
    struct sigaction before_ {};
    WakeHandle wake_;
};

} // namespace qi::ws
