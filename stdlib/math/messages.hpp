#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr CallMessage no_integer_near{"there is no 64-bit integer near {0}",
                                             "{0} に近い 64 ビット整数はありません"};
inline constexpr Message finite{"finite", "有限"};
inline constexpr CallMessage needs_items{"needs at least one number", "数値が 1 つ以上必要です"};

} // namespace qi::msg
