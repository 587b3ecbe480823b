// TLS in front of the front door: an accepted socket is decrypted into one end of a socket pair, whose other end is
// then a connection like any other. The service thread.
//
//   peer ══ TLS ══ outer ─▶ in_  ─▶ inner ── pair ── handshake, then libwebsockets
//                    ◀─ out_ ◀─
//
// Each direction holds at most one record; where it doesn't get on, the other side isn't read.
#pragma once

#include "ws/transport/net/link.hpp"
#include "ws/transport/net/timers.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/net/watch.hpp"

#include <memory>
#include <string>

struct ssl_st;

namespace qi::ws {

class TlsDoor;

class TlsDoorUser {
public:
    virtual ~TlsDoorUser() = default;
    /// The TLS handshake is done: the inner end is to be taken. The door works on by itself.
    virtual void on_secured(TlsDoor& door) noexcept = 0;
    /// Both sides are closed. It is destroyed later, not in this call.
    virtual void on_door_closed(TlsDoor& door) noexcept = 0;
};

class TlsDoor final : public AlarmUser {
public:
    /// Takes over the socket. `patience` is for the TLS handshake.
    TlsDoor(uv_loop_t* loop, Timers& timers, int socket, ssl_ctx_st* context, Milliseconds patience, TlsDoorUser& user);
    ~TlsDoor() override;

    void start();
    /// The end of the pair that speaks plain text; the caller closes it.
    int take_inner() noexcept { return std::exchange(theirs_, -1); }
    TlsInfo info() const;
    /// The TLS handshake is over.
    bool is_secured() const noexcept { return secured_; }
    void close() noexcept;
    int socket() const noexcept { return outer_; }
    /// What becomes of it; outlives the door.
    std::shared_ptr<const Outside> outside() const noexcept { return outside_; }

private:
    struct SslDeleter {
        void operator()(ssl_st* ssl) const noexcept;
    };
    /// Which of the two sockets something happened on makes no difference.
    struct Watcher final : SocketUser {
        explicit Watcher(TlsDoor& door) noexcept : door(door) {}
        void on_socket(int) noexcept override { door.pump(); }
        TlsDoor& door;
    };

    void on_alarm() noexcept override { close(); }
    void pump() noexcept;
    bool shake_hands() noexcept;
    bool pump_in() noexcept;
    bool pump_out() noexcept;
    void watch() noexcept;

    uv_loop_t* loop_;
    TlsDoorUser& user_;
    Watcher watcher_;
    int outer_;
    int inner_ = -1;  // ours
    int theirs_ = -1; // until it is taken
    std::unique_ptr<ssl_st, SslDeleter> ssl_;
    std::unique_ptr<SocketWatch> outer_watch_;
    std::unique_ptr<SocketWatch> inner_watch_;
    Alarm alarm_;
    bool secured_ = false;
    bool wants_write_ = false; // OpenSSL's, before it can go on
    bool outer_ended_ = false;
    bool inner_ended_ = false;
    bool closed_ = false;
    const std::shared_ptr<Outside> outside_ = std::make_shared<Outside>();
    std::string in_;
    std::string out_;
};

} // namespace qi::ws
