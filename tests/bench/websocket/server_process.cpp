#include "server_process.hpp"

#include "fail.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <time.h>

namespace qi::bench {

namespace {

std::string read_proc(int pid, const char* name) {
    std::string path = "/proc/" + std::to_string(pid) + "/" + name;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    if (text.str().empty()) fail("can't read " + path);
    return text.str();
}

} // namespace

double cpu_seconds(int pid) {
    clockid_t clock{};
    timespec time{};
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0)
        fail("can't read the CPU time of process " + std::to_string(pid));
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::int64_t memory_bytes(int pid) {
    std::istringstream lines(read_proc(pid, "smaps_rollup"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("Pss:")) return std::stoll(line.substr(4)) * 1024;
    fail("smaps_rollup has no Pss");
}

} // namespace qi::bench
