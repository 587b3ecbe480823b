// time/: moments as Unix seconds or RFC 3339 strings, everything in UTC. Calendars and formats are the C library's.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_time(Vm& vm);

} // namespace qi::stdlib
