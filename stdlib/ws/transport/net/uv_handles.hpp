// libuv handles with an owner. A handle may be freed only when the loop has let go of it, so each lives on
// its own until then. The service thread.
#pragma once

#include <csignal>
#include <cstdint>
#include <utility>
#include <uv.h>

namespace qi::ws {

class SocketUser {
public:
    virtual ~SocketUser() = default;
    /// `events` of UV_READABLE and UV_WRITABLE; both on an error, unless it is asked for by itself.
    virtual void on_socket(int events) noexcept = 0;
    virtual void on_socket_error() noexcept { on_socket(UV_READABLE | UV_WRITABLE); }
};

/// Watches a socket without owning it. Gone from the loop at once when destroyed, so that another may watch it.
class PollHandle {
public:
    PollHandle(uv_loop_t* loop, int socket, SocketUser& user) : user_(user), handle_(new uv_poll_t) {
        if (uv_poll_init_socket(loop, handle_, socket) != 0) {
            delete std::exchange(handle_, nullptr);
            return;
        }
        handle_->data = this;
    }
    ~PollHandle() {
        if (handle_ == nullptr) return;
        handle_->data = nullptr;
        uv_close(reinterpret_cast<uv_handle_t*>(handle_),
                 [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
    }
    PollHandle(const PollHandle&) = delete;
    PollHandle& operator=(const PollHandle&) = delete;

    /// Nothing will ever be reported: the kernel takes no more sockets to watch (epoll's max_user_watches).
    bool is_refused() const noexcept { return handle_ == nullptr; }

    /// 0 stops it.
    void watch(int events) noexcept {
        if (handle_ == nullptr || events == watched_) return;
        watched_ = events;
        if (events == 0)
            uv_poll_stop(handle_);
        else
            uv_poll_start(handle_, events, [](uv_poll_t* handle, int status, int happened) {
                if (auto* self = static_cast<PollHandle*>(handle->data)) self->report(status, happened);
            });
    }

private:
    void report(int status, int happened) noexcept {
        if (status >= 0) return user_.on_socket(happened);
        watched_ = 0; // the loop has stopped it
        user_.on_socket_error();
    }

    SocketUser& user_;
    uv_poll_t* handle_;
    int watched_ = 0;
};

class WakeUser {
public:
    virtual ~WakeUser() = default;
    virtual void on_wake() noexcept = 0;
};

/// Makes the loop come round, and calls its user if it has one. send() is the one thing here that another thread may
/// call; calls before the loop looks are one.
class WakeHandle {
public:
    explicit WakeHandle(uv_loop_t* loop, WakeUser* user = nullptr) : handle_(new uv_async_t) {
        uv_async_init(loop, handle_, [](uv_async_t* handle) {
            if (handle->data != nullptr) static_cast<WakeUser*>(handle->data)->on_wake();
        });
        handle_->data = user;
    }
    ~WakeHandle() {
        handle_->data = nullptr;
        uv_close(reinterpret_cast<uv_handle_t*>(handle_),
                 [](uv_handle_t* handle) { delete reinterpret_cast<uv_async_t*>(handle); });
    }
    WakeHandle(const WakeHandle&) = delete;
    WakeHandle& operator=(const WakeHandle&) = delete;

    void send() noexcept { uv_async_send(handle_); }

private:
    uv_async_t* handle_;
};

/// While it lives, the signal calls a method of its owner; afterwards it does again what it did before. One for each
/// signal.
template <typename Owner, void (Owner::*method)() noexcept>
class SignalHandle {
public:
    SignalHandle(uv_loop_t* loop, int number, Owner& owner) : number_(number), handle_(new uv_signal_t) {
        sigaction(number, nullptr, &before_);
        uv_signal_init(loop, handle_);
        handle_->data = &owner;
        uv_signal_start(
            handle_,
            [](uv_signal_t* handle, int) {
                if (handle->data != nullptr) (static_cast<Owner*>(handle->data)->*method)();
            },
            number);
    }
    ~SignalHandle() {
        handle_->data = nullptr;
        uv_signal_stop(handle_);
        sigaction(number_, &before_, nullptr); // libuv leaves the default, also where the signal was ignored (nohup)
        uv_close(reinterpret_cast<uv_handle_t*>(handle_),
                 [](uv_handle_t* handle) { delete reinterpret_cast<uv_signal_t*>(handle); });
    }
    SignalHandle(const SignalHandle&) = delete;
    SignalHandle& operator=(const SignalHandle&) = delete;

private:
    const int number_;
    struct sigaction before_ {};
    uv_signal_t* handle_;
};

/// Calls methods of its owner at both ends of the loop's wait for events: one after the events of a round, one when the
/// loop is about to wait. Closing handles may have done something since the last round.
template <typename Owner, void (Owner::*after)() noexcept, void (Owner::*before)() noexcept>
class RoundHook {
public:
    RoundHook(uv_loop_t* loop, Owner& owner) : after_(new uv_check_t), before_(new uv_prepare_t) {
        uv_check_init(loop, after_);
        after_->data = &owner;
        uv_check_start(after_, [](uv_check_t* handle) { (static_cast<Owner*>(handle->data)->*after)(); });
        uv_prepare_init(loop, before_);
        before_->data = &owner;
        uv_prepare_start(before_, [](uv_prepare_t* handle) { (static_cast<Owner*>(handle->data)->*before)(); });
    }
    ~RoundHook() {
        uv_close(reinterpret_cast<uv_handle_t*>(after_),
                 [](uv_handle_t* handle) { delete reinterpret_cast<uv_check_t*>(handle); });
        uv_close(reinterpret_cast<uv_handle_t*>(before_),
                 [](uv_handle_t* handle) { delete reinterpret_cast<uv_prepare_t*>(handle); });
    }
    RoundHook(const RoundHook&) = delete;
    RoundHook& operator=(const RoundHook&) = delete;

private:
    uv_check_t* after_;
    uv_prepare_t* before_;
};

/// Makes the loop come round at a time; the work is done after the round.
class RoundTimer {
public:
    explicit RoundTimer(uv_loop_t* loop) : handle_(new uv_timer_t) { uv_timer_init(loop, handle_); }
    ~RoundTimer() {
        uv_close(reinterpret_cast<uv_handle_t*>(handle_),
                 [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
    }
    RoundTimer(const RoundTimer&) = delete;
    RoundTimer& operator=(const RoundTimer&) = delete;

    void start(std::uint64_t milliseconds) noexcept {
        uv_timer_start(
            handle_, [](uv_timer_t*) {}, milliseconds, 0);
    }
    void stop() noexcept { uv_timer_stop(handle_); }

private:
    uv_timer_t* handle_;
};

} // namespace qi::ws
