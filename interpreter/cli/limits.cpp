#include "cli/limits.hpp"

#include "base/messages.hpp"
#include "base/quiet_thread.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace qi {

namespace {

/// Bytes of memory that this process may write to, apart from what it shares with others.
std::uint64_t data_size() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;)
        if (std::uint64_t kibibytes = 0; word == "VmData:" && status >> kibibytes) return kibibytes * 1024;
    return 0;
}

/// The heap is looked at between instructions: one function alone, given the largest numbers, could take any amount of
/// memory before. The system refuses that, and it is as if the machine had no more.
void hold_to(std::uint64_t heap) {
    constexpr std::uint64_t for_threads = 256 * 1024 * 1024; // of the system and of ws/, mostly their stacks
    rlimit limit{};
    if (::getrlimit(RLIMIT_DATA, &limit) != 0) return;
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, data_size() + 2 * heap + for_threads);
    ::setrlimit(RLIMIT_DATA, &limit);
}

} // namespace

LimitsInForce::LimitsInForce(Vm& vm, const Limits& limits) {
    if (limits.heap != 0) {
        vm.heap().set_limit(limits.heap);
        hold_to(limits.heap);
    }
    if (limits.steps != 0) vm.scheduler.set_step_limit(limits.steps);
    if (limits.time.count() != 0) clock_ = start_quietly([this, &vm, limits] { watch(vm, limits); });
}

LimitsInForce::~LimitsInForce() {
    {
        const Lock lock(mutex_);
        ended_ = true;
    }
    condition_.notify_one();
    if (clock_.joinable()) clock_.join();
}

bool LimitsInForce::wait_until(Clock::time_point when) {
    const Lock lock(mutex_);
    while (!ended_)
        if (!condition_.wait_until(mutex_, when)) return !ended_;
    return false;
}

void LimitsInForce::watch(Vm& vm, const Limits& limits) {
    constexpr std::chrono::milliseconds patience{500};
    const auto end = Clock::now() + limits.time;
    if (!wait_until(end)) return;
    vm.scheduler.end_by_time(limits.time_text); // what was printed is written then
    if (!wait_until(end + patience)) return;
    std::fprintf(stderr, "qi: %s\n", format(msg::time_over, {limits.time_text}).c_str());
    ::_exit(1);
}

} // namespace qi
