// The virtual machine: runs compiled functions in goroutines. Everything a native can do to the program goes
// through it. Interpreter thread only, except for the wake list and `interrupt`.
#pragma once

#include "base/output.hpp"
#include "base/result.hpp"
#include "base/stack.hpp"
#include "compiler/globals.hpp"
#include "compiler/known_options.hpp"
#include "data/store.hpp"
#include "reader/names.hpp"
#include "vm/goroutine.hpp"
#include "vm/signal_box.hpp"
#include "vm/wake_list.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace qi {

/// Something outside that may wake a parked goroutine: the WebSocket service, standard input. What it brings is waited
/// for in a Wait, which it owns.
class OutsideWorld {
public:
    virtual ~OutsideWorld() = default;
    virtual bool could_wake() = 0;
    /// A thread has reported the number to Vm::wakes: those who wait for that look again.
    virtual void woken(std::int64_t number) = 0;
    /// The program ends: finish within a short time.
    virtual void finish() {}
    /// A signal asks a program that serves others to stop: a world that does so closes what it has. Its peers have
    /// until then to answer, and the goroutines that it runs for them until `handlers_until`.
    virtual void begin_stop(Clock::time_point, Clock::time_point) {}
    /// After that: all of them are through, or their time is over.
    virtual bool has_stopped() { return true; }
};

/// The source of channels that are views: asked for the next value when such a channel is read and empty. The number is
/// its own name for the channel.
class ChannelSource {
public:
    virtual ~ChannelSource() = default;
    /// Absent: none yet. `last` becomes true when nothing will come after it (or at all).
    virtual Value next(std::int64_t number, bool& last) = 0;
    /// The channel was closed: the source forgets it.
    virtual void closed(std::int64_t number) = 0;
};

/// The owner of the terminal, if a prompt is: programs get their lines of standard input from it.
class Console {
public:
    virtual ~Console() = default;
    /// The next line for the program; empty at the end of input. False: it isn't there yet, and is to be waited for.
    virtual bool next_line(std::optional<std::string>& line) = 0;
    /// All lines up to the end of input, once they are there.
    virtual bool rest_of_input(std::vector<std::string>& lines) = 0;
    virtual Wait& line_wait() noexcept = 0;
};

/// Looks at the running goroutine at each safepoint.
class Sampler {
public:
    virtual ~Sampler() = default;
    virtual void look(const Goroutine& running) = 0;
};

/// A goroutine as an observer of the program sees it.
struct GoroutineView {
    enum class Waits : std::uint8_t { Not, Channel, Time, Outside };
    std::uint64_t id;
    Waits waits;
    std::optional<std::chrono::milliseconds> time_left; // of what it waits with a deadline
    std::string outside;                                // what of the outside world it waits for
    std::string place;                                  // the expression and its place
    std::string started;                                // where; empty: the main program
};

class Vm final : public Roots {
public:
    Vm();
    ~Vm() override;
    Vm(const Vm&) = delete;
    Vm& operator=(const Vm&) = delete;

    Store store;
    Globals globals;
    const StackBound stack; // of the interpreter thread
    Names names;
    Output out{1};
    Output err{2};
    std::vector<std::string> arguments; // the program, the script and what follows it
    std::vector<std::string>
        own_flags; // qi's own, such as --deny-net: processes that run programs for this one get them too
    WakeList wakes;
    SignalBox signals;
    KnownOptions options;

    Heap& heap() noexcept { return store.heap; }

    // --- For code that runs programs

