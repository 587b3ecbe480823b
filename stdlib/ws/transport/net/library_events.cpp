#include "ws/transport/net/library_events.hpp"

#include "ws/transport/net/library_calls.hpp"

#include <libwebsockets.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <malloc.h>
#include <unistd.h>

#if LWS_LIBRARY_VERSION_NUMBER < 4003000
// Public from 4.3 on. Before, a plugin of one's own had to know them: those of 4.1 and 4.2.
enum { LWS_EV_READ = 1, LWS_EV_WRITE = 2, LWS_EV_START = 4, LWS_EV_STOP = 8 };
using EventFlags = int;

struct lws_event_loop_ops {
    const char* name;
    int (*init_context)(lws_context*, const lws_context_creation_info*);
    int (*destroy_context1)(lws_context*);
    int (*destroy_context2)(lws_context*);
    int (*init_vhost_listen_wsi)(lws*);
    int (*init_pt)(lws_context*, void* loop, int thread);
    int (*wsi_logical_close)(lws*);
    int (*check_client_connect_ok)(lws*);
    void (*close_handle_manually)(lws*);
    int (*sock_accept)(lws*);
    void (*io)(lws*, EventFlags);
    void (*run_pt)(lws_context*, int thread);
    void (*destroy_pt)(lws_context*, int thread);
    void (*destroy_wsi)(lws*);
    std::uint8_t flags;
    std::uint16_t evlib_size_ctx;
    std::uint16_t evlib_size_pt;
    std::uint16_t evlib_size_vh;
    std::uint16_t evlib_size_wsi;
};
#else
using EventFlags = unsigned;
#endif

namespace qi::ws {

namespace {

// The library's own wake-up is watched before its context leads anywhere.
thread_local LibraryEvents* current = nullptr;

int accept_socket(lws* wsi) noexcept { return current->accept(lws_get_socket_fd(wsi)) ? 0 : 1; }

void set_events(lws* wsi, EventFlags flags) noexcept {
    current->want(lws_get_socket_fd(wsi), static_cast<unsigned>(flags));
}

int close_socket(lws* wsi) noexcept {
    if (lws_get_ssl(wsi) == nullptr) current->close(wsi);
    return 0; // the library does the rest at once
}

// What isn't there the library does without: nothing of a socket is left in the loop when it is closed, since all its
// events are taken back before.
constexpr lws_event_loop_ops operations = [] {
    lws_event_loop_ops made{};
    made.name = "qi";
    made.sock_accept = accept_socket;
    made.wsi_logical_close = close_socket;
    made.io = set_events;
    made.destroy_wsi = [](lws*) {}; // without it the library's wake-up would count as a connection
    return made;
}();

constexpr int no_descriptor = -1; // LWS_SOCK_INVALID

int exchange_int(char* at, int value) noexcept {
    int held = 0;
    std::memcpy(&held, at, sizeof held);
    std::memcpy(at, &value, sizeof value);
    return held;
}

// __lws_close_free_wsi_final leaves the library's wake-up to lws_pt_destroy, but takes the descriptor away from it.
constexpr bool leaves_wake_up_open = LWS_LIBRARY_VERSION_NUMBER >= 4003004;

/// The number that the kernel gives each eventfd; empty: it is something else, is closed, or there is no /proc.
std::string eventfd_id(int descriptor) {
    std::ifstream described("/proc/self/fdinfo/" + std::to_string(descriptor));
    for (std::string line; std::getline(described, line);)
        if (line.starts_with("eventfd-id:")) return line;
    return {};
}

constexpr lws_plugin_evlib_t plugin = [] {
    lws_plugin_evlib_t made{};
    made.hdr.name = "qi";
    made.hdr._class = "lws_evlib_plugin";
    made.hdr.api_magic = LWS_PLUGIN_API_MAGIC;
    made.ops = &operations;
    return made;
}();

} // namespace

class LibraryEvents::Socket final : public SocketUser {
public:
    Socket(LibraryEvents& events, int socket) noexcept
        : events_(events), socket_(socket), watch_(events.loop_, socket, *this) {}

    void want(int events) noexcept { watch_.watch(wanted_ = events); }
    int wanted() const noexcept { return wanted_; }

private:
    void on_socket(int events) noexcept override {
        serve(static_cast<short>(((events & socket_event::readable) != 0 ? LWS_POLLIN : 0) |
                                 ((events & socket_event::writable) != 0 ? LWS_POLLOUT : 0)));
    }
    void on_socket_error() noexcept override { serve(LWS_POLLHUP); }

    // This may be gone when the library comes back.
    void serve(short happened) noexcept {
        lws_pollfd event{};
        event.fd = socket_;
        event.events = event.revents = happened;
        lws_service_fd_tsi(events_.context_, &event, 0);
    }

