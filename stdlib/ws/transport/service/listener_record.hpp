// What the interpreter's thread knows of a listener. The interpreter's thread alone.
#pragma once

#include "ws/transport/exchange/event.hpp"
#include "ws/transport/net/listen_socket.hpp"
#include "ws/transport/service/companion.hpp"
#include "ws/transport/wire/queue.hpp"

#include <memory>
#include <string>
#include <vector>

namespace qi::ws {

struct ListenerRecord {
    ListenSocket socket; // its descriptor is the service thread's
    std::unique_ptr<Companion> companion;
    Queue<Id> accepted;
    Queue<Id> pending;
    std::vector<std::string> service_paths;
    Queue<Id> for_services;    // accepted at one of these
    bool is_abandoned = false; // nobody will accept any more
    State state = State::Open; // Closing until the service thread has closed the socket: only then is nobody let in
};

} // namespace qi::ws
