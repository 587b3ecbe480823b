#include "server_process.hpp"

#include "fail.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

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
    std::string text = read_proc(pid, "stat");
    // proc(5): the name, which may have anything in it, is in parentheses; utime and stime are fields 14 and 15.
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::int64_t memory_bytes(int pid) {
    std::istringstream lines(read_proc(pid, "smaps_rollup"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("Pss:")) return std::stoll(line.substr(4)) * 1024;
    fail("smaps_rollup has no Pss");
}

} // namespace qi::bench
