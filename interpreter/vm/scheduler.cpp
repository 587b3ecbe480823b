// The scheduler's loop, and what calls it: for the program, and for macros, which run in the middle of it. Interpreter
// thread only.
#include "vm/scheduler.hpp"

#include "data/list.hpp"

#include <algorithm>
#include <utility>

namespace qi {

/// The program is to end: its main goroutine runs what it has deferred.
void Scheduler::end_main(Goroutine& main) {
    if (main.ending) return;
    main.ending = true;
    if (main.status == Goroutine::Status::Parked) {
        stop_waiting(main, Resume::Cancel);
    } else if (main.status == Goroutine::Status::Ready) {
        main.resume = Resume::Cancel;
    }
}

/// The next one that may run, of its own first; none: null.
Goroutine* Scheduler::take_ready(const Run& run) noexcept {
    Goroutine *found = nullptr, *before_found = nullptr;
    for (Goroutine *g = ready_first_, *before = nullptr; g != nullptr; before = std::exchange(g, g->next_ready)) {
        const bool own = run.owns(*g);
        if (!own && (found != nullptr || run.blocks(*g))) continue;
        found = g, before_found = before;
        if (own) break;
    }
    if (found == nullptr) return nullptr;
    (before_found != nullptr ? before_found->next_ready : ready_first_) = found->next_ready;
    if (ready_last_ == found) ready_last_ = before_found;
    return found;
}

/// Something outside may wake one that may run.
bool Scheduler::can_go_on(const Run& run) const noexcept {
    if (!run.alone || views_are_watched()) return true;
    const auto will_fire = [](const auto& timer) { return timer.second.channel != nullptr; };
    const auto may_wake = [&](const Goroutine* g) { return !run.blocks(*g) && (g->wait != nullptr || g->timer); };
    return std::any_of(timers_.begin(), timers_.end(), will_fire) || std::any_of(all_.begin(), all_.end(), may_wake);
}

/// What stops the program came after it began.
bool Scheduler::is_to_stop(const Goroutine& aside) const noexcept {
    if (aside.told_to_stop || main_interrupted_) return false;
    return interrupted_.load(std::memory_order_relaxed) || stop_asked_.load(std::memory_order_relaxed);
}

Scheduler::Outcome Scheduler::schedule(Run run) {
    Goroutine* const until = run.until;
    Goroutine* const outer = now_.goroutine;
    const bool outer_failed = now_.failed;
    run.outer = run_;
    struct Innermost { // until the end, however that comes
        const Run*& innermost;
        const Run* before;
        ~Innermost() { innermost = before; }
    } const innermost{run_, std::exchange(run_, &run)};
    for (;;) {
        if (wakes.pending()) {
            wakes.take(woken_);
            for (const auto& [world, number] : woken_) world->woken(number);
        }
        if (dump_asked_.load(std::memory_order_relaxed)) [[unlikely]]
            write_dump();
        end_if_over(); // behind that: it may be what it was woken for
        if (!timers_.empty()) fire_timers();
        if (run.alone) {
            if (until->status == Goroutine::Status::Parked && is_to_stop(*until))
                stop_waiting(*until, Resume::Interrupt);
        } else {
            if (stop_asked_.load(std::memory_order_acquire)) [[unlikely]]
                obey_stop(*until);
            if (interrupted_.load(std::memory_order_relaxed) && until->status == Goroutine::Status::Parked &&
                interrupted_.exchange(false))
                stop_waiting(*until, Resume::Interrupt);
        }
        Goroutine* g = take_ready(run);
        if (g == nullptr) {
            if (can_go_on(run) && wait_for_work()) continue;
            if (stop_ && !main_interrupted_ && !run.alone) {
                interrupt_main(*until); // what it waits for can't come any more
                continue;
            }
            unpark(until);
            until->delivered = report_deadlock(run);
            touch(*until);
            ready(until, Resume::Raise);
            continue;
        }
        g->status = Goroutine::Status::Running;
        now_.goroutine = g;
        touch(*g);
        now_.failed = false;
        const Machine::Stop stop = machine_.execute(*g);
        if (stop_ && g == until && !run.alone) [[unlikely]]
            ++stop_->main_turns;
        if (stop == Machine::Stop::Preempted) {
            ready(g, Resume::Continue);
        } else if (stop == Machine::Stop::Done) {
            const Value value = g->delivered;
            const bool failed = now_.failed;
            if (g == until) {
                retire(g);
                pass_on();
                now_.goroutine = outer;
                now_.failed = outer_failed;
                return {!failed || (exit_status_ && !run.alone), value};
            }
            finish(*g, failed, value);
            retire(g);
        }
        now_.goroutine = nullptr;
        if (exit_status_ && g != until) end_main(*until);
        if (heap().wants_collection()) {
            heap().collect();
            refuel();
            pass_on(); // goroutines that make much and then wait reach no safepoint
        }
    }
}

Scheduler::Outcome Scheduler::call(Value function, std::span<const Value> arguments) {
    Goroutine* main = prepare(function, arguments);
    if (main == nullptr) return {false, diagnosis_.take_pending()};
    return schedule({main, false, 0});
}

Scheduler::Outcome Scheduler::call_alone(Value function, std::span<const Value> arguments) {
    const std::uint64_t newest = next_goroutine_;
    const bool was_ending = exit_status_.has_value();
    Goroutine* caller = prepare(function, arguments);
    if (caller == nullptr) return {false, diagnosis_.take_pending()};
    caller->aside = true;
    caller->ending = was_ending; // the exit that it runs in the deferred code of isn't to end it
    caller->told_to_stop = stop_asked_.load(std::memory_order_relaxed); // what is stopping may use macros
    const bool stops_anyway = caller->told_to_stop;
    const Native* const applied = std::exchange(now_.applied, nullptr); // that has the macro expanded
    const Outcome outcome = schedule({caller, true, newest});
    now_.applied = applied;
    const bool interrupted = caller->told_to_stop && !stops_anyway;
    macro_interrupted_ = interrupted && now_.goroutine == nullptr;
    const bool is_in_main = now_.goroutine != nullptr && now_.goroutine->promise == nullptr && !now_.goroutine->aside;
    if (interrupted && is_in_main && interrupted_.exchange(false))
        now_.goroutine->uncatchable = main_interrupted_ = true;
    if (exit_status_ && !was_ending && now_.goroutine != nullptr)
        now_.goroutine->uncatchable = true; // as if it had called exit itself
    return outcome;
}

/// A main goroutine for the call; null: with so many arguments it is an error.
Goroutine* Scheduler::prepare(Value function, std::span<const Value> arguments) {
    auto* closure = static_cast<Closure*>(function.object());
    const unsigned fixed = closure->prototype->parameters;
    if (arguments.size() < fixed || (arguments.size() > fixed && !closure->prototype->rest)) {
        diagnosis_.raise_arity(closure, static_cast<unsigned>(arguments.size()));
        return nullptr;
    }
    Goroutine* g = spawn(closure, nullptr, false);
    for (unsigned i = 0; i < fixed; ++i) g->base[i] = arguments[i];
    if (closure->prototype->rest) g->base[fixed] = make_list(store_, arguments.subspan(fixed));
    return g;
}

} // namespace qi
