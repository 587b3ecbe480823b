// How a signal ends a program that serves others. Its listeners and connections are closed, and each goroutine learns
// of it where it waits for them: handlers get their close message, ws/accept gives nil, ws/serve returns. What they do
// then is the program's own end. The main goroutine, if it is none of those who learn of it, is interrupted once they
// are through. Everything has its time:
//   before    listeners that are to be drained are, for as long as they say; then all else begins
//   peers     may answer for :close-timeout
//   handlers  a second more; then those of ws/serve are cancelled
//   main      half as long again, then it is interrupted
//   the end   deferred code has the other half; then whoever waits for signals ends the process
// A program that serves nobody is interrupted at once, and so is what is evaluated at a prompt.
// Interpreter thread, but for interrupt() and the times, which whoever waits for signals asks for.
#include "vm/scheduler.hpp"

#include "base/messages.hpp"
#include "data/map.hpp"

#include <algorithm>

namespace qi {

namespace {

constexpr std::chrono::milliseconds after_peers{1000};
constexpr std::chrono::milliseconds between_looks{10};
// A main goroutine that has had so many and waited for nothing computes; in fewer it may be on its way to a wait in
// which it is told, as in ws/serve behind the call that listens.
constexpr int turns_of_who_computes = 10;

} // namespace

void Scheduler::interrupt(int signal) noexcept {
    interrupting_signal_.store(signal, std::memory_order_relaxed);
    const std::int64_t serving = serving_.load();
    if (serving >= 0 && !interrupts_servers_ && !is_interactive()) {
        stop_begins_at_ = Clock::now() + std::chrono::milliseconds(preparing_.load());
        stop_for_peers_ = std::chrono::milliseconds(serving);
        stop_asked_.store(true, std::memory_order_release);
    } else {
        interrupted_.store(true, std::memory_order_release);
    }
    wakes.nudge();
}

Scheduler::StopTimes Scheduler::stop_times(Clock::time_point begin) const noexcept {
    const auto whole = stop_for_peers_ + after_peers;
    return {begin + stop_for_peers_, begin + whole, begin + whole + whole / 2, begin + 2 * whole};
}

std::optional<Clock::time_point> Scheduler::stop_ends_at() const noexcept {
    if (!stop_asked_.load(std::memory_order_acquire)) return std::nullopt;
    return stop_times(stop_begins_at_).end;
}

bool Scheduler::has_stop_ended() const noexcept {
    const StopTimes times = stop_ ? stop_->times : stop_times(stop_begins_at_);
    return !main_interrupted_ && Clock::now() >= times.main;
}

void Scheduler::note_told_of_stop(Goroutine& g) noexcept {
    if (!stop_) return;
    if (g.promise == nullptr)
        main_told_ = true;
    else if (!std::exchange(g.told_of_stop, true))
        ++told_;
}

void Scheduler::deliver_last(Wait& wait, Value value) {
    note_told_of_stop(*now_.goroutine);
    while (!wait.queue.empty()) {
        Goroutine* g = wait.queue.first->goroutine;
        note_told_of_stop(*g);
        deliver(g, value);
    }
}

bool Scheduler::is_interrupt(Value error) const { return main_interrupted_ && is_interrupted(error); }

bool Scheduler::is_interrupted(Value error) const {
    if (!is_map(error)) return false;
    const Value found = map_get(error, diagnosis_.kind_key());
    return is_keyword(found) && as_symbol(found)->text() == kind::interrupted.name;
}

std::optional<Value> Scheduler::take_interrupt() {
    if (!std::exchange(macro_interrupted_, false)) return std::nullopt;
    interrupted_.store(false);
    main_interrupted_ = true;
    return diagnosis_.make_error(kind::interrupted, msg::interrupted.text());
}

void Scheduler::interrupt_main(Goroutine& main) {
    if (main.status == Goroutine::Status::Parked)
        stop_waiting(main, Resume::Interrupt);
    else
        interrupted_.store(true);
}

/// What comes before it is done, or its time is over.
bool Scheduler::may_stop_begin() {
    if (Clock::now() >= stop_begins_at_) return true;
    bool ready = true;
    for (OutsideWorld* world : outside_) ready = world->prepare_to_stop() && ready;
    return ready;
}

/// Each time that the scheduler chooses who runs, from the signal on until the main goroutine is interrupted.
void Scheduler::obey_stop(Goroutine& until) {
    if (main_interrupted_ || interrupted_.load(std::memory_order_relaxed)) return;
    if (!stop_) {
        if (!may_stop_begin()) return;
        stop_ = Stopping{stop_times(std::min(Clock::now(), stop_begins_at_)), {}, false, false, 0};
        for (OutsideWorld* world : outside_) world->begin_stop(stop_->times.peers, stop_->times.handlers);
    }
    const auto now = Clock::now();
    const bool waits = until.status == Goroutine::Status::Parked;
    stop_->main_has_waited = stop_->main_has_waited || waits;
    if (now >= stop_->times.main) return interrupt_main(until);
    if (main_told_ || now < stop_->next_look) return;
    stop_->next_look = now + between_looks;
    for (OutsideWorld* world : outside_)
        if (!world->has_stopped()) {
            stop_->looked_again = false;
            return;
        }
    // What was told last may still be on its way to who waits for it.
    if (!std::exchange(stop_->looked_again, true)) return retry_external();
    const bool late = now >= stop_->times.handlers;
    const bool computes = !stop_->main_has_waited && stop_->main_turns >= turns_of_who_computes;
    if (waits ? ready_first_ == nullptr || late : computes) interrupt_main(until);
}

} // namespace qi
