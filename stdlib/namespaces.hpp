// The function of each namespace that defines its natives: a file of its folder has it. Interpreter thread only.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

#define NAMESPACE(name, define, english, japanese) void define(Setup setup);
#define PART(name, english, japanese)
#include "language/namespaces.def"

} // namespace qi::stdlib
