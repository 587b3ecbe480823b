// What the core says of its own.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message empty_name{"{0}: a name has at least one character", "{0}: 名前は 1 文字以上必要です"};

} // namespace qi::msg
