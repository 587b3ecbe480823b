// A value as text over several lines, as wide as the terminal. Interpreter thread only.
#pragma once

#include "data/store.hpp"

#include <string>

namespace qi {

struct PrettyStyle {
    int width = 80;
    bool colours = false;
    std::size_t most_items = 2000; // then comes …
};

/// On one line if that is wide enough; else the items below each other, and those of maps as `key value`.
/// Values without others in them fill the lines. Strings are quoted.
std::string pretty(const Store& store, Value value, const PrettyStyle& style);

} // namespace qi
