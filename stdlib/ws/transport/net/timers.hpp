// Deadlines on the service thread: one alarm for each thing that can be late, one uv timer for all of them.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <utility>

namespace qi::ws {

using Clock = std::chrono::steady_clock;
using TimePoint = std::chrono::time_point<Clock, std::chrono::milliseconds>;

/// Where the time comes from: cheap, and as of this round of the loop.
class TimeSource {
public:
    virtual ~TimeSource() = default;
    virtual TimePoint now() const noexcept = 0;
};

class Alarm;

class AlarmUser {
public:
    virtual ~AlarmUser() = default;
    /// The alarm's time has come; it isn't set any more. May set it, or destroy it.
    virtual void on_alarm() noexcept = 0;
};

class Timers {
public:
    explicit Timers(const TimeSource& source) noexcept : source_(source) {}

    TimePoint now() const noexcept { return source_.now(); }
    std::optional<TimePoint> earliest() const noexcept;
    /// Calls the users of all alarms whose time came by then.
    void run(TimePoint until) noexcept;

private:
    friend class Alarm;
    const TimeSource& source_;
    std::set<std::pair<TimePoint, Alarm*>> due_;
};

class Alarm {
public:
    Alarm(Timers& timers, AlarmUser& user) noexcept : timers_(timers), user_(user) {}
    ~Alarm() { clear(); }
    Alarm(const Alarm&) = delete;
    Alarm& operator=(const Alarm&) = delete;

    void set(TimePoint when);
    void set_in(std::chrono::milliseconds delay) { set(timers_.now() + delay); }
    void clear() noexcept;
    bool is_set() const noexcept { return when_.has_value(); }

private:
    friend class Timers;
    Timers& timers_;
    AlarmUser& user_;
    std::optional<TimePoint> when_;
};

/// Calls a method of its owner.
template <typename Owner, void (Owner::*method)() noexcept>
class OwnAlarm final : public AlarmUser {
public:
    OwnAlarm(Timers& timers, Owner& owner) noexcept : owner_(owner), alarm_(timers, *this) {}
    Alarm* operator->() noexcept { return &alarm_; }

private:
    void on_alarm() noexcept override { (owner_.*method)(); }
    Owner& owner_;
    Alarm alarm_;
};

} // namespace qi::ws
