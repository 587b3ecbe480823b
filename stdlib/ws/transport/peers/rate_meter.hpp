// How many messages a peer may send: a bucket of allowances that fills with time. The service thread; no sockets.
#pragma once

#include "ws/transport/net/timers.hpp"
#include "ws/transport/options.hpp"

#include <algorithm>

namespace qi::ws {

class RateMeter {
public:
    RateMeter(const RateLimit& limit, TimePoint now) noexcept
        : limit_(limit), allowances_(static_cast<double>(limit.burst)), counted_(now) {}

    /// One message came: true while it is within the limit.
    bool take(TimePoint now) noexcept {
        fill(now);
        if (allowances_ < 1) return false;
        allowances_ -= 1;
        return true;
    }
    /// One message came that is let through whatever its number; true when the next one has to wait.
    bool borrow(TimePoint now) noexcept {
        fill(now);
        allowances_ -= 1;
        return allowances_ < 1;
    }
    /// How long until the next message is within the limit.
    Milliseconds wait() const noexcept {
        const double missing = std::max(0.0, 1 - allowances_);
        return Milliseconds{static_cast<std::int64_t>(missing * each()) + 1};
    }
    RateAction action() const noexcept { return limit_.action; }

private:
    double each() const noexcept { return static_cast<double>(limit_.per.count()) / limit_.messages; }
    void fill(TimePoint now) noexcept {
        allowances_ = std::min(static_cast<double>(limit_.burst),
                               allowances_ + static_cast<double>((now - counted_).count()) / each());
        counted_ = now;
    }

    const RateLimit limit_;
    double allowances_;
    TimePoint counted_;
};

} // namespace qi::ws
