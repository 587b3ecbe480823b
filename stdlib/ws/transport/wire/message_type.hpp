// What a message is, and which end of a connection this side is.
#pragma once

#include <cstdint>

namespace qi::ws {

enum class Role : std::uint8_t { Client, Server };
enum class MessageType : std::uint8_t { Text, Binary };

} // namespace qi::ws
