// qi run --watch: the program in a separate process, which is ended and started again when a file changes.
// Interpreter thread only; no program runs in this process.
#pragma once

#include "vm/vm.hpp"

#include <string>

namespace qi {

/// Until a signal comes; the exit status. The process gets the words of this one's command line without --watch.
int run_watched(Vm& vm, const std::string& file);

} // namespace qi
