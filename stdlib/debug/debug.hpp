// debug/ and profile/: looking at the program while it runs. There is no debugger to attach.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_profile(Setup setup);

} // namespace qi::stdlib