    /// Calls the function in the main goroutine and runs the scheduler until it is done. An uncaught error is
    /// returned as its map; `trace()` says where.
    struct Outcome {
        bool ok;
        Value value; // or the error map
    };
    Outcome run(Prototype* prototype);
    Outcome call(Value function, std::span<const Value> arguments);
    /// The same in the middle of a goroutine, or of compiling. Others run only while it waits, except for the goroutine
    /// in whose middle it is: to wait for that one is a deadlock. An interruption ends it, and is then the program's.
    Outcome call_alone(Value function, std::span<const Value> arguments);
    /// `place: error: message`, source excerpt, hint and frames of the last uncaught error.
    std::string describe_error(Value error) const { return describe_error(error, trace_); }
    std::string describe_error(Value error, const Trace& trace) const;
    /// The same of the error that the running goroutine caught last; empty if it has caught none.
    std::string describe_caught() const;
    /// A function to be called when the program has ended, before those added earlier.
    void defer_to_end(Value function) { at_end_.push_back(function); }
    void run_deferred_to_end();
    const Trace& trace() const noexcept { return trace_; }
    /// What is wrong with a call of the variable's function with that many arguments, and how it is called; nothing if
    /// nothing is.
    std::optional<std::pair<std::string, std::string>> call_misfit(const Variable& variable, unsigned arguments);
    /// An error that no code awaited was reported.
    bool failed_quietly() const noexcept { return failed_quietly_; }
    /// An error that no code awaited, and during which activity it happened.
    struct QuietFailure {
        std::string text, during;
    };
    /// From now on such errors are added there instead of being reported.
    void collect_quiet_failures(std::vector<QuietFailure>* into) noexcept { quiet_failures_ = into; }
    /// What the program does from now on: of a test its name.
    void set_activity(std::string name) { activity_ = std::move(name); }
    /// Reports failures that the program hasn't looked at. At its end.
    void report_unseen_failures();
    /// The library that names are looked up in when nothing else knows them.
    void set_library(std::unique_ptr<NameSource> library) {
        library_ = std::move(library);
        globals.set_source(library_.get());
    }
    void add_outside(OutsideWorld* world) { outside_.push_back(world); }
    /// What a namespace keeps for its natives, found again by its type.
    template <typename T>
    void set_extension(T* extension) {
        extensions_.emplace_back(&extension_tag<T>, extension);
    }
    template <typename T>
    T* find_extension() const noexcept {
        for (const auto& [tag, extension] : extensions_)
            if (tag == &extension_tag<T>) return static_cast<T*>(extension);
        return nullptr;
    }
    template <typename T>
    T& extension() const noexcept {
        T* const found = find_extension<T>();
        if (found == nullptr) std::abort();
        return *found;
    }
    void finish_outside();
    /// A program's end was asked for by (exit n).
    std::optional<int> exit_status() const noexcept { return exit_status_; }
    Value exit(int status);
    /// From any thread or signal watcher: the running code stops with an :interrupted error; a program that serves
    /// others is asked to stop (stopping.cpp).
    void interrupt(int signal) noexcept;
    /// From any thread: a signal came that the program takes itself.
    void receive_signal(int signal) noexcept {
        signals.note(signal);
        if (signal_taker_ != nullptr) wakes.wake(*signal_taker_);
    }
    /// Who is woken then. Before programs run.
    void set_signal_taker(OutsideWorld* taker) noexcept { signal_taker_ = taker; }
    /// Natives that work long ask at least every 64 KiB of it or so; if true they return `stop()`.
    bool should_stop() const noexcept {
        return interrupted_.load(std::memory_order_relaxed) || time_over_.load(std::memory_order_relaxed) ||
               is_stop_over();
    }
    Value stop();
    /// From any thread: an interrupt ends what is evaluated, and the prompt continues after it.
    void set_interactive() noexcept { interactive_.store(true, std::memory_order_relaxed); }
    bool is_interactive() const noexcept { return interactive_.load(std::memory_order_relaxed); }
    /// The signal that interrupted the program, 0 if none did.
    int interrupting_signal() const noexcept { return interrupting_signal_.load(std::memory_order_relaxed); }
    /// It has thrown the main goroutine out of what it did.
    bool was_interrupted() const noexcept { return main_interrupted_; }
    /// The error is that, or what is deferred was ended so.
    bool is_interrupt(Value error) const;
    /// The same for anything that was interrupted, such as a macro.
    bool is_interrupted(Value error) const;
    /// The error of an interruption that came while nothing of the program ran but a macro; from now on the program is
    /// interrupted.
    std::optional<Value> take_interrupt();

