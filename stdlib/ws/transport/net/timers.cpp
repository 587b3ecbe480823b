#include "ws/transport/net/timers.hpp"

namespace qi::ws {

std::optional<TimePoint> Timers::earliest() const noexcept {
    if (due_.empty()) return std::nullopt;
    return due_.begin()->first;
}

void Timers::run(TimePoint until) noexcept {
    // One at a time from the start: a user may set and destroy any alarm.
    while (!due_.empty() && due_.begin()->first <= until) {
        Alarm* alarm = due_.begin()->second;
        alarm->clear();
        alarm->user_.on_alarm();
    }
}

void Alarm::set(TimePoint when) {
    clear();
    timers_.due_.emplace(when, this);
    when_ = when;
}

void Alarm::clear() noexcept {
    if (!when_) return;
    timers_.due_.erase({*when_, this});
    when_.reset();
}

} // namespace qi::ws
