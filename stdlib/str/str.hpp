// str/: text. Positions and lengths count code points. Each file of this folder defines one theme.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_str_case(Setup setup);
void define_str_classes(Setup setup);
void define_str_parts(Setup setup);
void define_str_layout(Setup setup);
void define_str_numbers(Setup setup);
void define_str_encodings(Setup setup);
void define_str_regex(Setup setup);

} // namespace qi::stdlib
