// Waits for many descriptors at once (epoll, edge-triggered) and hands out what became ready. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace qi::bench {

using Clock = std::chrono::steady_clock;

inline Clock::duration seconds(double count) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(count));
}

inline double seconds_of(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

class Watched {
public:
    virtual ~Watched() = default;
    /// With the events of epoll. Everything there is must be read and written.
    virtual void ready(std::uint32_t events) = 0;
};

class Loop {
public:
    /// How long it may be that nothing happens: a server that stands still ends the program.
    explicit Loop(double patience);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Until the descriptor is closed: in its own ready(), or between two calls of once().
    void watch(int descriptor, Watched& watched);
    /// Hands out what becomes ready first, or nothing if that is after `deadline`.
    void once(Clock::time_point deadline = Clock::time_point::max());
    void until(Clock::time_point deadline);
    /// Where whoever is called may read to.
    std::vector<char>& buffer() noexcept { return buffer_; }

private:
    Clock::duration patience_;
    int descriptor_;
    std::vector<char> buffer_ = std::vector<char>(128 * 1024);
};

} // namespace qi::bench
