// :test: `qi test` in a separate process, which a thread waits for, so that goroutines continue. The interpreter thread
// calls the public functions.
#pragma once

#include "base/result.hpp"
#include "vm/vm.hpp"

#include <atomic>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace qi {

class TestRun final : public OutsideWorld {
public:
    explicit TestRun(Vm& vm) : vm_(vm) { vm.add_outside(this); }
    ~TestRun() override { stop(); }
    TestRun(const TestRun&) = delete;

    /// Its output goes to the terminal. `done_key` is woken at its end.
    Result<void> start(const std::vector<std::string>& paths);
    void stop();
    bool could_wake() override { return running_; }
    void finish() override { stop(); }

    static constexpr WakeKey done_key = -4;

private:
    Vm& vm_;
    pid_t process_ = -1;
    std::atomic<bool> running_{false};
    std::thread thread_;
};

} // namespace qi
