#pragma once

namespace qi {

/// Where the program that runs can be opened and started again, also where /proc isn't mounted.
const char* own_program() noexcept;

} // namespace qi
