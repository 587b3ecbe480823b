// What the service's user keeps for an id, in the record that the service has of it.
#pragma once

#include "ws/transport/exchange/event.hpp"

namespace qi::ws {

class Companion {
public:
    virtual ~Companion() = default;
    /// The record goes, and this with it. Within a call of the service, which isn't to be called from here.
    virtual void on_dropped(Id id) = 0;
};

} // namespace qi::ws
