#include "cli/signals.hpp"

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace qi {

namespace {

// What tells the watcher to end. It is blocked everywhere, so nothing else comes of it.
constexpr int end_signal = SIGUSR2;

sigset_t watched() noexcept {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, end_signal}) sigaddset(&set, signal);
    return set;
}

} // namespace

SignalWatcher::SignalWatcher(Vm& vm) {
    sigset_t set = watched();
    // Those of the terminal wait for whoever asks for them; a thread that doesn't block them would swallow them.
    for (const int signal : {SIGWINCH, SIGCONT}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::thread([&vm] {
        const sigset_t waited = watched();
        bool asked = false;
        for (int signal = 0; sigwait(&waited, &signal) == 0 && signal != end_signal;) {
            // A prompt outlives any number of Ctrl-C.
            if (asked && !(signal == SIGINT && vm.is_interactive())) _exit(128 + signal);
            asked = asked || signal != SIGINT || !vm.is_interactive();
            vm.interrupt(signal);
        }
    });
}

SignalWatcher::~SignalWatcher() {
    pthread_kill(thread_.native_handle(), end_signal);
    thread_.join();
}

} // namespace qi
