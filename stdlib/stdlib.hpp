// Everything a Qi program can call, put into a VM.
#pragma once

#include "vm/vm.hpp"

namespace qi {

void define_stdlib(Vm& vm);

} // namespace qi
