// Values as text.
#pragma once

#include "data/store.hpp"

#include <string>

namespace qi {

/// What `str`, `println` and nested positions show; strings are raw at top level only.
void append_display(const Store& store, std::string& out, Value value);
/// Text that reads back as the same value: strings quoted at top level too.
void append_readable(const Store& store, std::string& out, Value value);
/// The f-string form: as display, with `<function>` for `#<function>` and shorter bytes at top level.
void append_fstring(const Store& store, std::string& out, Value value);

std::string readable(const Store& store, Value value);
/// The same, cut to about `limit` characters, for messages.
std::string shortened(const Store& store, Value value, std::size_t limit = 60);

} // namespace qi
