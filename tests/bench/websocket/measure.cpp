#include "measure.hpp"

#include "server_process.hpp"

#include <utility>

namespace qi::bench {

namespace {

std::function<double()> cpu_of(int pid) {
    if (!pid) return {};
    return [pid] { return cpu_seconds(pid); };
}

} // namespace

Measure::Measure(const Run& run) : Measure(run, cpu_of(run.options.server_pid), "server_cpu_us") {}

void Measure::begin() {
    latencies_ = {};
    began_ = Clock::now();
    if (count_cpu_) cpu_ = count_cpu_();
}

void Measure::finish() {
    seconds_ = seconds_of(Clock::now() - began_);
    if (count_cpu_) cpu_ = count_cpu_() - cpu_;
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
    if (count_cpu_ && count > 0) report.add(name_of_cpu_, cpu_ * 1e6 / count);
}

std::int64_t report_memory(Run& run, Report& report, const char* name) {
    if (!run.options.server_pid) return 0;
    run.loop.until(Clock::now() + seconds(run.options.settle));
    std::int64_t bytes = memory_bytes(run.options.server_pid);
    report.add(name, static_cast<double>(bytes));
    return bytes;
}

} // namespace qi::bench
