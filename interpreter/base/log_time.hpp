// The time at the beginning of a log's lines. Any thread.
#pragma once

#include <string>

namespace qi {

/// Now, in UTC and to the millisecond: 2026-01-31T12:00:00.000+0000.
std::string log_time();

} // namespace qi
