// Source text as the formatter sees it: every token and every comment, in a tree of brackets, with where each stood.
// The reader's forms lack what a layout needs (comments, spellings, pipes as they were written), so the tree is built
// from the lexer's tokens; between two tokens there are only white space and comments. Any thread.
#pragma once

#include "base/source.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace qi::layout {

enum class NodeKind : std::uint8_t {
    Root,
    Atom,    // one token; a whole f-string
    Comment, // up to the end of its line
    List,
    Vector,
    Map,
    Set,
    Prefix, // ' ` , ,@ @ before the one child that isn't a comment
    Chain,  // a |> b |> c: stages and, between them, the pipes
};

/// Where an item goes when its brackets take more than one line.
enum class Role : std::uint8_t {
    Head,   // after the open bracket
    Inline, // on the line of what comes before it
    Line,   // on a separate line
    Value,  // after what comes before it, or on a separate line, indented
    Flow,   // where it was written, if it fits there
};

struct Node {
    NodeKind kind = NodeKind::Atom;
    Role role = Role::Flow;
    std::uint8_t newlines = 0; // before it: 0, 1, or 2 for any more
    bool wide_gap = false;     // more than one blank before it, on the same line
    bool one_line = true;      // it may be on one line, and was
    bool aligned = false;      // values and arrows beneath each other
    bool indented = false;     // of a call: what follows the first argument is two columns in
    std::uint32_t begin = 0, end = 0;
    std::uint32_t first = 0, next = 0; // child and sibling; 0, the root, for none
    std::uint32_t column = 0;          // where it stood
    std::uint32_t flat = 0;            // columns on one line, or `endless`
    std::uint32_t least = 0;           // about the columns that it needs when it takes many lines
    std::uint32_t widest_key = 0;      // of pairs and arms
};

constexpr std::uint32_t endless = 1U << 30;

struct Tree {
    std::string_view text;
    std::vector<Node> nodes; // the root first

    std::string_view text_of(const Node& node) const { return text.substr(node.begin, node.end - node.begin); }
    bool is_atom(const Node& node, std::string_view wanted) const {
        return node.kind == NodeKind::Atom && text_of(node) == wanted;
    }
    std::string_view opener(const Node& node) const noexcept;
    std::string_view closer(const Node& node) const noexcept;
};

/// The tree of a text. One that the reader can't read has one too, for editors: unclosed brackets go up to the next
/// line that begins with a round one, or to the text's end; others are closed by any bracket. `one_form`: such a line
/// is no end, as in what is typed at the prompt.
Tree parse(std::string_view text, bool one_form = false);

/// The tokens and comments of a text, in order: what a layout must not change.
std::vector<std::string_view> words(std::string_view text);

} // namespace qi::layout