    // A program that serves others is stopped by a signal (stopping.cpp).
    /// For how long its peers may answer a close; nothing: it doesn't serve.
    void set_serving(std::optional<std::chrono::milliseconds> close_timeout) noexcept {
        serving_.store(close_timeout ? close_timeout->count() : -1);
    }
    /// It is interrupted at once all the same.
    void interrupt_servers_too() noexcept { interrupts_servers_ = true; }
    /// The signal has come, and the scheduler has begun with it.
    bool is_stopping() const noexcept { return stop_.has_value(); }
    /// From any thread, after the first signal: when its main goroutine and its deferred code have had all of their
    /// time.
    std::optional<Clock::time_point> stop_ends_at() const noexcept;
    /// If the program is stopping, the goroutine has learned of it: what it does now is what it does at its end.
    void note_told_of_stop(Goroutine& g) noexcept;
    /// Goroutines that have, except for the main one, and continue.
    std::size_t told_of_stop() const noexcept { return told_; }
    /// (exit) has said that no goroutine is waited for.
    bool leaves_at_once() const noexcept { return leaves_at_once_; }
    /// All goroutines that wait for the outside world look again.
    void retry_external();

    /// Lives as long as the VM.
    void own(std::shared_ptr<void> thing) { owned_.push_back(std::move(thing)); }
    /// Standard output is written before this text goes to standard error.
    void report(std::string_view text);
    void set_console(Console* console) noexcept { console_ = console; }
    Console* console() const noexcept { return console_; }
    void set_sampler(Sampler* sampler) noexcept { sampler_ = sampler; }
    /// The running code comes to a safepoint as soon as it can. Also from a signal handler on the interpreter thread.
    void hurry_to_safepoint() noexcept {
        if (fuel_ > -Heap::hurry / 2) fuel_ -= Heap::hurry;
    }

    // Limits that end the program at once, with a message and status 1: no code of it runs any more.
    /// So many calls and loop passes.
    void set_step_limit(std::uint64_t steps) noexcept;
    /// From any thread: `limit` (as the user wrote it) is over. The program ends as soon as it looks.
    void end_by_time(std::string limit);
    /// All goroutines, by their ids.
    std::vector<GoroutineView> goroutines() const;
    /// A function value that captures nothing.
    Value make_function(Prototype* prototype);

    // --- For natives

    /// Leaves an error for the VM to throw; returned by the native.
    Value raise(const Error& error);
    /// … with a hint for the reader of the trace.
    Value raise(const Error& error, std::string note);
    /// Throws a map (or any value) as it is.
    Value raise_value(Value payload);
    /// The error of a native that was given that many arguments.
    Value raise_native_arity(const Native& native, unsigned given);
    /// Throws again what another goroutine threw: with the place and trace that it had there.
    Value raise_again(Value error);
    /// Where an error that is a value now was thrown: of failed goroutines, and what `remember_caught` was given.
    /// Empty: not known.
    std::string origin_of(Value error) const;
    /// What the running goroutine has caught continues as a value.
    void remember_caught(Value error);
    Value make_error(Kind kind, std::string_view text);
    /// Its map. One about a call names what was called.
    Value make_error(const Error& error);
    Value error_key() const noexcept { return error_key_; }

