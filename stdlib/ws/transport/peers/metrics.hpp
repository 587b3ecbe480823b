// What :metrics of a listener answers: all that is counted, as a monitor reads it. The service thread, which has it
// without asking the interpreter's.
#pragma once

#include "ws/transport/exchange/exchange.hpp"

#include <string>

namespace qi::ws {

/// `topics`: also one series for each topic that somebody subscribes to. `stopping`: the listener lets nobody in any
/// more.
std::string metrics_text(const Exchange& exchange, bool topics, bool stopping);

} // namespace qi::ws
