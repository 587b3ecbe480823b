// Text as JSON shows it, for what the tools print.
#pragma once

#include <string>
#include <string_view>

namespace qi {

/// Appends the text as a JSON string, quotes and all.
void append_json_string(std::string& out, std::string_view text);

} // namespace qi
