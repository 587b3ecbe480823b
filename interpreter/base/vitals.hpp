// Counts and amounts that one thread writes and any may read while the program runs: what a thread that isn't the
// interpreter's can tell of it without asking. A value is whole, and as old as the last time that its writer told it.
#pragma once

#include <atomic>
#include <cstdint>

namespace qi {

/// Written by one thread, so that counting takes no lock and no locked instruction.
class Tally {
public:
    void add(std::uint64_t more) noexcept { set(get() + more); }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

/// Of the interpreter, which alone writes it.
struct Vitals {
    Tally goroutines;
    // As of the last collection:
    Tally heap_bytes; // of old objects, and of what objects own elsewhere
    Tally minor_collections, major_collections;
    Tally paused_nanoseconds; // together
    Tally longest_pause;      // nanoseconds
};

} // namespace qi
