// log/: one line on stderr for each message, as text or JSON.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_log(Vm& vm);

} // namespace qi::stdlib
