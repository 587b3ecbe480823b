#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message type_queue{"queue", "キュー"};
inline constexpr Message type_stack{"stack", "スタック"};
inline constexpr Message queue_empty{"{0}: the queue is empty", "{0}: キューは空です"};
inline constexpr Message stack_empty{"{0}: the stack is empty", "{0}: スタックは空です"};

} // namespace qi::msg
