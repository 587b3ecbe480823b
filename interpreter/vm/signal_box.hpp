// The signals that a program takes itself, instead of what Qi or the system would do. The interpreter says which; a
// thread that waits for signals says that one has come, and is the interpreter's waker.
#pragma once

#include <atomic>
#include <csignal>
#include <pthread.h>

namespace qi {

class SignalBox {
public:
    /// The interpreter's thread, which is the only other one that the system would give these to.
    void take(int signal, bool taken) noexcept {
        if (taken)
            taken_.fetch_or(bit(signal));
        else
            taken_.fetch_and(~bit(signal));
        if (signal != SIGHUP) return; // the others are always waited for
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, signal);
        // No other thread waits for one that comes to this thread, and none gets one that is waited for.
        if (taken) pthread_sigmask(SIG_BLOCK, &set, nullptr);
        if (is_waited_for_) pthread_kill(waiter_, look_again);
        if (!taken) pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
    }
    bool is_taken(int signal) const noexcept { return (taken_.load() & bit(signal)) != 0; }
    bool any_taken() const noexcept { return taken_.load() != 0; }

    /// Any thread: it has come, once or several times.
    void note(int signal) noexcept { come_.fetch_or(bit(signal)); }
    /// Interpreter: has it? Not again until it comes again.
    bool has_come(int signal) noexcept {
        return (come_.load() & bit(signal)) != 0 && (come_.fetch_and(~bit(signal)) & bit(signal)) != 0;
    }

    /// Before programs run: the thread that waits for signals. It is sent `look_again` when it is to wait for others.
    void set_waiter(pthread_t waiter) noexcept {
        waiter_ = waiter;
        is_waited_for_ = true;
    }
    void remove_waiter() noexcept { is_waited_for_ = false; }
    static constexpr int look_again = SIGUSR2;

private:
    static constexpr unsigned bit(int signal) noexcept { return 1u << static_cast<unsigned>(signal); }

    std::atomic<unsigned> taken_{0};
    std::atomic<unsigned> come_{0};
    pthread_t waiter_{};
    bool is_waited_for_ = false; // interpreter thread
};

} // namespace qi
