#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message type_queue{"queue", "キュー"};
inline constexpr Message type_stack{"stack", "スタック"};
inline constexpr CallMessage queue_empty{"the queue is empty", "キューは空です"};
inline constexpr CallMessage stack_empty{"the stack is empty", "スタックは空です"};

} // namespace qi::msg
