// Frames as they lie on the wire, RFC 6455, 5.2. Any thread; no sockets.
#pragma once

#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/mask.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qi::ws {

enum class Opcode : std::uint8_t { Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10 };

/// RFC 6455, 5.5: control frames carry at most 125 bytes.
inline constexpr std::size_t largest_control_payload = 125;
/// Two bytes, eight of length, four of mask.
inline constexpr std::size_t largest_header = 14;

constexpr std::size_t header_size(std::uint64_t payload, bool masked) noexcept {
    return (payload < 126 ? 2u : payload < 65536 ? 4u : 10u) + (masked ? 4u : 0u);
}

struct FrameHeader {
    Opcode opcode = Opcode::Text;
    bool final = true;
    bool compressed = false; // RSV1, RFC 7692
    std::uint64_t payload = 0;
    std::optional<MaskKey> mask;
};

/// Writes the header to `to`, which has room for `largest_header` bytes; returns its size.
std::size_t write_header(char* to, const FrameHeader& header) noexcept;

/// Writes header and payload, masked if the header says so; returns the size of the whole. There is room.
std::size_t write_frame(char* to, const FrameHeader& header, const char* payload) noexcept;

/// A whole unmasked frame, of its own memory. The payload is the last of it.
Buffer copy_as_frame(Opcode opcode, std::string_view payload, bool compressed = false);

/// The payload of a close frame. Code 1005 stands for none: an empty payload.
std::string close_payload(std::uint16_t code, std::string_view reason);

} // namespace qi::ws
