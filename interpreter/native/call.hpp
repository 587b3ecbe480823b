// What a native gets, and everything that the standard library can do with the machine: make values, throw errors,
// wait, use channels, write output. Natives are leaves: while one runs, no code of the program does, except for the
// macros in what compile_datum and compile_text compile. Both classes are a pointer, so they are passed and kept by
// value. Interpreter thread only, except for what `wakes` says.
#pragma once

#include "vm/vm.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qi {

/// The program that runs, also between calls: what lives longer than a call, such as an OutsideWorld, keeps one.
class Program {
public:
    explicit Program(Vm& vm) noexcept : vm_(&vm) {}

    /// Where values are made. Of its heap, natives use `make`, `make_fixed`, `owns`, `wrote` and `adjust_external`.
    Store& store() const noexcept { return vm_->store; }
    const Names& names() const noexcept { return vm_->names; }
    Output& out() const noexcept { return vm_->out; }
    Output& err() const noexcept { return vm_->err; }
    /// The program, the script and what follows it.
    const std::vector<std::string>& arguments() const noexcept { return vm_->arguments; }
    /// Null unless a prompt owns the terminal.
    Console* console() const noexcept { return vm_->console(); }
    /// What a namespace has given to Setup::set_extension.
    template <typename T>
    T& extension() const noexcept {
        return vm_->extension<T>();
    }

    // --- Names and code
    /// The variable that the name refers to; null if there is none.
    const Variable* find_global(Value symbol) const { return vm_->globals.find(symbol); }
    /// Calls `visit` with each variable of the standard library that has a value.
    template <typename Visit>
    void each_library_global(Visit visit) const {
        vm_->globals.provide_all();
        vm_->globals.each([&](const Variable* variable) {
            if ((variable->flags & Variable::Core) != 0 && !variable->value.is_absent()) visit(variable);
        });
    }
    /// A function without parameters that evaluates the data, or the first form of the text, in the global scope.
    /// Macros in it run while it is compiled, and nothing else does.
    Result<Value> compile_datum(Value datum) const;
    Result<Value> compile_text(std::string_view text) const;

    // --- Errors
    /// The key that makes a map an error.
    Value error_key() const noexcept { return vm_->diagnosis.error_key(); }
    /// The map of an error.
    Value make_error(Kind kind, std::string_view text) const { return vm_->diagnosis.make_error(kind, text); }
    Value make_error(const Error& error) const { return vm_->diagnosis.make_error(error); }
    /// Writes to standard error, after what was printed to standard output.
    void report(std::string_view text) const { vm_->diagnosis.report(text); }
    /// Where what is said of it unasked is written down.
    Journal& journal() const noexcept { return *vm_->diagnosis.journal(); }
    /// What the program does from now on, for reports of errors that no code awaits: of a test its name.
    void set_activity(std::string name) const { vm_->diagnosis.set_activity(std::move(name)); }
    /// The promise's error isn't reported any more: something else has come before it.
    void overlook(Channel* promise) const { vm_->diagnosis.overlook(promise); }

    // --- What is known of the program while it runs
    const Vitals& vitals() const noexcept { return vm_->scheduler.vitals; }
    Heap::Statistics heap_statistics() const noexcept { return vm_->heap().statistics(); }

    // --- What comes from outside
    /// Where other threads report that something has come.
    WakeList& wakes() const noexcept { return vm_->scheduler.wakes; }
    /// From now on the program itself takes that signal, or no longer does.
    void take_signal(int signal, bool taken) const noexcept { vm_->scheduler.signals.take(signal, taken); }
    bool takes_signals() const noexcept { return vm_->scheduler.signals.any_taken(); }
    /// It has come, once or several times since this was last asked.
    bool has_signal_come(int signal) const noexcept { return vm_->scheduler.signals.has_come(signal); }
    /// All goroutines that wait for it try again.
    void wake_all(Wait& wait) const { vm_->scheduler.wake_all(wait); }
    /// Only the one that waits longest does.
    void wake_one(Wait& wait) const { vm_->scheduler.wake_one(wait); }
    /// All goroutines that wait for the outside world look again.
    void retry_external() const { vm_->scheduler.retry_external(); }

