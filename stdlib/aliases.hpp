// Second names of library functions (docs/language.md, 9.2): programs written for other versions of the language use
// them. Defined last, when what they stand for is there.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_aliases(Vm& vm);

} // namespace qi::stdlib
