// Which lines differ between a source and its layout. Both have the same words, so that one pass over the lines finds
// what belongs together. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace qi::layout {

/// Lines of the old text, from 0, that lines of the new one take the place of.
struct Change {
    std::size_t old_begin, old_end;
    std::size_t new_begin, new_end;
};

/// Each line with its line feed, if it has one.
std::vector<std::string_view> lines_of(std::string_view text);

/// Neighbouring ones are one, or, if they are wanted apart, as many as there are places where both texts have got
/// equally far.
std::vector<Change> changes(std::string_view before, std::string_view after, bool apart = false);

/// The changes as `diff -u` shows them; empty if there are none.
std::string unified_difference(std::string_view name, std::string_view before, std::string_view after);

} // namespace qi::layout
