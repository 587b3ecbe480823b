#include "base/log_time.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

namespace qi {

std::string log_time() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::time_t seconds = milliseconds / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char date[32], all[48];
    std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(all, sizeof all, "%s.%03d+0000", date, static_cast<int>(milliseconds % 1000));
    return all;
}

} // namespace qi
