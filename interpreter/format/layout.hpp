// A tree -> text in the one layout (docs/format.md). Any thread.
#pragma once

#include "format/tree.hpp"

#include <string>

namespace qi::layout {

/// The text of the tree, laid out. Nesting is bounded by memory alone.
std::string lay_out(const Tree& tree);

} // namespace qi::layout
