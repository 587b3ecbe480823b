// What the interpreter's thread knows of a listener. The interpreter's thread alone.
#pragma once

#include "ws/transport/exchange/event.hpp"
#include "ws/transport/service/companion.hpp"
#include "ws/transport/wire/queue.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace qi::ws {

struct ListenerRecord {
    std::uint16_t port = 0;
    std::unique_ptr<Companion> companion;
    Queue<Id> accepted;
    Queue<Id> pending;
    std::vector<std::string> service_paths;
    Queue<Id> for_services;    // accepted at one of these
    bool is_abandoned = false; // nobody will accept any more
    State state = State::Open; // Closing until the service thread has closed the socket: only then is nobody let in
};

} // namespace qi::ws
