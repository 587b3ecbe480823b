// What the kernel has counted on a TCP socket. Any thread.
#pragma once

#include <cstdint>

namespace qi::ws {

/// Bytes that the kernel has taken to send, but for a constant.
std::uint64_t bytes_taken(int socket) noexcept;
/// Bytes that the other end has confirmed. Only of TCP.
std::uint64_t bytes_confirmed(int socket) noexcept;
/// Some that the kernel has taken aren't confirmed; for the end of a socket pair: not read.
bool has_unconfirmed(int socket) noexcept;

} // namespace qi::ws
