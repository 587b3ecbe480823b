// math/, stats/ and the random numbers of the core.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_random(Setup setup);
void define_stats(Setup setup);

} // namespace qi::stdlib