    // Parking. A native that parks returns what these return; it is called again when `resumption` says Retry or
    // TimedOut, with the same arguments.
    Resume resumption() const noexcept { return resumption_; }
    Goroutine& current() noexcept { return *current_; }
    const Goroutine& current() const noexcept { return *current_; }
    /// The name by which errors call the function of that name which the running one calls, or is: of one that the
    /// library has called, and of one whose name begins with %, it is that of the library function that the program
    /// called.
    std::string_view called_name(std::string_view name);
    /// The native that runs, by its own name; empty if none does.
    std::string_view running_native() const noexcept;
    /// The text that the innermost function outside the library was written in; null if there is none.
    const Source* calling_source() const noexcept;
    /// Until it is woken or the deadline has passed. `abandon` is called if the native isn't called again.
    Value park(Wait& wait, std::optional<Clock::time_point> deadline = std::nullopt, Abandon abandon = nullptr);
    Value park_until(Clock::time_point deadline);
    /// The deadline of the parked call: made at its first try from the duration, kept over retries.
    Clock::time_point deadline_after(std::chrono::nanoseconds duration);
    /// Calls the function with these arguments as if the native itself had been it; returned by the native.
    Value call_instead(Value function, std::span<const Value> arguments);
    /// All goroutines that wait for it try again.
    void wake_all(Wait& wait);
    /// Only the one that waits longest does.
    void wake_one(Wait& wait);
    /// Gives all of them this value as their call's result, as the running goroutine has got it: nothing comes after
    /// it.
    void deliver_last(Wait& wait, Value value);

    // Cancellation: the goroutine throws what `try` doesn't catch, and runs its deferred code undisturbed.
    /// Ends the goroutine of the promise wherever it is; nothing happens if it has ended. Thrown: it is the running
    /// one.
    Value cancel(Channel* promise);
    /// Ends those goroutines of the scope that wait; others end at their next wait.
    void cancel(Scope* scope);
    /// The promise's error needn't be reported any more: something else has come before it.
    void overlook(Channel* promise);
    Scope* make_scope();
    /// The running goroutine is of this scope from now on. Thrown: that is cancelled already.
    Value join(Scope* scope);

    // Channels
    Channel* make_channel(std::uint32_t capacity);
    Value send(Channel* channel, Value value);
    Value receive(Channel* channel, std::optional<Clock::time_point> deadline, Value otherwise);
    Value try_receive(Channel* channel);
    void close(Channel* channel);
    Channel* timeout_channel(Clock::time_point when);
    /// A channel that shows what `source` has for the number.
    Channel* make_view(ChannelSource& source, std::int64_t number);
    /// What a view shows may have changed: goroutines that wait for it look again.
    void look_again(Channel* view);
    bool is_ready(Channel* channel) {
        if (channel->count == 0 && (channel->flags & Channel::View) != 0) refill(channel);
        return channel->ready();
    }
    /// Number of the first channel that is ready; -1: thrown; -2: the goroutine now waits in all of them.
    int select(Goroutine& g, Value* channels, unsigned count);

    Value make_native(const Native& native);
    Value make_atom(Value value);

    // Roots
    void trace_young(Tracer& tracer) override;
    void trace_all(Tracer& tracer) override;
    void trace_changed(Tracer& tracer) override;
    void after_mark(Heap& heap) override;
    void after_minor(Heap&) override;

    /// Values that natives keep between calls.
    void keep(Value* value) { kept_.push_back(value); }
    void unkeep(Value* value) { std::erase(kept_, value); }

    std::size_t most_stack_values() const noexcept;

private:
    template <typename T>
    static constexpr char extension_tag = 0; // its address identifies the type

    enum class Stop : std::uint8_t { Done, Parked, Preempted };
    static constexpr std::int64_t time_slice = 4000; // calls and loop passes between two looks at the others

    // interpret.cpp
    Stop execute(Goroutine& g);

