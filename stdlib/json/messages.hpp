#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message json_syntax{"not JSON, line {0}, column {1}: {2}", "JSON ではありません（{0} 行 {1} 桁）: {2}"};
inline constexpr Message json_too_deep{"JSON nested more than {0} deep", "JSON の入れ子が {0} 段を超えています"};

} // namespace qi::msg
