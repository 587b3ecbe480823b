// One test file in a separate process, seen from the process that started it.
#pragma once

#include "cli/test/options.hpp"
#include "cli/test/report.hpp"

#include <chrono>
#include <span>
#include <string>
#include <sys/types.h>

namespace qi {

class Worker {
public:
    using Clock = std::chrono::steady_clock;

    /// Starts `qi test --worker` for the file, with the flags of qi itself that this process got.
    Worker(const TestOptions& options, std::span<const std::string> own_flags, std::string file);
    ~Worker();
    Worker(const Worker&) = delete;

    /// What to poll for reading.
    int descriptor() const noexcept { return records_; }
    /// Takes what has come; false: the process has ended, and `record` is complete.
    bool read();
    /// Ends it, if a test, or the top level between two tests, takes longer than it may; `asked`: when it was looked
    /// for what it says, as far as read() has taken it.
    void end_if_stuck(Clock::time_point asked);
    /// The name of the test that runs, or that it is the top level.
    std::string activity() const;
    FileRecord& record() noexcept { return record_; }

private:
    void take_records();
    void finish();
    void stop();
    void fail_test(std::string name, std::string text);
    std::string left_output() const;

    pid_t process_ = -1;
    int records_ = -1; // the pipe that they come through
    int output_ = -1;  // the file in memory that it prints to
    std::string unread_;
    FileRecord record_;
    Clock::time_point started_;
    Clock::time_point heard_;
    std::string running_; // the test's name
    bool in_test_ = false;
    std::chrono::milliseconds limit_;    // of the top level
    std::chrono::milliseconds patience_; // of what runs: a test has its own limit, and should end by itself
    bool stuck_ = false;
    bool ended_well_ = false; // it said so itself
};

} // namespace qi
