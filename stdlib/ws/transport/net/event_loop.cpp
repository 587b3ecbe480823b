#include "ws/transport/net/event_loop.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace qi::ws {

namespace {

// No watch has it.
constexpr std::uint32_t wake_serial = 0;
// Of one wait. What is left comes with the next one.
constexpr int most_events = 256;

std::uint32_t epoll_flags(int events) noexcept {
    return ((events & socket_event::readable) != 0 ? EPOLLIN : 0u) |
           ((events & socket_event::writable) != 0 ? EPOLLOUT : 0u) |
           ((events & socket_event::peer_gone) != 0 ? EPOLLRDHUP : 0u);
}

int events_of(std::uint32_t flags, int wanted) noexcept {
    int events = ((flags & EPOLLIN) != 0 ? socket_event::readable : 0) |
                 ((flags & EPOLLOUT) != 0 ? socket_event::writable : 0) |
                 ((flags & EPOLLRDHUP) != 0 ? socket_event::peer_gone : 0);
    // Both sides are closed: reading or writing will say so.
    if ((flags & EPOLLHUP) != 0) events |= wanted;
    return events & wanted;
}

std::uint64_t key_of(int socket, std::uint32_t serial) noexcept {
    return std::uint64_t{serial} << 32 | static_cast<std::uint32_t>(socket);
}

} // namespace

EventLoop::~EventLoop() {
    for (const int descriptor : {epoll_, wake_})
        if (descriptor >= 0) ::close(descriptor);
}

int EventLoop::open() noexcept {
    update_time();
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) return errno;
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_ < 0) return errno;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = key_of(wake_, wake_serial);
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event) == 0 ? 0 : errno;
}

void EventLoop::wake() noexcept {
    if (!is_woken_.exchange(true, std::memory_order_acq_rel)) ::eventfd_write(wake_, 1);
}

// What was to be seen by the loop was written before wake() was called: an exchange sees it, also where that call found
// the flag set and wrote no event.
void EventLoop::tell_woken() noexcept {
    is_woken_.exchange(false, std::memory_order_acq_rel);
    // A user may destroy its handle, or make another.
    for (std::size_t i = 0; i < wakes_.size(); ++i)
        if (WakeHandle* handle = wakes_[i])
            if (handle->is_sent_.exchange(false, std::memory_order_acq_rel)) handle->user_.on_wake();
    std::erase(wakes_, nullptr);
}

void EventLoop::update_time() noexcept { now_ = std::chrono::time_point_cast<TimePoint::duration>(Clock::now()); }

void EventLoop::come_round_by(TimePoint when) noexcept { round_ = round_ ? std::min(*round_, when) : when; }

void EventLoop::add(SocketWatch& watch) {
    const auto at = static_cast<std::size_t>(watch.socket_);
    if (at >= by_socket_.size()) by_socket_.resize(at + 1);
    by_socket_[at] = &watch;
    watch.serial_ = ++last_serial_;
    ++watched_;
}

void EventLoop::remove(SocketWatch& watch) noexcept {
    --watched_;
    if (watch.registered_ != SocketWatch::none) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, watch.socket_, nullptr);
    if (watch.is_changed_) std::replace(changed_.begin(), changed_.end(), &watch, static_cast<SocketWatch*>(nullptr));
    SocketWatch*& place = by_socket_[static_cast<std::size_t>(watch.socket_)];
    if (place == &watch) place = nullptr;
}

void EventLoop::note_changed(SocketWatch& watch) {
    if (!std::exchange(watch.is_changed_, true)) changed_.push_back(&watch);
}

void EventLoop::apply_changes() noexcept {
    // A user that is told of an error may change others, or destroy them.
    for (std::size_t i = 0; i < changed_.size(); ++i) {
        SocketWatch* watch = std::exchange(changed_[i], nullptr);
        if (watch == nullptr) continue;
        watch->is_changed_ = false;
        apply(*watch);
    }
    changed_.clear();
}

