// What the interpreter's thread knows of a listener. The interpreter's thread alone.
#pragma once

#include "ws/transport/exchange/event.hpp"
#include "ws/transport/net/listen_socket.hpp"
#include "ws/transport/net/timers.hpp"
#include "ws/transport/options.hpp"
#include "ws/transport/service/companion.hpp"
#include "ws/transport/wire/queue.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace qi::ws {

/// A listener takes no more, and its connections are closed one after the other.
struct Draining {
    Drain how;
    TimePoint began{};
    std::size_t count = 0;  // that were open then
    std::vector<Id> left;   // not yet closed, the next one last
    bool all_known = false; // upgrades are refused by now, and who was connected before has been delivered

    /// When the next one is to be closed; there is one.
    TimePoint next() const noexcept {
        const auto closed = static_cast<std::int64_t>(count - left.size());
        return began + how.over * closed / static_cast<std::int64_t>(count);
    }
};

struct ListenerRecord {
    ListenSocket socket; // its descriptor is the service thread's
    std::unique_ptr<Companion> companion;
    std::size_t connections = 0;          // that it has accepted, and that haven't ended
    std::optional<Drain> drain_at_signal; // before the listener is closed
    std::optional<Draining> draining;
    Queue<Id> accepted;
    Queue<Id> pending;
    std::vector<std::string> service_paths;
    Queue<Id> for_services;    // accepted at one of these
    bool is_abandoned = false; // nobody will accept any more
    // While a signal stops the program, its health can still be asked for. Not where the port is shared: what the
    // kernel gives this process would be missing from the others.
    bool tells_of_stop = false;
    State state = State::Open; // Closing until the service thread has closed the socket: only then is nobody let in
};

} // namespace qi::ws
