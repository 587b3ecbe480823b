// The namespace that is always there. Each file of this folder defines one theme of it.
#pragma once

#include "native/native.hpp"

namespace qi::stdlib {

void define_numbers(Setup setup);
void define_predicates(Setup setup);
void define_sequences(Setup setup);
void define_maps(Setup setup);
void define_text(Setup setup);
void define_conversion(Setup setup);
void define_bits(Setup setup);
void define_bytes(Setup setup);
void define_clock(Setup setup);
void define_select(Setup setup);
void define_state(Setup setup);
void define_evaluation(Setup setup);
void define_goroutines(Setup setup);
void define_signals(Setup setup);

} // namespace qi::stdlib
