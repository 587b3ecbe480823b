// Many connections at once: opened and closed so many at a time, the same way for every server.
#pragma once

#include "client.hpp"

#include <deque>

namespace qi::bench {

/// Returns when all are open.
template <typename Kind>
void open_all(Run& run, std::deque<Kind>& clients) {
    for (Client& client : clients) {
        client.open();
        while (run.opening >= run.options.parallel) run.loop.once();
    }
    while (run.opening > 0) run.loop.once();
}

/// Returns when all have ended.
template <typename Kind>
void close_all(Run& run, std::deque<Kind>& clients) {
    for (Client& client : clients) {
        client.close();
        client.flush();
        while (run.closing >= run.options.parallel) run.loop.once();
    }
    while (run.closing > 0) run.loop.once();
}

} // namespace qi::bench
