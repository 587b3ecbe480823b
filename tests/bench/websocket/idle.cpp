#include "crowd.hpp"
#include "loads.hpp"
#include "measure.hpp"
#include "server_process.hpp"

namespace qi::bench {

void idle(Run& run, Report& report) {
    auto before = report_memory(run, report, "memory_before");
    std::deque<Client> clients;
    for (int i = 0; i < run.options.connections; ++i) clients.emplace_back(run, "/echo");
    double cpu_before = run.options.server_pid ? cpu_seconds(run.options.server_pid) : 0;
    auto began = Clock::now();
    open_all(run, clients);
    double seconds = seconds_of(Clock::now() - began);
    report.add("count", run.open);
    report.add("seconds", seconds);
    report.add("per_second", run.open / seconds);
    if (run.options.server_pid)
        report.add("server_cpu_us", (cpu_seconds(run.options.server_pid) - cpu_before) * 1e6 / run.open);
    auto open = report_memory(run, report, "memory_open");
    if (open) report.add("bytes_each", static_cast<double>(open - before) / run.options.connections);
    close_all(run, clients);
    report_memory(run, report, "memory_after");
}

} // namespace qi::bench
