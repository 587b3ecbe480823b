#include "cli/signals.hpp"

#include "base/quiet_thread.hpp"
#include "base/worker_line.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <pthread.h>
#include <unistd.h>
#include <vector>

namespace qi {

namespace {
std::atomic<bool> from_terminal{false};
}

bool SignalWatcher::came_from_terminal() noexcept { return from_terminal.load(); }

SignalWatcher::SignalWatcher(Vm& vm) : vm_(vm), worker_(is_worker()) {
    sigset_t set;
    sigemptyset(&set);
    // Those of the terminal wait for whoever asks for them; a thread that doesn't block them would swallow them.
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SignalBox::look_again, SIGWINCH, SIGCONT})
        sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = start_quietly([this] { run(); });
    vm.scheduler.signals.set_waiter(thread_.native_handle());
}

void SignalWatcher::run() {
    bool asked = false;
    pid_t sender = 0; // 0: the kernel
    std::vector<pid_t> askers;
    const auto note = [&](int signal, const siginfo_t& info) {
        sender = info.si_code == SI_KERNEL ? 0 : info.si_pid;
        if (signal == SIGINT && !asked) from_terminal = info.si_code == SI_KERNEL;
    };
    const auto wait = [&](const sigset_t& waited) {
        const auto end = vm_.scheduler.stop_ends_at();
        siginfo_t info{};
        if (!end) {
            const int signal = sigwaitinfo(&waited, &info);
            note(signal, info);
            return signal < 0 ? SignalBox::look_again : signal;
        }
        const auto left = std::max<Clock::duration>(*end - Clock::now(), Clock::duration{0});
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
        const timespec limit{seconds.count(),
                             std::chrono::duration_cast<std::chrono::nanoseconds>(left - seconds).count()};
        const int signal = sigtimedwait(&waited, &info, &limit);
        if (signal >= 0) note(signal, info);
        if (signal < 0 && errno == EAGAIN) _exit(128 + vm_.scheduler.interrupting_signal());
        return signal < 0 ? SignalBox::look_again : signal;
    };
    for (;;) {
        sigset_t waited;
        sigemptyset(&waited);
        for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SignalBox::look_again}) sigaddset(&waited, signal);
        if (vm_.scheduler.signals.is_taken(SIGHUP)) sigaddset(&waited, SIGHUP);
        const int signal = wait(waited);
        if (over_.load()) return;
        if (signal == SignalBox::look_again) continue;
        const bool ends = signal == SIGINT || signal == SIGTERM;
        // A prompt outlives any number of Ctrl-C, and keeps them.
        const bool stays = signal == SIGINT && vm_.scheduler.is_interactive();
        if (ends && asked && !stays) {
            if (!worker_ || std::find(askers.begin(), askers.end(), sender) != askers.end()) _exit(128 + signal);
            askers.push_back(sender);
            continue;
        }
        if (ends && !stays) askers.push_back(sender);
        asked = asked || (ends && !stays);
        if (vm_.scheduler.signals.is_taken(signal) && !stays)
            vm_.scheduler.receive_signal(signal);
        else if (ends)
            vm_.scheduler.interrupt(signal);
        else if (signal == SIGUSR1)
            vm_.scheduler.ask_for_dump();
        else
            ::kill(::getpid(), signal); // the program has just given it back
    }
}

SignalWatcher::~SignalWatcher() {
    vm_.scheduler.signals.remove_waiter();
    over_ = true;
    pthread_kill(thread_.native_handle(), SignalBox::look_again);
    thread_.join();
}

} // namespace qi
