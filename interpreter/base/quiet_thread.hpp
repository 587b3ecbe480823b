// Threads that no signal of the process is delivered to: those are the affair of the thread that made them, and of the
// one that waits for signals.
#pragma once

#include <csignal>
#include <pthread.h>
#include <thread>
#include <utility>

namespace qi {

template <typename Run>
std::thread start_quietly(Run run) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(run));
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

} // namespace qi
