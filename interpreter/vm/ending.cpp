// What ends a program: (exit), an interruption, what is deferred to its end, and limits. Interpreter thread, except for
// end_by_time.
#include "vm/scheduler.hpp"

#include "base/messages.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace qi {

Value Scheduler::exit(int status) {
    exit_status_ = status;
    now_.goroutine->ending = true;
    now_.goroutine->uncatchable = true;
    return diagnosis_.raise_value(diagnosis_.make_error(kind::none, "exit"));
}

void Scheduler::throw_interrupt() {
    if (now_.goroutine->aside)
        now_.goroutine->told_to_stop = true;
    else if (now_.goroutine->promise == nullptr)
        main_interrupted_ = true;
    now_.goroutine->uncatchable = true;
    diagnosis_.raise_value(diagnosis_.make_error(kind::interrupted, msg::interrupted.text()));
}

Value Scheduler::stop() {
    end_if_over();
    // Another goroutine only makes way: the program is still to be interrupted.
    if (now_.goroutine->promise == nullptr && !now_.goroutine->aside) interrupted_.store(false);
    throw_interrupt();
    return Value::thrown();
}

void Scheduler::throw_cancelled() {
    now_.goroutine->uncatchable = true;
    now_.goroutine->cancel_due = false;
    diagnosis_.raise_value(diagnosis_.make_error(kind::cancelled, msg::cancelled.text()));
}

void Scheduler::throw_held(Goroutine& g) {
    diagnosis_.raise_value(std::exchange(g.held, Value::absent()));
    g.uncatchable = true;
}

void Scheduler::report_quietly(Value error, const Message& headline, std::string_view event) {
    if (!is_interrupt(error)) diagnosis_.report_quietly(error, headline, event);
}

void Scheduler::run_deferred_to_end() {
    const std::optional<int> status = std::exchange(exit_status_, std::nullopt);
    leaves_at_once_ = status.has_value();
    main_told_ = true;
    while (!at_end_.empty()) {
        const Value function = at_end_.back();
        at_end_.pop_back();
        const Outcome outcome = call(function, {});
        if (!outcome.ok) report_quietly(outcome.value, msg::error_in_defer, "defer-failed");
    }
    if (status) exit_status_ = status;
}

void Scheduler::finish_outside() {
    for (OutsideWorld* world : outside_) world->finish();
}

/// Whoever hurried it took away more than there ever is.
void Scheduler::refuel() {
    const std::int64_t left =
        (now_.fuel <= -Heap::hurry / 2 ? now_.fuel + Heap::hurry : now_.fuel) + std::exchange(withheld_, 0);
    std::int64_t given = heap().stress() ? 1 : time_slice;
    if (step_limit_ != 0) {
        steps_left_ += static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0));
        if (steps_left_ == 0) end_over(msg::steps_over, std::to_string(step_limit_));
        given = static_cast<std::int64_t>(std::min<std::uint64_t>(steps_left_, static_cast<std::uint64_t>(given)));
        steps_left_ -= static_cast<std::uint64_t>(given);
    }
    now_.fuel = given;
}

void Scheduler::look_soon() noexcept {
    constexpr std::int64_t soon = 64;
    if (now_.fuel <= soon) return;
    withheld_ += now_.fuel - soon;
    now_.fuel = soon;
}

void Scheduler::set_step_limit(std::uint64_t steps) noexcept {
    step_limit_ = steps_left_ = steps;
    now_.fuel = 0;
}

void Scheduler::end_by_time(std::string limit) {
    time_limit_ = std::move(limit);
    time_over_.store(true, std::memory_order_release);
    wakes.nudge();
}

void Scheduler::end_if_over() {
    if (time_over_.load(std::memory_order_acquire)) [[unlikely]]
        end_over(msg::time_over, time_limit_);
}

void Scheduler::end_over(const Message& what, std::string_view limit) {
    out_.flush();
    err_.write("qi: " + format(what, {limit}) + "\n");
    err_.flush();
    std::_Exit(1);
}

} // namespace qi
