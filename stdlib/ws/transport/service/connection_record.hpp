// What the interpreter's thread knows of a connection: the events not yet received, the state as the program sees
// it. The interpreter's thread alone.
#pragma once

#include "ws/transport/exchange/exchange.hpp"
#include "ws/transport/net/timers.hpp"
#include "ws/transport/service/companion.hpp"
#include "ws/transport/wire/queue.hpp"

#include <memory>
#include <optional>
#include <unordered_map>

namespace qi::ws {

struct ConnectionRecord {
    Info info;
    Id listener = 0; // that accepted it
    ConnectionOptions options;
    std::shared_ptr<Flow> flow; // until it has ended and all events were taken
    std::unique_ptr<ConnectFailure> failure;
    std::unique_ptr<Request> request; // server
    std::unique_ptr<Companion> companion;
    Queue<Event> inbox;
    std::uint64_t next_ticket = 1;
    std::uint64_t first_live_ticket = 1; // earlier pings went out on a connection that was lost
    std::unordered_map<std::uint64_t, std::optional<double>>
        pings;                      // that somebody waits for; the round trip, once it is known
    bool opened = false;            // it was open once, and may have been lost since
    bool may_answer = false;        // a message was received, and nothing sent since
    bool ended = false;             // nothing more will be delivered
    bool close_received = false;    // the Close event was handed over
    bool unwanted = false;          // to be forgotten at its end
    bool slow = false;              // what is published waited long enough for it once
    std::uint32_t waited_for = 0;   // published messages that wait until it has room
    TimePoint full_since{};         // while some do: when it last had room for one
    std::uint64_t full_in_walk = 0; // the last walk through those messages in which it had none

    /// It has ended, and nothing waits for a reader: only what info() tells is still needed.
    void rest() noexcept {
        if (!ended || !inbox.empty()) return;
        inbox = {};
        flow.reset();
    }

    /// The next event, if there is one. `resume` becomes true when the socket has to be read again.
    std::optional<Event> take(bool& resume) {
        if (inbox.empty()) return std::nullopt;
        Event event = inbox.pop();
        resume = flow->note_taken(event.data.size(), inbox.empty());
        if (event.type == EventType::Close) close_received = true;
        // What came before it could still be answered.
        if (event.type == EventType::Error && info.state == State::Open) info.state = State::Closing;
        may_answer = true;
        return event;
    }
};

} // namespace qi::ws
