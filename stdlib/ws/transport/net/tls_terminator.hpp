// TLS of a server: an accepted socket is decrypted into one end of a socket pair, whose other end is
// then a connection like any other. The service thread.
//
//   peer ══ TLS ══ outer ─▶ in_  ─▶ inner ── pair ── handshake, then libwebsockets
//                    ◀─ out_ ◀─
//
// Each direction holds at most one record; where it doesn't get on, the other side isn't read.
#pragma once

#include "ws/transport/net/event_loop.hpp"
#include "ws/transport/net/link.hpp"
#include "ws/transport/net/timers.hpp"
#include "ws/transport/net/tls.hpp"

#include <memory>
#include <string>

struct ssl_st;

namespace qi::ws {

class TlsTerminator;

class TlsTerminatorUser {
public:
    virtual ~TlsTerminatorUser() = default;
    /// The TLS handshake is done: the inner end is to be taken. It works on by itself.
    virtual void on_secured(TlsTerminator& terminator) noexcept = 0;
    /// Both sides are closed. It is destroyed later, not in this call.
    virtual void on_tls_closed(TlsTerminator& terminator) noexcept = 0;
};

class TlsTerminator final : public AlarmUser {
public:
    /// Takes over the socket. `patience` is for the TLS handshake.
    TlsTerminator(EventLoop& loop, Timers& timers, int socket, ssl_ctx_st* context, Milliseconds patience,
                  TlsTerminatorUser& user);
    ~TlsTerminator() override;

    void start();
    /// The end of the pair that speaks plain text; the caller closes it.
    int take_inner() noexcept { return std::exchange(theirs_, -1); }
    TlsInfo info() const;
    /// The TLS handshake is over.
    bool is_secured() const noexcept { return secured_; }
    void close() noexcept;
    int socket() const noexcept { return outer_; }
    /// What becomes of it; outlives the terminator.
    std::shared_ptr<const PeerSocket> peer_socket() const noexcept { return peer_socket_; }

private:
    struct SslDeleter {
        void operator()(ssl_st* ssl) const noexcept;
    };
    /// Which of the two sockets something happened on makes no difference.
    struct Watcher final : SocketUser {
        explicit Watcher(TlsTerminator& owner) noexcept : owner(owner) {}
        void on_socket(int) noexcept override { owner.pump(); }
        TlsTerminator& owner;
    };

    void on_alarm() noexcept override { close(); }
    void pump() noexcept;
    bool shake_hands() noexcept;
    bool pump_in() noexcept;
    bool pump_out() noexcept;
    void watch() noexcept;

    EventLoop& loop_;
    TlsTerminatorUser& user_;
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
    const std::shared_ptr<PeerSocket> peer_socket_ = std::make_shared<PeerSocket>();
    std::string in_;
    std::string out_;
};

} // namespace qi::ws
