// Second names of library functions (docs/language.md, 9.2): programs written for other versions of the language use
// them.
#pragma once

#include "vm/library.hpp"

#include <span>

namespace qi::stdlib {

std::span<const LibraryAlias> aliases() noexcept;

} // namespace qi::stdlib
