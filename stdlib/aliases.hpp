// Second names of library functions, for programs that know them by these.
#pragma once

#include "vm/modules/library.hpp"

#include <span>

namespace qi::stdlib {

std::span<const LibraryAlias> aliases() noexcept;

} // namespace qi::stdlib
