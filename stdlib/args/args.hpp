// args/: the words that the program was called with.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_args(Vm& vm);

} // namespace qi::stdlib
