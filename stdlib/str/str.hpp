// str/: text. Positions and lengths count code points. Each file of this folder defines one theme.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_str_case(Vm& vm);
void define_str_classes(Vm& vm);
void define_str_parts(Vm& vm);
void define_str_layout(Vm& vm);
void define_str_numbers(Vm& vm);
void define_str_encodings(Vm& vm);
void define_str_regex(Vm& vm);

} // namespace qi::stdlib
