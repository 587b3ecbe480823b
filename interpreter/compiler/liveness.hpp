// Which registers are read again, found in finished code: what tells a copy from a move. Interpreter thread only.
#pragma once

#include "compiler/code.hpp"

namespace qi {

/// Makes a Move of each Copy, and an …Own of each Conj and Assoc, whose R[B] isn't used again on any way through the
/// function. Code with more than 64 registers stays as it is.
void mark_last_uses(Code& code, unsigned registers);

} // namespace qi
