// Keys for what comes from outside. Interpreter thread only.
#pragma once

#include "data/store.hpp"

#include <string_view>

namespace qi {

/// The keyword of this name for a map that others have filled; a string where that wouldn't do: `error` would make the
/// map an error, and some names no keyword has.
Value key_from_outside(Store& store, std::string_view name);

} // namespace qi