    // operations.cpp: what the instructions do in their less usual cases
    Value arithmetic(Opcode op, Value a, Value b, std::string_view name = {});
    int compare_values(Opcode op, Value a, Value b, bool swapped); // 1, 0; -1: thrown. Swapped: written (> b a)
    Value get(Value collection, Value key);
    Value get_cached(Value collection, Value key, InlineCache& cache);
    Value match_key(Value map, Value key, InlineCache& cache);
    /// In the handler of an exception that a native has let out: its error. That memory has run out stays what it is.
    Value native_threw();
    Value raise_heap_is_full();
    Value call_value(Value callee, Value* arguments, unsigned count, bool& handled);
    std::string_view callee_of(const Error& error) const noexcept;
    Value arity_error(const Closure* closure, unsigned given);
    Value undefined_error(Value name, const Variable* variable = nullptr);
    Value outer_value(const Variable* variable); // of a global that has no value; thrown if there is none
    Value check_items(Value value, unsigned count, bool at_least);
    Value rest_from(Value sequence, unsigned from);
    Value need_key(Value map, Value key);
    void raise_no_match(Value value);
    Value make_map(Shape* shape, const Value* values);
    bool put_map(Value& map, const Value* pairs, unsigned count);
    Value make_set(const Value* values, Value onto, unsigned count);
    Value to_text(const Value* values, unsigned count);
    Value make_closure(Prototype* prototype, const Value* base);
    bool is_error_map(Value v) const noexcept;

    // goroutines.cpp
    Goroutine* spawn(Closure* function, Channel* promise, bool discarded);
    void note_start(Goroutine& started, const Goroutine& by) const noexcept;
    void retire(Goroutine* g);
    void finish(Goroutine& g, bool failed, Value value);
    void ready(Goroutine* g, Resume resume);
    void deliver(Goroutine* g, Value value);
    void unpark(Goroutine* g);
    void stop_waiting(Goroutine& g, Resume how);
    void abandon_call(Goroutine& g);
    void touch(Goroutine& g);
    bool grow_stack(Goroutine& g, Value* needed_end); // false: too deep
    void start_timer(Goroutine& g, Clock::time_point when);
    void wake_selectors(Channel* channel);
    void refill(Channel* channel);
    bool views_are_watched() const noexcept;
    /// A call of the scheduler.
    struct Run {
        Goroutine* until; // it ends with this one
        bool alone;
        std::uint64_t newest_before; // alone: goroutines up to this one aren't its own
        const Run* outer = nullptr;  // the one in whose middle it is

        bool owns(const Goroutine& g) const noexcept { return !alone || &g == until || g.id > newest_before; }
        /// The goroutine's end is waited for below this call, on the same stack.
        bool blocks(const Goroutine& g) const noexcept {
            for (const Run* run = outer; run != nullptr; run = run->outer)
                if (run->until == &g) return true;
            return false;
        }
    };
    Outcome schedule(Run run);
    Goroutine* take_ready(const Run& run) noexcept;
    bool can_go_on(const Run& run) const noexcept;
    Value report_deadlock(const Run& run);
    Goroutine* prepare(Value function, std::span<const Value> arguments);
    bool wait_for_work();
    void fire_timers();

    // stopping.cpp
    struct StopTimes {
        Clock::time_point peers, handlers, main, end;
    };
    struct Stopping {
        StopTimes times;
        Clock::time_point next_look{};
        bool looked_again =
            false; // goroutines that wait for the outside world have, since all were found to have finished
        bool main_has_waited = false; // since the signal; it may be awake because of that
        int main_turns = 0;           // that it has had since then
    };
    StopTimes stop_times() const noexcept;
    bool is_stop_over() const noexcept { return stop_asked_.load(std::memory_order_acquire) && has_stop_ended(); }
    bool has_stop_ended() const noexcept;
    void obey_stop(Goroutine& until);
    void interrupt_main(Goroutine& main);