    // --- Channels, atoms, scopes
    Value make_atom(Value value) const { return vm_->make_atom(value); }
    void set_atom(Atom* atom, Value value) const { vm_->set_atom(atom, value); }
    /// The two steps of (swap! atom update key f …), of which the second may find that the atom has changed.
    Value lend_atom(Value atom, Value swap, Value update, Value key, Value f) const {
        return vm_->lend_atom(atom, swap, update, key, f);
    }
    bool set_lent(Atom* atom, Value now, Value key, Value item) const { return vm_->set_lent(atom, now, key, item); }
    Channel* make_channel(std::uint32_t capacity) const { return vm_->scheduler.make_channel(capacity); }
    /// A channel that gets nil at that time, and is closed.
    Channel* timeout_channel(Clock::time_point when) const { return vm_->scheduler.timeout_channel(when); }
    /// A channel that shows what `source` has for the number.
    Channel* make_view(ChannelSource& source, std::int64_t number) const {
        return vm_->scheduler.make_view(source, number);
    }
    /// What a view shows may have changed: goroutines that wait for it look again.
    void look_again(Channel* view) const { vm_->scheduler.look_again(view); }
    /// Taking a value from it doesn't wait.
    bool is_ready(Channel* channel) const { return vm_->scheduler.is_ready(channel); }
    void close(Channel* channel) const { vm_->scheduler.close(channel); }
    Scope* make_scope() const { return vm_->scheduler.make_scope(); }
    /// Ends those goroutines of the scope that wait; others end at their next wait.
    void cancel(Scope* scope) const { vm_->scheduler.cancel(scope); }

    // --- The end
    /// A function to be called when the program has ended, before those added earlier.
    void defer_to_end(Value function) const { vm_->scheduler.defer_to_end(function); }
    /// Asked by natives that work long, at least every 64 KiB of it or so; if true, they return Call::stop.
    bool should_stop() const noexcept { return vm_->scheduler.should_stop(); }
    /// For how long the peers of a server may answer a close, once a signal asks it to stop; nothing: it doesn't serve.
    /// And how long it may take before that to prepare for it.
    void set_serving(std::optional<std::chrono::milliseconds> close_timeout,
                     std::chrono::milliseconds to_prepare) const noexcept {
        vm_->scheduler.set_serving(close_timeout, to_prepare);
    }
    /// What worlds have gathered is passed on soon.
    void look_soon() const noexcept { vm_->scheduler.look_soon(); }
    /// It has a listener.
    bool is_serving() const noexcept { return vm_->scheduler.is_serving(); }
    /// A signal has asked a program that serves to stop, and the scheduler has begun with it.
    bool is_stopping() const noexcept { return vm_->scheduler.is_stopping(); }
    /// Goroutines that have learned of it, except for the main one, and continue.
    std::size_t told_of_stop() const noexcept { return vm_->scheduler.told_of_stop(); }
    /// (exit) has said that no goroutine is waited for.
    bool leaves_at_once() const noexcept { return vm_->scheduler.leaves_at_once(); }

private:
    friend class Call;
    friend class Setup;
    Vm* vm_;
};

/// The call of a native by the running goroutine. What throws or waits gives what the native has to return.
class Call final : public Program {
public:
    using Program::Program;

    // --- Throwing
    Value raise(const Error& error) const { return vm_->diagnosis.raise(error); }
    /// Throws a map (or any value) as it is.
    Value raise_value(Value payload) const { return vm_->diagnosis.raise_value(payload); }
    /// Throws again what another goroutine threw: with the place and trace that it had there.
    Value raise_again(Value error) const { return vm_->diagnosis.raise_again(error); }
    /// What the goroutine has just caught continues as a value, which is known where it was thrown.
    void remember_caught(Value error) const { vm_->diagnosis.remember_caught(error); }
    /// After should_stop.
    Value stop() const { return vm_->scheduler.stop(); }
    /// The program ends with this status.
    Value exit(int status) const { return vm_->scheduler.exit(status); }

