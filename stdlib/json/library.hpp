// The grammar of JSON, by nlohmann/json: its SAX events make values at once. Interpreter thread only.
#pragma once

#include "json/reader.hpp"

namespace qi::stdlib {

/// The value of the text, or an error map that says where it isn't JSON and why.
Value read_json_with_library(Call call, std::string_view text, JsonKeys keys);

} // namespace qi::stdlib
