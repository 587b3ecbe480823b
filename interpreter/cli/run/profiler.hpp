// A sampling profiler: a timer of the interpreter thread's processor time asks for a look at the stack, which is taken
// at the next safepoint. What a native does counts for the Qi function that called it. Interpreter thread only; `tick`
// is called by a signal handler on that thread.
#pragma once

#include "base/result.hpp"
#include "vm/vm.hpp"

#include <atomic>
#include <csignal>
#include <ctime>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace qi {

class Profiler final : public Sampler {
public:
    explicit Profiler(Vm& vm) : vm_(vm) {}
    ~Profiler() override { stop(); }
    Profiler(const Profiler&) = delete;
    Profiler& operator=(const Profiler&) = delete;

    Result<void> start();
    void stop();
    void look(const Goroutine& running) override;
    void tick() noexcept;

    /// The outermost function first, `;` between them, and the number of samples: what flame graphs are made of.
    Result<void> write_folded(const std::string& path) const;
    /// A table of the functions that took most.
    std::string summary(const std::string& path) const;

private:
    std::string name_of(const Prototype* prototype);

    static constexpr long period = 1'000'000; // nanoseconds

    Vm& vm_;
    bool running_ = false;
    timer_t timer_{};
    std::atomic<std::uint64_t> due_{0};
    std::map<std::vector<std::uint32_t>, std::uint64_t> stacks_; // outermost first -> samples
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t> numbers_; // of names
    std::uint64_t samples_ = 0;
};

} // namespace qi