    // errors.cpp
    void throw_interrupt();
    bool is_to_stop(const Goroutine& aside) const noexcept;
    void throw_cancelled();
    void throw_held(Goroutine& g);
    void leave_scope(Goroutine& g) noexcept;
    void end_main(Goroutine& main);
    bool unwind(Goroutine& g); // to the nearest handler; false: there is none
    void capture_trace(const Goroutine& g);
    void explain_misuse(const Goroutine& g);
    void remember_origin(Value error, std::string text);
    void report_quietly(Value error, const Message& headline);
    void tell_quietly(const Message& headline, QuietFailure failure);
    std::string place_of(const Prototype* prototype, std::uint32_t offset) const;
    std::string waiting_place(const Goroutine& g) const;
    void trace_goroutine(Goroutine& g, Tracer& tracer);
    bool safepoint(Goroutine& g); // collects; true: let others run
    void refuel();
    void end_if_over();
    [[noreturn]] void end_over(const Message& what, std::string_view limit);

    std::int64_t fuel_ = time_slice;
    std::uint64_t steps_left_ = 0; // beyond the fuel; with a limit
    std::uint64_t step_limit_ = 0; // 0: none
    Goroutine* current_ = nullptr;
    Resume resumption_ = Resume::Continue;
    Value pending_error_ = Value::absent();
    bool failed_ = false; // the goroutine that just stopped did so with an error
    Value call_function_;
    const Native* applied_ = nullptr; // that runs in place of the one that is called
    std::vector<Value> call_arguments_;
    std::vector<Value> spread_;
    Trace trace_;
    bool trace_taken_ = false;
    Value error_key_, kind_key_;

    std::vector<Goroutine*> all_;
    std::vector<Goroutine*> young_dirty_;
    std::vector<Goroutine*> graveyard_; // done, but perhaps still in young_dirty_
    std::vector<Goroutine*> pool_;
    Goroutine* ready_first_ = nullptr;
    Goroutine* ready_last_ = nullptr;
    Timers timers_;
    std::size_t waiting_outside_ = 0; // goroutines that have a `wait`
    struct View {
        ChannelSource* source;
        std::int64_t number;
    };
    std::unordered_map<Channel*, View> views_; // those that aren't closed
    std::vector<WakeList::Wake> woken_;
    std::vector<OutsideWorld*> outside_;
    OutsideWorld* signal_taker_ = nullptr;
    std::vector<Value*> kept_;
    std::vector<Value> at_end_;
    std::unique_ptr<Caught> main_caught_; // between two forms of the program
    std::unique_ptr<NameSource> library_;
    std::vector<std::pair<const void*, void*>> extensions_;
    std::uint64_t next_goroutine_ = 0;
    const Run* run_ = nullptr; // the innermost
    // Promises that failed and whose error hasn't been seen, with what there is to say about it.
    std::unordered_map<const Channel*, QuietFailure> unseen_failures_;
    std::vector<QuietFailure>* quiet_failures_ = nullptr;
    std::string activity_;
    // Errors that are values, and what is to be reported of them. Those of young ones apart: they move.
    std::unordered_map<const Object*, std::string> origins_;
    std::vector<std::pair<Object*, std::string>> young_origins_;
    std::atomic<bool> interrupted_{false};
    std::atomic<bool> time_over_{false}; // set after time_limit_
    std::string time_limit_;
    std::atomic<int> interrupting_signal_{0};
    std::atomic<bool> interactive_{false};
    std::atomic<std::int64_t> serving_{-1};
    bool interrupts_servers_ = false;     // before programs run
    std::atomic<bool> stop_asked_{false}; // set after the next two
    Clock::time_point stop_asked_at_{};
    std::chrono::milliseconds stop_for_peers_{};
    std::optional<Stopping> stop_; // once the scheduler has seen it
    std::size_t told_ = 0;
    bool main_told_ = false;
    bool main_interrupted_ = false;
    bool macro_interrupted_ = false; // one that no goroutine has called
    bool leaves_at_once_ = false;
    std::vector<std::shared_ptr<void>> owned_;
    Console* console_ = nullptr;
    Sampler* sampler_ = nullptr;
    std::optional<int> exit_status_;
    bool failed_quietly_ = false;
    bool last_try_ = false; // all that wait for the outside world were asked to look again
};

} // namespace qi
