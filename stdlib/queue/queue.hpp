// queue/ and stack/: persistent ones, as maps {:type :queue :items (…)} that print and compare.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_queues(Vm& vm);

} // namespace qi::stdlib
