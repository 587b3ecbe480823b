// Signals, on a separate thread that waits for them. The first SIGINT or SIGTERM asks the running program to stop,
// or is the program's if it takes it (on-signal); a second one, or the end of the time that a stop may take, ends the
// process at once. A worker of qi serve may get the first one twice, from whoever stops all of its processes and from
// qi serve: there only a second one of the same sender counts. SIGUSR1 asks for a dump, unless the program takes it.
// SIGHUP is waited for while the program takes it, and does what the system does with it otherwise.
#pragma once

#include "vm/vm.hpp"

#include <atomic>
#include <thread>

namespace qi {

class SignalWatcher {
public:
    /// Before any other thread is started: they inherit that these signals are not theirs.
    explicit SignalWatcher(Vm& vm);
    ~SignalWatcher();
    SignalWatcher(const SignalWatcher&) = delete;
    SignalWatcher& operator=(const SignalWatcher&) = delete;

    /// The signal that asked the program to stop was Ctrl-C there, and so went to the processes that it has started,
    /// too.
    static bool came_from_terminal() noexcept;

private:
    void run();

    Vm& vm_;
    const bool worker_; // of qi serve
    std::atomic<bool> over_{false};
    std::thread thread_;
};

} // namespace qi
