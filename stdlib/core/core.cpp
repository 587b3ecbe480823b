#include "core/core.hpp"

#include "namespaces.hpp"

namespace qi::stdlib {

void define_core(Setup setup) {
    define_numbers(setup);
    define_predicates(setup);
    define_sequences(setup);
    define_maps(setup);
    define_text(setup);
    define_conversion(setup);
    define_bits(setup);
    define_bytes(setup);
    define_clock(setup);
    define_state(setup);
    define_evaluation(setup);
    setup.define_loading();
    define_goroutines(setup);
    define_signals(setup);
    define_select(setup);
}

} // namespace qi::stdlib
