// Warnings that are said once: whoever runs at once into what a warning is about reads the error alone, which has the
// place, the excerpt and the suggestion as well. Interpreter thread only.
#pragma once

#include "base/output.hpp"

#include <string_view>

namespace qi {

/// Holds the warning back, in the buffer of standard error: it is written before anything else is, or when the program
/// waits.
void hold_warning(Output& err, std::string_view warning);

/// Drops the held warning, if there is one still, that says the same of the same place as this error.
void drop_warning_told_by(Output& err, std::string_view error);

} // namespace qi
