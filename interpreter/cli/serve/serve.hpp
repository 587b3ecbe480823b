// qi serve: a server in several processes. Interpreter thread only; no program runs in this process.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

int run_serve(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
