// The end of a load that went wrong: what has seen one wrong byte has measured nothing.
#pragma once

#include <string>

namespace qi::bench {

/// Says what was wrong and ends the program with status 1.
[[noreturn]] void fail(const std::string& what);
/// The same with what errno means.
[[noreturn]] void fail_by_system(const std::string& what);

} // namespace qi::bench
