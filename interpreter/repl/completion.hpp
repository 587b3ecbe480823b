// How a text that ends at the cursor may continue. Interpreter thread only.
#pragma once

#include "repl/line_editor.hpp"
#include "vm/vm.hpp"

#include <string>

namespace qi {

/// Names that are defined or appear in the text, namespaces (`ws/`), special forms, keywords that were seen, file names
/// in a string or after a command that takes one, and commands.
Completion completion_of(Vm& vm, const std::string& text);

} // namespace qi
