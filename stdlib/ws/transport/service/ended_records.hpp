// Which records of ended connections are kept, and for how long: nobody has to receive from a connection, and a program
// that never does so must not grow. The interpreter's thread.
//
// A record is kept for two reasons, each with its own bound; it goes when a bound is passed, the longest kept first:
//
//   settled   the program knows of the end; the record is there for info()
//   unread    events still wait for a reader, who may be slow
#pragma once

#include "ws/transport/exchange/event.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace qi::ws {

class EndedRecords {
public:
    static constexpr std::size_t most_settled = 1024;
    /// More than the connections that a listener has at once, unless it was told otherwise: all may be lost together.
    static constexpr std::size_t most_unread = 16384;
    /// An inbox that the connection's end could get into holds at most 4 MiB (flow.hpp).
    static constexpr std::size_t most_unread_bytes = 256u << 20;

    /// The connection has ended; events of so many bytes wait in its inbox.
    void add(Id id, std::size_t unread);
    /// The program has been told of the end. Nothing happens for an id that wasn't added.
    void settle(Id id);
    /// One of the events that waited was taken.
    void take(Id id, std::size_t bytes) noexcept;
    void remove(Id id) noexcept;
    /// A record that has to go, if there is one; it is no longer in here.
    std::optional<Id> surplus();

private:
    struct Entry {
        std::uint64_t settled = 0; // when, as its place in the order; 0: it isn't
        std::uint64_t unread = 0;
        std::size_t bytes = 0;
    };
    void forget_unread(Entry& entry) noexcept;

    std::uint64_t next_ = 1;
    std::unordered_map<Id, Entry> entries_;
    std::map<std::uint64_t, Id> settled_;
    std::map<std::uint64_t, Id> unread_;
    std::size_t bytes_ = 0;
};

} // namespace qi::ws