void EventLoop::apply(SocketWatch& watch) noexcept {
    const int wanted = watch.wanted_ == 0 ? SocketWatch::none : watch.wanted_;
    const int before = std::exchange(watch.registered_, wanted);
    if (wanted == before) return;
    epoll_event event{};
    event.events = epoll_flags(watch.wanted_);
    event.data.u64 = key_of(watch.socket_, watch.serial_);
    if (wanted == SocketWatch::none) {
        ::epoll_ctl(epoll_, EPOLL_CTL_DEL, watch.socket_, &event);
        return;
    }
    const int first = before == SocketWatch::none ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (::epoll_ctl(epoll_, first, watch.socket_, &event) == 0) return;
    // Another socket may have been put in the place of the one that was registered, which has left by itself.
    if (errno == ENOENT && ::epoll_ctl(epoll_, EPOLL_CTL_ADD, watch.socket_, &event) == 0) return;
    watch.registered_ = SocketWatch::none;
    watch.wanted_ = 0;
    come_round_at_once(); // with what comes of it
    watch.user_.on_socket_error();
}

SocketWatch* EventLoop::find(std::uint64_t key) const noexcept {
    SocketWatch* watch = by_socket_[static_cast<std::uint32_t>(key)];
    return watch != nullptr && watch->serial_ == static_cast<std::uint32_t>(key >> 32) ? watch : nullptr;
}

void EventLoop::wait() noexcept {
    apply_changes();
    const std::optional<TimePoint> round = std::exchange(round_, {});
    int patience = -1;
    if (round && *round <= now_) {
        patience = 0;
    } else if (round) {
        update_time();
        const auto left = *round - now_;
        patience = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1 << 30));
    }
    std::array<epoll_event, most_events> events;
    const int count = ::epoll_wait(epoll_, events.data(), most_events, patience);
    update_time();
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.u64 == key_of(wake_, wake_serial)) {
            tell_woken();
            continue;
        }
        // It may have been destroyed on the way here, or want nothing any more.
        SocketWatch* watch = find(event.data.u64);
        if (watch == nullptr || watch->wanted_ == 0) continue;
        if ((event.events & EPOLLERR) != 0) {
            watch->watch(0);
            watch->user_.on_socket_error();
        } else if (const int happened = events_of(event.events, watch->wanted_); happened != 0) {
            watch->user_.on_socket(happened);
        }
    }
}

SocketWatch::SocketWatch(EventLoop& loop, int socket, SocketUser& user) : loop_(loop), user_(user), socket_(socket) {
    loop_.add(*this);
}

SocketWatch::~SocketWatch() { loop_.remove(*this); }

void SocketWatch::watch(int events) noexcept {
    if (events == wanted_) return;
    wanted_ = events;
    loop_.note_changed(*this);
}

WakeHandle::WakeHandle(EventLoop& loop, WakeUser& user) : loop_(loop), user_(user) { loop_.wakes_.push_back(this); }

WakeHandle::~WakeHandle() {
    std::replace(loop_.wakes_.begin(), loop_.wakes_.end(), this, static_cast<WakeHandle*>(nullptr));
}

void WakeHandle::send() noexcept {
    if (!is_sent_.exchange(true, std::memory_order_acq_rel)) loop_.wake();
}

namespace {
// A handler gets nothing but the number of the signal.
std::atomic<WakeHandle*> signalled{nullptr};
std::atomic<int> handlers_at_work{0};
} // namespace

SignalHandle::SignalHandle(EventLoop& loop, int number, WakeUser& user) : number_(number), wake_(loop, user) {
    signalled = &wake_;
    struct sigaction action {};
    action.sa_handler = [](int) {
        const int before = errno;
        ++handlers_at_work;
        if (WakeHandle* wake = signalled) wake->send();
        --handlers_at_work;
        errno = before;
    };
    action.sa_flags = SA_RESTART;
    sigfillset(&action.sa_mask);
    sigaction(number, &action, &before_);
}

SignalHandle::~SignalHandle() {
    sigaction(number_, &before_, nullptr);
    signalled = nullptr;
    while (handlers_at_work > 0) ::sched_yield(); // on another thread; this one takes no signals
}

} // namespace qi::ws
