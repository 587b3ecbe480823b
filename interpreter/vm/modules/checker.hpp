// Finds what is wrong with a source without running it: all errors of reading and compiling that can be distinguished,
// and all warnings. Macros are expanded, and definitions of functions and constants carried out, since macros may call
// them; an editor can ask that not even those run. Interpreter thread only.
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
    std::string_view code; // what kind of finding it is, one word in every language
};

enum class Macros : std::uint8_t {
    Expand,
    LeaveAlone, // no code of the source runs; what is in calls of its macros isn't looked at
};

/// By their places. What the source defines is forgotten again.
std::vector<Finding> check(Vm& vm, SourcePointer source, Macros macros = Macros::Expand);

/// `name:line:column: error: text`, the excerpt, the note.
std::string describe(const Source& source, const Finding& finding);

} // namespace qi
