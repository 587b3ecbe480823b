// qi check: what is wrong with files, without running them. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

/// `qi check [paths] [--json]`: the exit status, 0 if there is nothing to say.
int run_check(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
