#include "measure.hpp"

#include "server_process.hpp"

#include <utility>

namespace qi::bench {

void Measure::begin() {
    latencies_ = {};
    began_ = Clock::now();
    if (options_.server_pid) cpu_ = cpu_seconds(options_.server_pid);
}

void Measure::finish() {
    seconds_ = seconds_of(Clock::now() - began_);
    if (options_.server_pid) cpu_ = cpu_seconds(options_.server_pid) - cpu_;
    counted_ = std::exchange(latencies_, {});
}

void Measure::report(Report& report, int each) const {
    double count = static_cast<double>(counted_.count()) * each;
    report.add("count", count);
    report.add("seconds", seconds_);
    report.add("per_second", count / seconds_);
    report.add("p50_us", counted_.within(0.5));
    report.add("p90_us", counted_.within(0.9));
    report.add("p99_us", counted_.within(0.99));
    report.add("p99_9_us", counted_.within(0.999));
    if (options_.server_pid && count > 0) report.add("server_cpu_us", cpu_ * 1e6 / count);
}

std::int64_t report_memory(Run& run, Report& report, const char* name) {
    if (!run.options.server_pid) return 0;
    run.loop.until(Clock::now() + seconds(run.options.settle));
    std::int64_t bytes = memory_bytes(run.options.server_pid);
    report.add(name, static_cast<double>(bytes));
    return bytes;
}

} // namespace qi::bench
