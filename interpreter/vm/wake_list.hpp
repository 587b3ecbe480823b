// The one place where other threads reach the interpreter: keys of what may be able to continue, and the condition
// variable that the interpreter thread sleeps on when nothing is runnable. Any thread.
#pragma once

#include "base/mutex.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace qi {

using WakeKey = std::int64_t;

class WakeList {
public:
    using Clock = std::chrono::steady_clock;

    /// From any thread.
    void wake(std::span<const WakeKey> keys) noexcept { wake(keys, 1); }
    /// All `lanes` keys of each number: number * lanes, and those after it.
    void wake(std::span<const std::int64_t> numbers, std::int64_t lanes) noexcept {
        {
            const Lock lock(mutex_);
            for (const std::int64_t number : numbers)
                for (std::int64_t lane = 0; lane < lanes; ++lane) keys_.push_back(number * lanes + lane);
            pending_.store(true, std::memory_order_release);
        }
        condition_.notify_one();
    }
    /// Wakes the interpreter for its flags' sake alone: a signal came.
    void nudge() noexcept { wake({}); }

    bool pending() const noexcept { return pending_.load(std::memory_order_acquire); }

    /// The keys so far; `out` is emptied first. Interpreter thread.
    void take(std::vector<WakeKey>& out) {
        out.clear();
        const Lock lock(mutex_);
        out.swap(keys_);
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

private:
    Mutex mutex_;
    Condition condition_;
    std::vector<WakeKey> keys_ QI_GUARDED_BY(mutex_);
    std::atomic<bool> pending_{false};
};

} // namespace qi
