// What the system knows by a number: writing there, whole; how wide it is. Any thread.
#pragma once

#include <string_view>

namespace qi {

/// Writes all of it, also where a signal comes in between; where the descriptor is non-blocking (a terminal or pipe
/// that another process made so), waits for room. 0, or the errno of what went wrong: then the rest isn't written.
int write_all(int descriptor, std::string_view bytes) noexcept;

/// The columns of the terminal that it is; 0: it is none.
int terminal_columns(int descriptor) noexcept;

/// Called first of all: what was closed when the program began (`>&-`) stays taken, so that no file or socket opened
/// later gets the number of standard output. Reading and writing there fail as they do on a closed descriptor.
void reserve_standard_descriptors() noexcept;

} // namespace qi
