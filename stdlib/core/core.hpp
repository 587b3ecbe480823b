// The namespace that is always there. Each file of this folder defines one theme of it.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_numbers(Vm& vm);
void define_predicates(Vm& vm);
void define_sequences(Vm& vm);
void define_maps(Vm& vm);
void define_text(Vm& vm);
void define_conversion(Vm& vm);
void define_bits(Vm& vm);
void define_bytes(Vm& vm);
void define_clock(Vm& vm);
void define_select(Vm& vm);
void define_state(Vm& vm);
void define_evaluation(Vm& vm);
void define_modules(Vm& vm);
void define_goroutines(Vm& vm);
void define_signals(Vm& vm);

} // namespace qi::stdlib
