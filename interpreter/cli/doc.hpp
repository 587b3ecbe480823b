// qi doc: what a name is for, what is in a namespace, and the reference of everything.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

int run_doc(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
