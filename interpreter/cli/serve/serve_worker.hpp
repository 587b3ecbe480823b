// A process of qi serve that runs the program, and the line to it. Interpreter thread only.
#pragma once

#include "base/worker_line.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <sys/types.h>
#include <vector>

namespace qi {

class ServeWorker {
public:
    using Clock = std::chrono::steady_clock;

    /// `words`: its command line. `place`: which of `places` it has, from 0; it finds both in its environment.
    /// `descriptors`: its limit of them.
    /// errno, if it can't be started: then has_ended().
    ServeWorker(const std::vector<std::string>& words, std::size_t place, std::size_t places, std::uint64_t number,
                const std::optional<rlimit>& descriptors);
    ~ServeWorker();
    ServeWorker(const ServeWorker&) = delete;
    ServeWorker& operator=(const ServeWorker&) = delete;

    std::size_t place() const noexcept { return place_; }
    std::uint64_t number() const noexcept { return number_; }
    pid_t process() const noexcept { return process_; }
    Clock::time_point started() const noexcept { return started_; }
    /// The errno that kept it from starting, or 0.
    int problem() const noexcept { return problem_; }

    /// To be polled for requests; -1: it has hung up.
    int line() const noexcept { return line_; }
    std::optional<WorkerRequest> next_request() noexcept;
    void send(const WorkerOrder& order, int socket = -1) const noexcept { send_order(line_, order, socket); }

    void signal(int number) const noexcept;
    /// Its status as waitpid gives it, told once it has ended.
    std::optional<int> status() noexcept;

    bool listens = false;       // it has got a socket
    bool is_to_end = false;     // it has been told so
    bool takes_a_place = false; // while another one still has it

private:
    const std::size_t place_;
    const std::uint64_t number_;
    const Clock::time_point started_ = Clock::now();
    pid_t process_ = -1;
    int line_ = -1;
    int problem_ = 0;
};

/// As a shell shows it: that of exit(), or 128 and the signal.
int exit_status_of(int status) noexcept;

} // namespace qi
