// qi new: a folder with a project that runs and tests itself at once.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

int run_new(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
