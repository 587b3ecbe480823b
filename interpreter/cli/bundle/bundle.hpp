// qi bundle: a script and everything it needs, appended to a copy of the program that runs it. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

int run_bundle(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
