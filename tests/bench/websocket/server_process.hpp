// What the system says about the process of the server.
#pragma once

#include <cstdint>

namespace qi::bench {

/// Seconds of CPU, of all of its threads, in the program and in the system.
double cpu_seconds(int pid);
/// Bytes of memory that are its own, shared pages by their share (Pss).
std::int64_t memory_bytes(int pid);

} // namespace qi::bench
