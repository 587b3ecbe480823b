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
    explicit TestRun(Vm& vm) : vm_(vm) { vm.scheduler.add_outside(this); }
    ~TestRun() override { stop(); }
    TestRun(const TestRun&) = delete;

    /// Its output goes to the terminal.
    Result<void> start(const std::vector<std::string>& paths);
    void stop();
    bool could_wake() override { return running_; }
    void woken(std::int64_t) override { vm_.scheduler.wake_all(ended_); }
    void finish() override { stop(); }

    Wait& end_wait() noexcept { return ended_; }

private:
    Vm& vm_;
    Wait ended_;
    pid_t process_ = -1;
    std::atomic<bool> running_{false};
    std::thread thread_;
};

} // namespace qi
