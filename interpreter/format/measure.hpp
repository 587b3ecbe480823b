// What a node's layout rests on: the role of each child, and how wide it is. Any thread.
#pragma once

#include "format/tree.hpp"

namespace qi::layout {

/// How brackets are laid out when they take more than one line.
enum class Style : std::uint8_t {
    Lines, // root
    Data,  // items beneath the first one
    Call,  // arguments beneath the first one, or two columns in
    Body,  // some on the first line, the others two columns in
    Pairs, // key and value on each line
    Chain, // a pipe on each line
    Prefix,
};

Style style_of(const Tree& tree, const Node& node);

/// Fills in a node whose children are filled in.
void measure(Tree& tree, std::uint32_t index);

} // namespace qi::layout
