// env/: the environment.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_env(Vm& vm);

} // namespace qi::stdlib
