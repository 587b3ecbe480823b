// A connected socket of ours, in plain text or under TLS. It stays whoever's it was. The service thread.
#pragma once

#include "ws/transport/net/link.hpp"
#include "ws/transport/net/socket_writer.hpp"
#include "ws/transport/net/tls_stream.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/types.h>

namespace qi::ws {

class Stream {
public:
    Stream() noexcept = default;
    explicit Stream(int socket, std::unique_ptr<TlsStream> tls = nullptr) noexcept
        : socket_(socket), tls_(std::move(tls)) {}

    int socket() const noexcept { return socket_; }
    /// nullptr: plain.
    TlsStream* tls() const noexcept { return tls_.get(); }

    /// Puts bytes into `room`, if there is any, and what doesn't fit into `spare`. As read_tls, plain or not.
    ssize_t read(std::span<char> room, std::span<char> spare) noexcept;
    ssize_t read(std::span<char> into) noexcept { return read({}, into); }
    /// The socket may not tell of more, and yet there is some.
    bool has_pending() const noexcept { return tls_ != nullptr && tls_->has_pending(); }

    /// As SocketWriter's.
    bool write(std::span<const Link::Piece> pieces) noexcept;
    bool flush() noexcept;
    bool empty() const noexcept { return tls_ == nullptr ? plain_.empty() : tls_->empty(); }
    /// What waits can be flushed once the socket takes more.
    bool wants_room() const noexcept { return tls_ == nullptr ? !plain_.empty() : tls_->wants_room(); }
    /// Of what was written, bytes that wait.
    std::size_t left() const noexcept { return tls_ == nullptr ? plain_.left() : tls_->left(); }

    /// The peer sees that no more will come.
    void end_writing() noexcept;
    /// Bytes of what was written that the kernel has taken, counted from anywhere; under TLS, whole records of them.
    std::uint64_t taken() const noexcept;

private:
    int socket_ = -1;
    SocketWriter plain_;
    std::unique_ptr<TlsStream> tls_;
};

} // namespace qi::ws
