// The end of a program that can't get more memory: a message and status 1, and what was printed is written.
#pragma once

#include "base/output.hpp"

namespace qi {

/// From now on an uncaught std::bad_alloc, on any thread, ends the process like this. `out` must outlive it; the
/// calling thread is the one that writes to it.
void end_when_out_of_memory(Output& out) noexcept;

} // namespace qi
