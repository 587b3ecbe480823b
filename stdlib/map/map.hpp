// map/: maps in maps, parts of maps. What takes a function is in map.qi.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_map(Vm& vm);

} // namespace qi::stdlib
