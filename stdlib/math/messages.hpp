#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message no_integer_near{"{0}: there is no 64-bit integer near {1}",
                                         "{0}: {1} に近い 64 ビット整数はありません"};
inline constexpr Message finite{"finite", "有限"};
inline constexpr Message needs_items{"{0}: needs at least one number", "{0}: 数値が 1 つ以上必要です"};

} // namespace qi::msg
