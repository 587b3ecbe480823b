// qi test: runs test files, each in a separate process, several at once. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

/// `qi test [paths] [--filter RE] [--watch] [--junit FILE] [--jobs N] [--timeout MS]`: the exit status, 0 if no test
/// failed.
int run_tests(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
