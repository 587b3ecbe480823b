#include "base/sleeper.hpp"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace qi {

namespace {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t) &&
              std::atomic<std::uint32_t>::is_always_lock_free);
static_assert(sizeof(std::time_t) == sizeof(long)); // as SYS_futex reads the time

/// Of the clock that FUTEX_WAIT_BITSET measures by, CLOCK_MONOTONIC; it refuses negative times.
timespec time_of(Sleeper::Clock::time_point when) noexcept {
    using namespace std::chrono;
    const auto since = std::max(when.time_since_epoch(), Sleeper::Clock::duration::zero());
    const auto whole = duration_cast<seconds>(since);
    return {static_cast<std::time_t>(whole.count()), static_cast<long>(nanoseconds(since - whole).count())};
}

} // namespace

bool Sleeper::sleep(std::optional<Clock::time_point> deadline) noexcept {
    std::uint32_t seen = awake;
    if (!word_.compare_exchange_strong(seen, asleep, std::memory_order_acq_rel)) return true;
    timespec until{};
    if (deadline) until = time_of(*deadline);
    while (word_.load(std::memory_order_acquire) == asleep) {
        const long result = ::syscall(SYS_futex, &word_, FUTEX_WAIT_BITSET_PRIVATE, asleep, deadline ? &until : nullptr,
                                      nullptr, FUTEX_BITSET_MATCH_ANY);
        if (result == 0 || errno != ETIMEDOUT) continue; // woken, or a signal, or it was no longer asleep
        seen = asleep;
        return !word_.compare_exchange_strong(seen, awake, std::memory_order_acq_rel);
    }
    return true;
}

void Sleeper::rouse() noexcept { ::syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }

} // namespace qi
