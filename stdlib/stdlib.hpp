// Everything a Qi program can call, put into a VM.
#pragma once

#include "vm/vm.hpp"

namespace qi {

/// First the natives of every namespace but ws/ (whose maker hands over what must live on) …
void define_stdlib(Vm& vm);
/// … and when all natives are there, what is written in Qi.
void finish_stdlib(Vm& vm);

} // namespace qi
