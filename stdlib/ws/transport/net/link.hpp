// The seam between what a connection decides and the library that has the socket. The service thread.
// Implemented by lws.cpp for real and by the tests without sockets.
#pragma once

#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/frame_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace qi::ws {

/// One socket that speaks WebSocket.
class Link {
public:
    virtual ~Link() = default;
    /// Part of what is to be written together.
    struct Piece {
        std::string_view bytes;
        const Buffer* owner = nullptr; // keeps them, if they can wait without a copy
    };
    /// Frames as they are to be on the wire. What the kernel doesn't take is kept, and stuck() is true until
    /// it went out. False: the connection is lost, and on_lost will follow.
    virtual bool write(std::span<const Piece> pieces) noexcept = 0;
    virtual bool stuck() const noexcept = 0;
    virtual void read(bool on) noexcept = 0;
    /// Ends the connection without ceremony; on_lost follows soon, from the loop.
    virtual void drop() noexcept = 0;
    /// Nothing is written any more, nor read: TCP's sending side closes when all is out, and what still comes is thrown
    /// away. on_lost follows when the peer has closed its side, or drop().
    virtual void finish() noexcept = 0;
    /// The socket, if what is written on it is what the peer reads; -1 under TLS.
    virtual int bare_socket() const noexcept = 0;
    /// How far the peer has got with what was written: bytes, counted from anywhere; and whether there is more for it.
    struct Delivered {
        std::uint64_t bytes = 0;
        bool all = true;
    };
    virtual Delivered delivered() const noexcept = 0;
    /// Bytes of what was written that the kernel has taken so far, counted from anywhere; still known in on_lost. Under
    /// TLS those whose records it has taken whole.
    virtual std::uint64_t taken() const noexcept = 0;
};

/// How a connection was lost that didn't end in a closing handshake.
enum class Loss : std::uint8_t {
    Finished, // the peer closed TCP without a close frame
    Reset,
    Dropped, // by this side, or for no known reason
};

/// Whom a link of an open connection tells. After on_peer_close the link closes by itself and on_lost follows.
class LinkUser : public FrameUser {
public:
    /// Where the next bytes of the data frame that has begun may be put, of which so many are still to come; on_data
    /// then gets them there. Empty: anywhere.
    virtual std::span<char> room(std::uint64_t left, bool compressed) noexcept = 0;
    /// All of what was read together has been handed over.
    virtual void on_read() noexcept = 0;
    /// What was stuck has gone out.
    virtual void on_writable() noexcept = 0;
    /// Nothing more comes from the peer, and something is still stuck: the link ends once that has gone out, and not
    /// before.
    virtual void on_input_over() noexcept = 0;
    /// The last call. The link is destroyed later in the round, not in it.
    virtual void on_lost(Loss loss) noexcept = 0;
};

} // namespace qi::ws
