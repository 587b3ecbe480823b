// What --max-heap, --max-time and --max-steps set. The clock has its own thread, so that time is over for programs
// that compute, wait, or are inside a function that looks at nothing.
#pragma once

#include "base/mutex.hpp"
#include "base/units.hpp"
#include "vm/vm.hpp"

#include <string>
#include <thread>

namespace qi {

struct Limits {
    std::uint64_t heap = 0; // bytes; 0: no limit, here and below
    std::uint64_t steps = 0;
    Duration time{0};
    std::string time_text; // as it was written
};

/// While it lives the program is held to them.
class LimitsInForce {
public:
    LimitsInForce(Vm& vm, const Limits& limits);
    ~LimitsInForce();
    LimitsInForce(const LimitsInForce&) = delete;
    LimitsInForce& operator=(const LimitsInForce&) = delete;

private:
    void watch(Vm& vm, const Limits& limits);
    /// False: the program has ended before.
    bool wait_until(Clock::time_point when);

    Mutex mutex_;
    Condition condition_;
    bool ended_ QI_GUARDED_BY(mutex_) = false;
    std::thread clock_;
};

} // namespace qi
