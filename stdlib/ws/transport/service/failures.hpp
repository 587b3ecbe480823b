// What is wrong with an id that a call of the service was given.
#pragma once

#include "base/result.hpp"
#include "ws/transport/exchange/event.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"

#include <string>

namespace qi::ws {

inline Error unknown_connection(Id id) { return failure(kind::unknown_id, message::unknown_id, {std::to_string(id)}); }
inline Error unknown_listener(Id id) {
    return failure(kind::unknown_id, message::unknown_listener, {std::to_string(id)});
}
inline Error closed(Id id) { return failure(kind::closed, message::closed, {std::to_string(id)}); }

} // namespace qi::ws
