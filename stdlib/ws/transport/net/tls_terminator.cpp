#include "ws/transport/net/tls_terminator.hpp"

#include "ws/transport/net/endpoint.hpp"
#include "ws/transport/net/tls.hpp"

#include <cerrno>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws {

namespace {

constexpr int largest_record = 16 * 1024; // RFC 8446, 5.1
// What is left once the plain side is closed has to go out in that time.
constexpr Milliseconds farewell{5000};

bool would_block() noexcept { return errno == EAGAIN || errno == EINTR; }

} // namespace

void TlsTerminator::SslDeleter::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

TlsTerminator::TlsTerminator(EventLoop& loop, Timers& timers, int socket, ssl_ctx_st* context, Milliseconds patience,
                             TlsTerminatorUser& user)
    : loop_(loop), user_(user), watcher_(*this), outer_(socket), ssl_(SSL_new(context)),
      outer_watch_(std::make_unique<SocketWatch>(loop, socket, watcher_)), alarm_(timers, *this) {
    if (ssl_ != nullptr) {
        SSL_set_fd(ssl_.get(), socket);
        SSL_set_accept_state(ssl_.get());
        // A peer that leaves without close_notify has finished, as in plain text: whether a message was cut off shows
        // in its frames. Otherwise OpenSSL would send an alert to somebody who is gone, and be answered with a reset.
        SSL_set_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    }
    peer_socket_->socket = socket;
    alarm_.set_in(patience);
}

TlsTerminator::~TlsTerminator() {
    peer_socket_->socket = -1;
    outer_watch_.reset();
    inner_watch_.reset();
    for (const int socket : {outer_, inner_, theirs_})
        if (socket >= 0) ::close(socket);
}

void TlsTerminator::start() { ssl_ == nullptr ? close() : pump(); }

TlsInfo TlsTerminator::info() const { return describe_tls(ssl_.get()); }

void TlsTerminator::pump() noexcept {
    if (closed_) return;
    ERR_clear_error();
    wants_write_ = false;
    if (!secured_ && !shake_hands()) return;
    if (closed_ || !pump_in() || !pump_out()) return close();
    watch();
}

/// True once it is done.
bool TlsTerminator::shake_hands() noexcept {
    const int done = SSL_do_handshake(ssl_.get());
    if (done != 1) {
        const int reason = SSL_get_error(ssl_.get(), done);
        if (reason == SSL_ERROR_WANT_READ)
            outer_watch_->watch(socket_event::readable);
        else if (reason == SSL_ERROR_WANT_WRITE)
            outer_watch_->watch(socket_event::writable);
        else
            close();
        return false;
    }
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) {
        close();
        return false;
    }
    secured_ = true;
    alarm_.clear();
    inner_ = pair[0];
    theirs_ = pair[1];
    inner_watch_ = std::make_unique<SocketWatch>(loop_, inner_, watcher_);
    user_.on_secured(*this);
    return true;
}

/// Decrypts into the pair. False: nothing more can come of it.
bool TlsTerminator::pump_in() noexcept {
    char record[largest_record];
    while (!outer_ended_) {
        while (!in_.empty()) {
            const ssize_t size = ::send(inner_, in_.data(), in_.size(), MSG_NOSIGNAL);
            if (size < 0) return would_block() || inner_ended_; // who reads no more may still be writing
            in_.erase(0, static_cast<std::size_t>(size));
        }
        const int size = SSL_read(ssl_.get(), record, sizeof record);
        if (size > 0) {
            if (inner_ended_) continue; // nobody wants it
            const ssize_t sent = ::send(inner_, record, static_cast<std::size_t>(size), MSG_NOSIGNAL);
            if (sent < 0 && !would_block()) return true; // pump_out sees to the rest
            const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
            in_.assign(record + taken, static_cast<std::size_t>(size) - taken);
            if (!in_.empty()) return true;
            continue;
        }
        switch (SSL_get_error(ssl_.get(), size)) {
        case SSL_ERROR_WANT_READ: return true;
        case SSL_ERROR_WANT_WRITE: wants_write_ = true; return true;
        case SSL_ERROR_ZERO_RETURN:
            outer_ended_ = true;
            ::shutdown(inner_, SHUT_WR);
            return true;
        default: return false;
        }
    }
    return true;
}

/// Encrypts what comes out of the pair. False as above.
bool TlsTerminator::pump_out() noexcept {
    char record[largest_record];
    for (;;) {
        while (!out_.empty()) {
            const int size = SSL_write(ssl_.get(), out_.data(), static_cast<int>(out_.size()));
            if (size > 0) {
                out_.erase(0, static_cast<std::size_t>(size));
                continue;
            }
            const int reason = SSL_get_error(ssl_.get(), size);
            if (reason != SSL_ERROR_WANT_WRITE && reason != SSL_ERROR_WANT_READ) return false;
            wants_write_ = wants_write_ || reason == SSL_ERROR_WANT_WRITE;
            return true;
        }
        if (inner_ended_) {
            SSL_shutdown(ssl_.get());
            return false;
        }
        const ssize_t size = ::recv(inner_, record, sizeof record, 0);
        if (size > 0) {
            out_.assign(record, static_cast<std::size_t>(size));
        } else if (size < 0 && would_block()) {
            return true;
        } else {
            inner_ended_ = true;
            alarm_.set_in(farewell);
        }
    }
}

void TlsTerminator::watch() noexcept {
    int outer = 0;
    int inner = 0;
    if (!outer_ended_ && in_.empty()) outer |= socket_event::readable;
    if (!out_.empty() || wants_write_) outer |= socket_event::writable;
    if (!inner_ended_ && out_.empty()) inner |= socket_event::readable;
    if (!in_.empty() && !inner_ended_) inner |= socket_event::writable;
    outer_watch_->watch(outer);
    inner_watch_->watch(inner);
}

void TlsTerminator::close() noexcept {
    if (std::exchange(closed_, true)) return;
    alarm_.clear();
    outer_watch_->watch(0);
    if (inner_watch_ != nullptr) inner_watch_->watch(0);
    peer_socket_->reset = is_reset(outer_);
    peer_socket_->socket = -1;
    // The peers see the end now; the memory goes later.
    ::shutdown(outer_, SHUT_RDWR);
    if (inner_ >= 0) ::shutdown(inner_, SHUT_RDWR);
    user_.on_tls_closed(*this);
}

} // namespace qi::ws
