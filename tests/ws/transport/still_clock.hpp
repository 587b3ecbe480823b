// A clock that stands until a test moves it.
#pragma once

#include "ws/transport/net/timers.hpp"

namespace qi::ws::test {

class StillClock final : public TimeSource {
public:
    TimePoint now() const noexcept override { return time; }
    TimePoint time{};
};

} // namespace qi::ws::test
