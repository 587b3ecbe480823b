// path/: paths as text; nothing is asked of the file system.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_path(Vm& vm);

} // namespace qi::stdlib
