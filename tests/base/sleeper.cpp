// What the interpreter's thread sleeps on: no wake-up is lost, and no deadline is missed.
#include "base/sleeper.hpp"

#include "base/mutex.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <pthread.h>
#include <thread>
#include <vector>

using namespace qi;
using namespace std::chrono_literals;

namespace {

using Clock = Sleeper::Clock;

/// Far beyond what a test takes: if it passes, a wake-up was lost.
Clock::time_point far_away() { return Clock::now() + 60s; }

void ignore(int) {}

} // namespace

TEST_CASE("a thread that was woken before it sleeps doesn't sleep, until it has settled that") {
    Sleeper sleeper;
    CHECK_FALSE(sleeper.is_woken());
    sleeper.wake();
    sleeper.wake();
    CHECK(sleeper.is_woken());
    CHECK(sleeper.sleep());
    CHECK(sleeper.sleep(Clock::now() - 1s));
    sleeper.settle();
    CHECK_FALSE(sleeper.is_woken());
    CHECK_FALSE(sleeper.sleep(Clock::now() + 1ms));
}

TEST_CASE("a sleep ends at its deadline, not before, and the sleeper can be woken afterwards") {
    Sleeper sleeper;
    const auto deadline = Clock::now() + 20ms;
    CHECK_FALSE(sleeper.sleep(deadline));
    CHECK(Clock::now() >= deadline);
    CHECK_FALSE(sleeper.is_woken());
    sleeper.wake();
    CHECK(sleeper.is_woken());
    CHECK(sleeper.sleep(deadline));
}

TEST_CASE("a deadline that has passed ends a sleep at once, however long ago that was") {
    Sleeper sleeper;
    CHECK_FALSE(sleeper.sleep(Clock::now() - 1h));
    CHECK_FALSE(sleeper.sleep(Clock::time_point{}));
    CHECK_FALSE(sleeper.sleep(Clock::time_point{} - 1ns));
    CHECK_FALSE(sleeper.sleep(Clock::time_point::min()));
}

TEST_CASE("the farthest deadline is none") {
    Sleeper sleeper;
    std::thread waker([&] {
        std::this_thread::sleep_for(10ms);
        sleeper.wake();
    });
    CHECK(sleeper.sleep(Clock::time_point::max()));
    waker.join();
}

TEST_CASE("a signal doesn't end a sleep") {
    struct sigaction with {
    }, before{};
    with.sa_handler = ignore;
    sigaction(SIGUSR1, &with, &before);
    Sleeper sleeper;
    const pthread_t sleeping = pthread_self();
    std::atomic<bool> to_wake{false};
    std::thread waker([&] {
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(5ms);
            pthread_kill(sleeping, SIGUSR1);
        }
        to_wake = true;
        sleeper.wake();
    });
    CHECK(sleeper.sleep(far_away()));
    CHECK(to_wake);
    waker.join();
    sigaction(SIGUSR1, &before, nullptr);
}

TEST_CASE("what a thread did before it wakes is seen, without a lock") {
    Sleeper there, back;
    int passed = 0; // guarded by whose turn it is
    constexpr int rounds = 20000;
    std::thread other([&] {
        for (int i = 0; i < rounds; ++i) {
            if (!there.sleep(far_away())) return;
            there.settle();
            ++passed;
            back.wake();
        }
    });
    for (int i = 0; i < rounds; ++i) {
        ++passed;
        there.wake();
        REQUIRE(back.sleep(far_away()));
        back.settle();
        REQUIRE(passed == 2 * (i + 1));
    }
    other.join();
}

TEST_CASE("no wake-up of several threads is lost") {
    constexpr int threads = 4, each = 20000;
    Sleeper sleeper;
    Mutex mutex;
    std::vector<int> handed_over;
    std::vector<std::thread> wakers;
    for (int t = 0; t < threads; ++t)
        wakers.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                {
                    const Lock lock(mutex);
                    handed_over.push_back(t);
                }
                sleeper.wake();
                if (i % 64 == t) std::this_thread::yield(); // now and then it has time to fall asleep
            }
        });
    std::vector<int> taken;
    int got[threads] = {};
    // Without a deadline and with one that passes now and then.
    for (int left = threads * each, round = 0; left > 0; ++round) {
        taken.clear();
        sleeper.settle();
        {
            const Lock lock(mutex);
            taken.swap(handed_over);
        }
        for (const int t : taken) ++got[t];
        left -= static_cast<int>(taken.size());
        if (left == 0 || !taken.empty()) continue;
        if (round % 2 == 0)
            REQUIRE(sleeper.sleep(far_away()));
        else
            sleeper.sleep(Clock::now() + 2us);
    }
    for (std::thread& waker : wakers) waker.join();
    for (const int count : got) CHECK(count == each);
}

TEST_CASE("a flag that was set before the wake-up is seen by who settles it") {
    constexpr int rounds = 20000;
    Sleeper sleeper;
    std::atomic<int> asked{0}, answered{0};
    std::thread asking([&] {
        for (int i = 1; i <= rounds; ++i) {
            asked.store(i, std::memory_order_relaxed);
            sleeper.wake();
            while (answered.load(std::memory_order_relaxed) != i) std::this_thread::yield();
        }
    });
    for (int i = 1; i <= rounds; ++i) {
        while (asked.load(std::memory_order_relaxed) != i) {
            REQUIRE(sleeper.sleep(far_away()));
            sleeper.settle();
        }
        answered.store(i, std::memory_order_relaxed);
    }
    asking.join();
}
