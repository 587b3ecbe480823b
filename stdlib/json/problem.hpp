// What the JSON parser finds wrong, in the user's language. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace qi::stdlib {

/// `what` of an exception of the parser: its sentence alone, without place and class; one that isn't known as it is.
std::string json_problem(std::string_view what);

} // namespace qi::stdlib
