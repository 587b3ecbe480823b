// json/: text to values and back. The grammar is nlohmann/json's; its SAX events make values at once.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_json(Vm& vm);

} // namespace qi::stdlib
