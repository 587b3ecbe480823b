// libwebsockets' sockets and timers on our own loop. Its package has a plugin for that, which it looks for by name in
// the system's library folder: one thing more to install, impossible in a program that stands alone, and it closes
// sockets later than it says. The service thread.
#pragma once

#include "ws/transport/net/event_loop.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct lws;
struct lws_context;
struct lws_context_creation_info;
struct lws_dll2_owner;

namespace qi::ws {

/// One on each thread. Made before the library's context, and destroyed behind it.
class LibraryEvents {
public:
    explicit LibraryEvents(EventLoop& loop);
    ~LibraryEvents();
    LibraryEvents(const LibraryEvents&) = delete;
    LibraryEvents& operator=(const LibraryEvents&) = delete;

    /// For the context that is to be made with this.
    static void offer(lws_context_creation_info& info) noexcept;
    void attach(lws_context* context) noexcept;

    /// Does what the library has to do without an event: input that it holds itself, timers that are due. Called before
    /// each wait of the loop, which then comes round when something is due again.
    void settle() noexcept;
    /// Something has become due, perhaps behind that.
    void settle_again() noexcept { again_ = true; }
    bool is_unsettled() const noexcept { return again_; }

    /// From the library: a socket of its own, before it wants anything of it. False: it can't be watched.
    [[nodiscard]] bool accept(int socket) noexcept;
    /// From the library: which events it wants of a socket, in its own flags.
    void want(int socket, unsigned flags) noexcept;
    /// From the library: it is about to close this connection's socket, of which nothing is in its tables any more.
    /// Closes it in its place, since Debian's looks through the table of all sockets then, and into each connection, to
    /// make sure that this one is forgotten: with 10,000 open that was two thirds of what closing one cost.
    void close(lws* wsi) noexcept;

private:
    class Socket;

    /// Takes from a connection the descriptor that the library would close. There is no function for it, but one that
    /// tells the descriptor: where that is read from is found by what it says while another value is there. False: it
    /// wasn't found, and nothing has changed.
    bool take_descriptor(lws* wsi, int socket) noexcept;

    EventLoop& loop_;
    lws_context* context_ = nullptr;
    lws_dll2_owner* timers_ = nullptr; // the library's lists of what is due
    bool again_ = false;
    std::vector<std::unique_ptr<Socket>> sockets_; // by descriptor
    int wake_up_ = -1;       // the library's own event, which nobody waits for: each round of the loop settles
    std::string wake_up_id_; // the kernel's name for it
    std::optional<std::size_t> descriptor_place_; // in the library's structure of a connection
};

} // namespace qi::ws
