#include "core/core.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

void define_core(Vm& vm) {
    define_numbers(vm);
    define_predicates(vm);
    define_sequences(vm);
    define_maps(vm);
    define_text(vm);
    define_conversion(vm);
    define_bits(vm);
    define_bytes(vm);
    define_clock(vm);
    define_state(vm);
    define_evaluation(vm);
    define_modules(vm);
    define_goroutines(vm);
    define_signals(vm);
    define_select(vm);
}

} // namespace qi::stdlib
