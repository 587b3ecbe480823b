// set/: what sets, and sequences seen as sets, have in common. The result is a set if the first argument is one, else
// a list.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_set(Vm& vm);

} // namespace qi::stdlib
