// The seconds that count, and what is reported of them.
#pragma once

#include "latencies.hpp"
#include "report.hpp"
#include "run.hpp"

#include <cstdint>
#include <functional>

namespace qi::bench {

class Measure {
public:
    /// With the CPU time of the server, if somebody has said who it is.
    explicit Measure(const Run& run);
    /// With what `cpu` counts, in seconds, under this name.
    Measure(const Run& run, std::function<double()> cpu, const char* name)
        : options_(run.options), count_cpu_(std::move(cpu)), name_of_cpu_(name) {}

    /// One more has been done.
    void count(Clock::time_point began, Clock::time_point ended) noexcept {
        latencies_.add(static_cast<std::uint64_t>((ended - began).count()));
    }

    /// Warms up, then counts; step() waits for what happens next, until a time.
    template <typename Step>
    void take(Step step) {
        auto end = Clock::now() + seconds(options_.warm_up);
        while (Clock::now() < end) step(end);
        begin();
        end = began_ + seconds(options_.seconds);
        while (Clock::now() < end) step(end);
        finish();
    }

    /// How many there were, each of which stands for `each` things, and the CPU time for each thing.
    void report(Report& report, int each = 1) const;

private:
    void begin();
    void finish();

    const Options& options_;
    const std::function<double()> count_cpu_; // or none
    const char* const name_of_cpu_;
    Latencies latencies_, counted_;
    Clock::time_point began_{};
    double seconds_ = 0, cpu_ = 0;
};

/// The memory of the server, once it has had time to clean up, under this name; nothing if nobody has said who it is.
std::int64_t report_memory(Run& run, Report& report, const char* name);

} // namespace qi::bench
