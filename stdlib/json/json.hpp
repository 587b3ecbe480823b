// What other namespaces need of JSON. Interpreter thread only.
#pragma once

#include "native/call.hpp"

#include <string_view>

namespace qi::stdlib {

/// As (json/parse text {:keys :keyword}): an error map if it isn't JSON.
Value value_of_json(Call call, std::string_view text);
/// As (json/stringify value): an error map if two keys have the same text.
Result<Value> json_of_value(Call call, Value value);

} // namespace qi::stdlib
