// qi lsp: the Language Server Protocol 3.17 over standard input and output. Interpreter thread only.
#pragma once

#include "vm/vm.hpp"

#include <span>
#include <string>

namespace qi::lsp {

/// `qi lsp [--stdio]`: the exit status: 0 if `shutdown` came before `exit`.
int run_lsp(Vm& vm, std::span<const std::string> arguments);

} // namespace qi::lsp
