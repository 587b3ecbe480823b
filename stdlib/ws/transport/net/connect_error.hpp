// What the kernel says to an address that it won't connect to. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace qi::ws {

/// The errno with which it refuses at once to connect there (no route, no such network, a multicast address); 0: it
/// doesn't refuse.
int connect_error(const std::string& address, std::uint16_t port) noexcept;

} // namespace qi::ws
