// log/: one line on stderr for each message, as text or JSON.
#pragma once

#include "native/native.hpp"

#include <string_view>

namespace qi::stdlib {

/// What (log/warn message) does.
void log_warning(Call call, std::string_view message);

} // namespace qi::stdlib
