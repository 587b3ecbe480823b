// What one thread sleeps on and any thread wakes it by: a single word, so that there is no lock that both of them want
// at the moment of waking. It carries nothing; what is handed over is guarded by the mutex of whoever hands it over,
// who wakes when that is released again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace qi {

class Sleeper {
public:
    using Clock = std::chrono::steady_clock;

    Sleeper() = default;
    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;

    /// Any thread: what was done before is seen by the sleeping thread once it has settled this. A system call only if
    /// that thread sleeps. Of the sleeper nothing but its address is used after it can be seen that it was woken.
    void wake() noexcept {
        if (word_.exchange(woken, std::memory_order_acq_rel) == asleep) rouse();
    }

    /// Woken, and not yet settled.
    bool is_woken() const noexcept { return word_.load(std::memory_order_acquire) == woken; }

    // The thread that sleeps.

    /// Before it looks at what it was woken for: who wakes it later does so for the next sleep.
    void settle() noexcept { word_.exchange(awake, std::memory_order_acq_rel); }

    /// Sleeps until it is woken; not at all if that wasn't settled. False: the deadline has passed before.
    bool sleep(std::optional<Clock::time_point> deadline = std::nullopt) noexcept;

private:
    static constexpr std::uint32_t awake = 0, asleep = 1, woken = 2;

    void rouse() noexcept;

    // What anybody does with it reads and writes it at once. Therefore nothing falls between "nobody has woken" and
    // "asleep", and of those who wake a sleeping thread exactly one calls the system.
    std::atomic<std::uint32_t> word_{awake};
};

} // namespace qi
