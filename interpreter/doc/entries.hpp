// All that is documented: the special forms and every public name of the standard library. Interpreter thread only.
#pragma once

#include "doc/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace qi {

struct DocEntry {
    std::string name;
    std::string space;              // its namespace; "forms" for special forms
    std::vector<std::string> usage; // "(str/upper s)"; for a value that isn't a function just its name
    std::string text;               // prose: paragraphs without line breaks, an empty line between them
    std::string example;            // lines, each expression with ";=> value" after it; "" without an example
    std::vector<OptionDoc> options; // those of a map that it takes
    std::string place;              // the source file that defines it
    std::string alias_of;           // the name under which it is defined; "" for all but aliases

    /// The first sentence of the text.
    std::string_view summary() const noexcept;
};

/// Sorted by namespace, in their order, and by name. Docstrings are English; what has both languages is in that one.
std::vector<DocEntry> doc_entries(Vm& vm, Language in = language());

} // namespace qi
