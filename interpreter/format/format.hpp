// The one layout of Qi source. Interpreter thread only, as the reader is.
#pragma once

#include "reader/form.hpp"
#include "reader/names.hpp"

#include <string>
#include <variant>

namespace qi {

/// The source in the one layout, or why it can't be read. What it means is the same: its tokens and comments are.
std::variant<std::string, SyntaxError> format_source(Store& store, const Names& names, const Source& source);

} // namespace qi
