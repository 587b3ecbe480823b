// qi fmt: files in the one layout. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi {

/// `qi fmt [paths] [--check] [--diff]`: the exit status. 0: all is in the layout now (with --check or --diff: it was);
/// 1: it isn't; 2: a file can't be read or written.
int run_fmt(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
