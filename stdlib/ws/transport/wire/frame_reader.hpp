// The frames that come in, out of bytes in whatever pieces they arrive: RFC 6455, 5, and what RFC 7692 adds to it.
// Every rule about frames is checked here, as soon as the byte that breaks it has come. No sockets. The service thread.
#pragma once

#include "ws/transport/wire/frame.hpp"
#include "ws/transport/wire/message_type.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace qi::ws {

/// Whom a reader tells, in the order of the frames.
class FrameUser {
public:
    virtual ~FrameUser() = default;
    /// A data frame of that many bytes has begun.
    virtual void on_frame(std::uint64_t payload, bool compressed) noexcept = 0;
    /// A piece of a message; `last` ends the message. `compressed` says of all its pieces that they are to be inflated.
    virtual void on_data(std::string_view bytes, bool last, MessageType type, bool compressed) noexcept = 0;
    virtual void on_ping(std::string_view payload) noexcept = 0;
    virtual void on_pong(std::string_view payload) noexcept = 0;
    /// The payload of the close frame. Nothing follows.
    virtual void on_peer_close(std::string_view payload) noexcept = 0;
    /// A frame that RFC 6455 or RFC 7692 forbids. Nothing follows.
    virtual void on_violation() noexcept = 0;
};

class FrameReader {
public:
    /// `role` is this side's. `compression` was agreed.
    FrameReader(Role role, bool compression) noexcept : masked_(role == Role::Server), compression_(compression) {}

    /// Tells the user what is in the bytes, which are unmasked where they lie. How many were taken: all, unless it was
    /// told to hold, or a close frame or a violation has ended it.
    std::size_t read(char* bytes, std::size_t size, FrameUser& user) noexcept;
    /// Stops before the next frame, or the next piece of one, also from within a call of the user.
    void hold(bool on) noexcept { held_ = on; }
    /// Of the data frame's payload that is under way, so much is still to come. 0: something else comes next.
    std::uint64_t data_left() const noexcept { return in_payload_ && !is_control() && !held_ && !over_ ? left_ : 0; }
    /// That payload is to be inflated.
    bool is_compressed() const noexcept { return compressed_; }
    /// Nothing more is read: after a close frame, or a violation.
    bool is_over() const noexcept { return over_; }
    bool is_broken() const noexcept { return broken_; }

private:
    bool begin(unsigned char first) noexcept;
    bool take_length(unsigned char second) noexcept;
    bool finish_header(FrameUser& user) noexcept;
    void payload(char* bytes, std::size_t size, FrameUser& user) noexcept;
    bool is_control() const noexcept { return opcode_ >= Opcode::Close; }

    const bool masked_; // the peer has to
    const bool compression_;
    bool held_ = false;
    bool over_ = false;
    bool broken_ = false;

    // The message that is under way.
    bool within_ = false;
    bool compressed_ = false;
    MessageType type_ = MessageType::Text;

    // The frame that is under way.
    Opcode opcode_ = Opcode::Text;
    bool final_ = false;
    bool in_payload_ = false;
    unsigned char header_[largest_header] = {};
    std::uint8_t header_got_ = 0;
    std::uint8_t header_size_ = 2; // as far as is known
    MaskKey mask_{};
    std::uint64_t left_ = 0;
    std::uint64_t offset_ = 0; // in the payload
    char control_[largest_control_payload] = {};
};

} // namespace qi::ws
