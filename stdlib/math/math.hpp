// math/, stats/ and the random numbers of the core.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_random(Vm& vm);
void define_stats(Vm& vm);

} // namespace qi::stdlib
