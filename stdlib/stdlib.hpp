// Everything a Qi program can call, put into a VM.
#pragma once

#include "native/setup.hpp"

namespace qi {

/// First the natives of every namespace but ws/ (whose maker hands over what must live on) …
void define_stdlib(Setup setup);
/// … and when all natives are there, what is written in Qi.
void finish_stdlib(Setup setup);

} // namespace qi
