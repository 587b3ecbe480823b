#include "str/str.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

void define_str(Vm& vm) {
    define_str_case(vm);
    define_str_classes(vm);
    define_str_parts(vm);
    define_str_layout(vm);
    define_str_numbers(vm);
    define_str_encodings(vm);
    define_str_regex(vm);
}

} // namespace qi::stdlib