    LibraryEvents& events_;
    const int socket_;
    int wanted_ = 0;
    SocketWatch watch_;
};

bool LibraryEvents::take_descriptor(lws* wsi, int socket) noexcept {
    auto* const start = reinterpret_cast<char*>(wsi);
    const auto is_at = [&](std::size_t place) {
        const int held = exchange_int(start + place, no_descriptor);
        if (held == socket && lws_get_socket_fd(wsi) == no_descriptor) return true;
        exchange_int(start + place, held);
        return false;
    };
    if (descriptor_place_) return is_at(*descriptor_place_);
    for (std::size_t place = 0; place + sizeof(int) <= malloc_usable_size(wsi); place += alignof(int)) {
        if (!is_at(place)) continue;
        descriptor_place_ = place;
        return true;
    }
    return false;
}

void LibraryEvents::close(lws* wsi) noexcept {
    const int socket = lws_get_socket_fd(wsi);
    if (socket < 0 || socket == wake_up_ || context_ == nullptr) return;
    if (wsi_from_fd(context_, socket) == nullptr && take_descriptor(wsi, socket)) ::close(socket);
}

LibraryEvents::LibraryEvents(EventLoop& loop) : loop_(loop) { current = this; }

// Another thread may have its number by now, if a later version of the library does close it.
LibraryEvents::~LibraryEvents() {
    current = nullptr;
    if (!wake_up_id_.empty() && eventfd_id(wake_up_) == wake_up_id_) ::close(wake_up_);
}

void LibraryEvents::offer(lws_context_creation_info& info) noexcept {
#if LWS_LIBRARY_VERSION_NUMBER < 4003000
    info.options |= LWS_SERVER_OPTION_LIBUV; // it asks lws_plugins_init for that plugin
#else
    info.event_lib_custom = &plugin;
#endif
}

void LibraryEvents::attach(lws_context* context) noexcept {
    context_ = context;
    // A timer's list is the only way to the lists of all timers.
    lws_sorted_usec_list_t probe{};
    lws_sul_schedule(
        context, 0, &probe, [](lws_sorted_usec_list_t*) {}, LWS_US_PER_SEC);
    timers_ = probe.list.owner;
    lws_sul_cancel(&probe);
}

void LibraryEvents::settle() noexcept {
    again_ = false;
    // 4.3 makes of the time that it is given what is left until the next timer, if that is less; and runs those that
    // are due. Nothing is less than this.
    const auto has_input = [this] { return lws_service_adjust_timeout(context_, -1, 0) == 0; };
    if (has_input()) _lws_plat_service_forced_tsi(context_, 0);
    const lws_usec_t left = __lws_sul_service_ripe(timers_, LWS_COUNT_PT_SUL_OWNERS, lws_now_usecs());
    if (has_input()) again_ = true;
    if (left <= 0) return;
    const std::chrono::milliseconds delay((left + LWS_US_PER_MS - 1) / LWS_US_PER_MS);
    loop_.come_round_by(std::chrono::time_point_cast<TimePoint::duration>(Clock::now()) + delay);
}

bool LibraryEvents::accept(int socket) noexcept {
    if (socket < 0) return false;
    if (context_ == nullptr && wake_up_ < 0) {
        wake_up_ = socket;
        if (leaves_wake_up_open) wake_up_id_ = eventfd_id(socket);
        return true;
    }
    const auto at = static_cast<std::size_t>(socket);
    if (at >= sockets_.size()) sockets_.resize(at + 1);
    sockets_[at] = std::make_unique<Socket>(*this, socket);
    return true;
}

void LibraryEvents::want(int socket, unsigned flags) noexcept {
    if (socket < 0 || socket == wake_up_) return;
    const auto at = static_cast<std::size_t>(socket);
    const bool starts = (flags & LWS_EV_START) != 0;
    if (at >= sockets_.size()) {
        if (!starts) return;
        sockets_.resize(at + 1);
    }
    std::unique_ptr<Socket>& watched = sockets_[at];
    const int events = ((flags & LWS_EV_READ) != 0 ? socket_event::readable : 0) |
                       ((flags & LWS_EV_WRITE) != 0 ? socket_event::writable : 0);
    // Both at once: the socket goes.
    if (!starts && events == (socket_event::readable | socket_event::writable)) return watched.reset();
    if (watched == nullptr) {
        if (!starts) return;
        watched = std::make_unique<Socket>(*this, socket);
    }
    watched->want(starts ? watched->wanted() | events : watched->wanted() & ~events);
}

} // namespace qi::ws

#if LWS_LIBRARY_VERSION_NUMBER < 4003000
extern "C" {

int qi_lws_plugins_init(lws_plugin** list, const char* const*, const char*, const char*, each_plugin_cb_t, void*)
    QI_CALLED_AS(lws_plugins_init);
int qi_lws_plugins_destroy(lws_plugin** list, each_plugin_cb_t, void*) QI_CALLED_AS(lws_plugins_destroy);

// The library's own searches a folder for a file of that name.
int qi_lws_plugins_init(lws_plugin** list, const char* const*, const char*, const char*, each_plugin_cb_t, void*) {
    static lws_plugin ours = [] {
        lws_plugin made{};
        made.hdr = &qi::ws::plugin.hdr;
        return made;
    }();
    *list = &ours;
    return 0;
}

int qi_lws_plugins_destroy(lws_plugin** list, each_plugin_cb_t, void*) {
    *list = nullptr;
    return 0;
}

} // extern "C"
#endif
