// list/: sequences sorted, grouped, cut. What takes a function calls it in list.qi, and hands over the results here.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_groups(Setup setup);

} // namespace qi::stdlib
