// Finds what is wrong with a source without running it: all errors of reading and compiling that can be told apart, and
// all warnings. Only definitions of functions and constants are carried out, since macros may call them.
// Interpreter thread only.
#pragma once

#include "base/source.hpp"
#include "vm/vm.hpp"

#include <string>
#include <vector>

namespace qi {

struct Finding {
    Span span;
    bool error; // else a warning
    std::string text;
    std::string note;
};

/// By their places. What the source defines is forgotten again.
std::vector<Finding> check(Vm& vm, SourcePointer source);

/// `name:line:column: error: text`, the excerpt, the note.
std::string describe(const Source& source, const Finding& finding);

} // namespace qi
