// The one place where other threads reach the interpreter: what may be able to continue, and what the interpreter
// thread sleeps on when nothing is runnable. Any thread.
#pragma once

#include "base/mutex.hpp"
#include "base/sleeper.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace qi {

class OutsideWorld;

class WakeList {
public:
    using Clock = Sleeper::Clock;

    /// OutsideWorld::woken is to be called with the number, which only that world understands.
    struct Wake {
        OutsideWorld* world;
        std::int64_t number;
    };

    /// From any thread.
    void wake(OutsideWorld& world, std::span<const std::int64_t> numbers) noexcept {
        {
            const Lock lock(mutex_);
            for (const std::int64_t number : numbers) wakes_.push_back({&world, number});
        }
        sleeper_.wake();
    }
    void wake(OutsideWorld& world, std::int64_t number = 0) noexcept { wake(world, {&number, 1}); }

private:
    friend class Scheduler; // which alone takes what there is, and sleeps

    /// Wakes the interpreter for its flags' sake alone: a signal came.
    void nudge() noexcept { sleeper_.wake(); }

    bool pending() const noexcept { return sleeper_.is_woken(); }

    /// What there is so far; `out` is emptied first. Flags are looked at after it. Interpreter thread.
    void take(std::vector<Wake>& out) {
        out.clear();
        sleeper_.settle(); // first: who adds something behind what is taken wakes again
        const Lock lock(mutex_);
        out.swap(wakes_);
    }

    /// Sleeps until something is pending or the deadline has passed. Interpreter thread.
    void wait(std::optional<Clock::time_point> deadline) noexcept { sleeper_.sleep(deadline); }

    Mutex mutex_;
    std::vector<Wake> wakes_ QI_GUARDED_BY(mutex_);
    Sleeper sleeper_;
};

} // namespace qi
