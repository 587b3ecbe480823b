// SIGINT and SIGTERM. One thread of its own waits for them: the first asks the running program to stop, a second one
// ends the process at once.
#pragma once

#include "vm/vm.hpp"

#include <thread>

namespace qi {

class SignalWatcher {
public:
    /// Before any other thread is started: they inherit that these signals are not theirs.
    explicit SignalWatcher(Vm& vm);
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher&) = delete;
    SignalWatcher& operator=(const SignalWatcher&) = delete;

private:
    std::thread thread_;
};

} // namespace qi
