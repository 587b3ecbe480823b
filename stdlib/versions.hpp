// Which libraries the program is linked with: for `qi --version`, and for reports of bugs. Any thread.
#pragma once

#include <string>

namespace qi::stdlib {

/// "libwebsockets 4.1.6" and so on, a line each: the versions that run, where a library can say, and not those of its
/// header.
std::string linked_versions();

} // namespace qi::stdlib
