// Second names of library functions, for programs that know them by these.
#pragma once

#include "native/setup.hpp"

#include <span>

namespace qi::stdlib {

std::span<const LibraryAlias> aliases() noexcept;

} // namespace qi::stdlib
