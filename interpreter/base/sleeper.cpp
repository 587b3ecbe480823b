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

/// Until the word is no longer `asleep`, or for no reason at all. False: the time has passed.
bool wait_on(const std::atomic<std::uint32_t>& word, std::uint32_t asleep,
             std::optional<Sleeper::Clock::time_point> deadline) noexcept {
    timespec until{};
    if (deadline) until = time_of(*deadline);
    const long result = ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, asleep, deadline ? &until : nullptr,
                                  nullptr, FUTEX_BITSET_MATCH_ANY);
    return result == 0 || errno != ETIMEDOUT;
}

#if defined(__SANITIZE_THREAD__)
/// ThreadSanitizer holds back the handler of a signal until its thread calls something that it knows, and it doesn't
/// know this system call.
bool wait_in_steps(const std::atomic<std::uint32_t>& word, std::uint32_t asleep,
                   std::optional<Sleeper::Clock::time_point> deadline) noexcept {
    const auto step = Sleeper::Clock::now() + std::chrono::milliseconds(20);
    if (deadline && *deadline <= step) return wait_on(word, asleep, deadline);
    wait_on(word, asleep, step);
    ::usleep(0);
    return true;
}
#else
constexpr auto wait_in_steps = wait_on;
#endif

} // namespace

bool Sleeper::sleep(std::optional<Clock::time_point> deadline) noexcept {
    std::uint32_t seen = awake;
    if (!word_.compare_exchange_strong(seen, asleep, std::memory_order_acq_rel)) return true;
    while (word_.load(std::memory_order_acquire) == asleep) {
        if (wait_in_steps(word_, asleep, deadline)) continue; // woken, or a signal, or it was no longer asleep
        seen = asleep;
        return !word_.compare_exchange_strong(seen, awake, std::memory_order_acq_rel);
    }
    return true;
}

void Sleeper::rouse() noexcept { ::syscall(SYS_futex, &word_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }

} // namespace qi