    // --- Who calls, and what went wrong
    std::uint64_t goroutine_id() const noexcept { return vm_->current().id; }
    /// The innermost of the running functions whose names begin with `prefix`; without one, the library function that
    /// the program called.
    std::string_view running_function(std::string_view prefix) const { return vm_->diagnosis.running_function(prefix); }
    /// The place, the message, the source and the calls of the last uncaught error …
    std::string describe_error(Value error) const { return vm_->diagnosis.describe_error(error); }
    /// … and of the error that the goroutine caught last; empty if it has caught none.
    std::string describe_caught() const { return vm_->diagnosis.describe_caught(); }
    /// The functions that run, innermost first, a line each: `name (file:line:column)`. At most that many.
    std::string describe_calls(int most) const { return vm_->diagnosis.describe_calls(most); }

    // --- Waiting. A native that waits returns what these return. It is called again with the same arguments, and then
    // `resumption` is Retry or TimedOut.
    Resume resumption() const noexcept { return vm_->resumption(); }
    /// What the native wants to remember until then.
    std::int64_t& note() const noexcept { return vm_->current().note; }
    /// Waits until it is woken or the deadline has passed.
    Value park(Wait& wait, std::optional<Clock::time_point> deadline = std::nullopt) const {
        return vm_->scheduler.park(wait, deadline);
    }
    /// The same of a native that has begun something: `abandon` gives that up if the native isn't called again. It gets
    /// the number of the Wait and the note.
    template <void (*abandon)(Program program, std::int64_t number, std::int64_t note)>
    Value park(Wait& wait, std::optional<Clock::time_point> deadline = std::nullopt) const {
        return vm_->scheduler.park(
            wait, deadline, [](Vm& vm, std::int64_t number, std::int64_t note) { abandon(Program(vm), number, note); });
    }
    Value park_until(Clock::time_point deadline) const { return vm_->scheduler.park_until(deadline); }
    /// The deadline of this call: made from the duration when it is first made, and kept when it is made again.
    Clock::time_point deadline_after(std::chrono::nanoseconds duration) const {
        return vm_->scheduler.deadline_after(duration);
    }
    /// Gives all goroutines that wait for it this value as their call's result, as the running one has got it: nothing
    /// comes after it.
    void deliver_last(Wait& wait, Value value) const { vm_->scheduler.deliver_last(wait, value); }
    Value send(Channel* channel, Value value) const { return vm_->scheduler.send(channel, value); }
    /// Absent: there is none.
    Value try_receive(Channel* channel) const { return vm_->scheduler.try_receive(channel); }
    /// Nil if the deadline passes, `otherwise` if the channel is closed; if that is absent, an error.
    Value receive(Channel* channel, std::optional<Clock::time_point> deadline, Value otherwise) const {
        return vm_->scheduler.receive(channel, deadline, otherwise);
    }
    /// Number of the first channel that is ready; -1: thrown; -2: the goroutine now waits in all of them.
    int select(std::span<Value> channels) const {
        return vm_->scheduler.select(vm_->current(), channels.data(), static_cast<unsigned>(channels.size()));
    }

    // --- Goroutines. One that is cancelled throws what `try` doesn't catch, and runs its deferred code undisturbed.
    using Program::cancel;
    /// Ends the goroutine of the promise wherever it is; nothing happens if it has ended. Thrown: it is the running
    /// one.
    Value cancel(Channel* promise) const { return vm_->scheduler.cancel(promise); }
    /// The running goroutine is of this scope from now on. Thrown: that is cancelled already.
    Value join(Scope* scope) const { return vm_->scheduler.join(scope); }
    /// If a signal has asked the program to stop, the goroutine has learned of it: what it does now is what it does at
    /// its end.
    void note_told_of_stop() const noexcept { vm_->scheduler.note_told_of_stop(vm_->current()); }

    /// Calls the function with these arguments as if the native itself had been it.
    Value call_instead(Value function, std::span<const Value> arguments) const {
        return vm_->call_instead(function, arguments);
    }
};

} // namespace qi
