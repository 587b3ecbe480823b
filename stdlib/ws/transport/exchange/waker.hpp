// How the service thread tells the interpreter's that something has changed.
#pragma once

#include "ws/transport/exchange/event.hpp"

#include <span>

namespace qi::ws {

/// Who is told that something may have changed.
struct Waker {
    virtual ~Waker() = default;
    /// With no lock held, on the service thread at most once in each of its rounds, or within a call of the service's
    /// user: for each of `ids` a call that had to wait may now get further. Wake-ups for nothing are possible.
    virtual void wake(std::span<const Id> ids) noexcept = 0;
};

} // namespace qi::ws
