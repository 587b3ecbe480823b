#include "str/str.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

void define_str(Setup setup) {
    define_str_case(setup);
    define_str_classes(setup);
    define_str_parts(setup);
    define_str_layout(setup);
    define_str_numbers(setup);
    define_str_encodings(setup);
    define_str_regex(setup);
}

} // namespace qi::stdlib
