#include "cli/run/profiler.hpp"

#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "cli/messages.hpp"
#include "cli/run/messages.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <set>
#include <unistd.h>

namespace qi {

namespace {

constexpr std::size_t deepest = 400; // frames of one sample; calls of a function by itself count as one

extern "C" void on_profile_tick(int, siginfo_t* info, void*) {
    static_cast<Profiler*>(info->si_value.sival_ptr)->tick();
}

} // namespace

void Profiler::tick() noexcept {
    due_.fetch_add(1, std::memory_order_relaxed);
    vm_.scheduler.hurry_to_safepoint();
}

Result<void> Profiler::start() {
    struct sigaction action {};
    action.sa_sigaction = on_profile_tick;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGPROF;
    event.sigev_value.sival_ptr = this;
    event._sigev_un._tid = ::gettid(); // glibc 2.36 has no name for it
    const itimerspec every{{0, period}, {0, period}};
    if (::sigaction(SIGPROF, &action, nullptr) != 0 || ::timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer_) != 0)
        return failure(kind::io, msg::profile_failed, {system_error_text(errno)});
    running_ = true;
    vm_.scheduler.set_sampler(this);
    if (::timer_settime(timer_, 0, &every, nullptr) != 0)
        return failure(kind::io, msg::profile_failed, {system_error_text(errno)});
    return {};
}

void Profiler::stop() {
    if (!running_) return;
    running_ = false;
    ::timer_delete(timer_);
    std::signal(SIGPROF, SIG_IGN); // one may still be on its way
    vm_.scheduler.set_sampler(nullptr);
}

std::string Profiler::name_of(const Prototype* prototype) {
    const Code& code = *prototype->code;
    std::string name = code.top_level
                           ? format(msg::top_level_of, {code.source->name()})
                           : (code.name.empty() ? "fn" : code.name) + " (" + code.source->locate(code.span.begin) + ")";
    std::replace(name.begin(), name.end(), ';', ',');
    return name;
}

void Profiler::look(const Goroutine& running) {
    const std::uint64_t due = due_.exchange(0, std::memory_order_relaxed);
    if (due == 0) return;
    samples_ += due;
    std::vector<std::uint32_t> stack;
    const Prototype* last = nullptr;
    for (const Value* base = running.base; stack.size() < deepest; base -= base[-1].as_small()) {
        const Prototype* prototype = frame_closure(base)->prototype;
        if (prototype != last) {
            const auto [found, fresh] =
                numbers_.try_emplace(name_of(prototype), static_cast<std::uint32_t>(names_.size()));
            if (fresh) names_.push_back(found->first);
            stack.push_back(found->second);
        }
        last = prototype;
        if (base[-2].as_small() == 0) break;
    }
    std::reverse(stack.begin(), stack.end());
    stacks_[stack] += due;
}

Result<void> Profiler::write_folded(const std::string& path) const {
    std::ofstream file(path);
    for (const auto& [stack, count] : stacks_) {
        for (std::size_t i = 0; i < stack.size(); ++i) file << (i > 0 ? ";" : "") << names_[stack[i]];
        file << ' ' << count << '\n';
    }
    file.flush();
    if (!file) return failure(kind::io, msg::cannot_write, {path, system_error_text(errno)});
    return {};
}

std::string Profiler::summary(const std::string& path) const {
    if (samples_ == 0) return std::string(msg::profile_none.text()) + "\n";
    struct Row {
        std::uint64_t self = 0, total = 0;
        std::uint32_t name = 0;
    };
    std::vector<Row> rows(names_.size());
    for (std::uint32_t i = 0; i < rows.size(); ++i) rows[i].name = i;
    for (const auto& [stack, count] : stacks_) {
        rows[stack.back()].self += count;
        for (const std::uint32_t name : std::set<std::uint32_t>(stack.begin(), stack.end())) rows[name].total += count;
    }
    std::sort(rows.begin(), rows.end(),
              [](const Row& a, const Row& b) { return a.self != b.self ? a.self > b.self : a.total > b.total; });
    constexpr std::size_t shown = 15;
    std::string text = format(msg::profile_head, {std::to_string(samples_), std::to_string(period / 1'000'000), path}) +
                       "\n" + std::string(msg::profile_columns.text()) + "\n";
    for (std::size_t i = 0; i < std::min(rows.size(), shown); ++i) {
        const auto percent = [&](std::uint64_t n) {
            return 100.0 * static_cast<double>(n) / static_cast<double>(samples_);
        };
        char numbers[64];
        std::snprintf(numbers, sizeof numbers, "%5.1f%%  %5.1f%%  ", percent(rows[i].self), percent(rows[i].total));
        text += numbers + names_[rows[i].name] + "\n";
    }
    return text;
}

} // namespace qi
