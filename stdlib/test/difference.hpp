// Where two values differ, for a test that expected them to be equal.
#pragma once

#include "data/store.hpp"

#include <string>

namespace qi::stdlib {

/// A line for each place where the insides differ, each after a newline; empty if they differ as wholes.
std::string difference(Store& store, Value expected, Value actual);

} // namespace qi::stdlib
