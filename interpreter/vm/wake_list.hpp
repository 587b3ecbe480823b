// The one place where other threads reach the interpreter: what may be able to continue, and the condition variable
// that the interpreter thread sleeps on when nothing is runnable. Any thread.
#pragma once

#include "base/mutex.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace qi {

class OutsideWorld;

class WakeList {
public:
    using Clock = std::chrono::steady_clock;

    /// OutsideWorld::woken is to be called with the number, which only that world understands.
    struct Wake {
        OutsideWorld* world;
        std::int64_t number;
    };

    /// From any thread.
    void wake(OutsideWorld& world, std::span<const std::int64_t> numbers) noexcept { add(&world, numbers); }
    void wake(OutsideWorld& world, std::int64_t number = 0) noexcept { add(&world, {&number, 1}); }

private:
    friend class Scheduler; // which alone takes what there is, and sleeps

    /// Wakes the interpreter for its flags' sake alone: a signal came.
    void nudge() noexcept { add(nullptr, {}); }

    bool pending() const noexcept { return pending_.load(std::memory_order_acquire); }

    /// What there is so far; `out` is emptied first. Interpreter thread.
    void take(std::vector<Wake>& out) {
        out.clear();
        const Lock lock(mutex_);
        out.swap(wakes_);
        pending_.store(false, std::memory_order_relaxed);
    }

    /// Sleeps until something is pending or the deadline has passed. Interpreter thread.
    void wait(std::optional<Clock::time_point> deadline) {
        const Lock lock(mutex_);
        while (!pending_.load(std::memory_order_relaxed)) {
            if (!deadline)
                condition_.wait(mutex_);
            else if (!condition_.wait_until(mutex_, *deadline))
                return;
        }
    }

    void add(OutsideWorld* world, std::span<const std::int64_t> numbers) noexcept {
        {
            const Lock lock(mutex_);
            for (const std::int64_t number : numbers) wakes_.push_back({world, number});
            pending_.store(true, std::memory_order_release);
        }
        condition_.notify_one();
    }

    Mutex mutex_;
    Condition condition_;
    std::vector<Wake> wakes_ QI_GUARDED_BY(mutex_);
    std::atomic<bool> pending_{false};
};

} // namespace qi
