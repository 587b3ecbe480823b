// qi run: a script, watched, measured or with its frames shown. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

int run_program(Vm& vm, std::span<const std::string> arguments);

/// Frames are to be shown: to be known before ws/ is made.
bool wants_trace(std::span<const std::string> arguments);

} // namespace qi
