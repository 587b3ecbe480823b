// test/: what a test says, and the account of those that ran. Calling them is in test.qi.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_test_session(Setup setup);

} // namespace qi::stdlib
