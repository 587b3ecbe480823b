// qi completion: what a shell needs to complete the command line, made from the text of qi --help.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

int run_completion(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
