// The virtual machine: runs compiled functions in goroutines. Everything a native can do to the program goes
// through it. Interpreter thread only, but for the wake list and `interrupt`.
#pragma once

#include "base/output.hpp"
#include "base/result.hpp"
#include "base/stack.hpp"
#include "compiler/globals.hpp"
#include "data/store.hpp"
#include "reader/names.hpp"
#include "vm/goroutine.hpp"
#include "vm/wake_list.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace qi {

/// Something outside that may wake a parked goroutine: the WebSocket service, standard input.
class OutsideWorld {
public:
    virtual ~OutsideWorld() = default;
    virtual bool could_wake() = 0;
    /// The program ends: finish within a short time.
    virtual void finish() {}
    /// It serves others: being told to stop is its ordinary end.
    virtual bool is_serving() { return false; }
    /// A goroutine that was parked on the key, or was woken by it and hasn't run since, is cancelled or interrupted: the
    /// call that parked doesn't go on.
    virtual void abandoned(WakeKey) {}
    /// What somebody who is parked on the key waits for, if the key is of this world; else empty.
    virtual std::string waited_for(WakeKey) const { return {}; }
};

class Modules;

/// What stands behind a channel that is a view: asked for the next value when somebody looks and the channel is empty.
class ChannelSource {
public:
    virtual ~ChannelSource() = default;
    /// Absent: none yet. `last` becomes true when nothing will come after it (or at all).
    virtual Value next(WakeKey key, bool& last) = 0;
};

/// Whoever owns the terminal, if a prompt does: programs get their lines of standard input from it.
class Console {
public:
    virtual ~Console() = default;
    /// The next line for the program; empty at the end of input. False: it isn't there yet, and `key` will be woken.
    virtual bool next_line(std::optional<std::string>& line) = 0;
    /// All lines up to the end of input, once they are there.
    virtual bool rest_of_input(std::vector<std::string>& lines) = 0;
    virtual WakeKey key() const noexcept = 0;
};

/// Looks at the running goroutine at each safepoint.
class Sampler {
public:
    virtual ~Sampler() = default;
    virtual void look(const Goroutine& running) = 0;
};

/// A goroutine as whoever watches the program sees it.
struct GoroutineView {
    enum class Waits : std::uint8_t { Not, Channel, Time, Outside };
    std::uint64_t id;
    Waits waits;
    std::optional<std::chrono::milliseconds> time_left; // of what it waits with a deadline
    std::string outside; // what of the outside world it waits for
    std::string place;   // the expression and where it stands
    std::string started; // where; empty: the main program
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
    WakeList wakes;

    Heap& heap() noexcept { return store.heap; }

    // --- For whoever runs programs

    /// Calls the function in the main goroutine and runs the scheduler until it is done. An uncaught error is
    /// returned as its map; `trace()` tells where.
    struct Outcome {
        bool ok;
        Value value; // or the error map
    };
    Outcome run(Prototype* prototype);
    Outcome call(Value function, std::span<const Value> arguments);
    /// `place: error: message`, source excerpt, hint and frames of the last uncaught error.
    std::string describe_error(Value error) const { return describe_error(error, trace_); }
    std::string describe_error(Value error, const Trace& trace) const;
    /// The same of the error that the running goroutine caught last; empty if it has caught none.
    std::string describe_caught() const;
    /// A function to be called when the program has ended, before those added earlier.
    void defer_to_end(Value function) { at_end_.push_back(function); }
    void run_deferred_to_end();
    const Trace& trace() const noexcept { return trace_; }
    /// What is wrong with a call of the variable's function with so many arguments, and how it is called; nothing if
    /// nothing is.
    std::optional<std::pair<std::string, std::string>> call_misfit(const Variable& variable, unsigned arguments);
    /// An error that nobody awaited was reported.
    bool failed_quietly() const noexcept { return failed_quietly_; }
    /// An error that nobody awaited, and during which activity it happened.
    struct QuietFailure {
        std::string text, during;
    };
    /// From now on such errors are added there instead of being reported.
    void collect_quiet_failures(std::vector<QuietFailure>* into) noexcept { quiet_failures_ = into; }
    /// What the program does from now on: of a test its name.
    void set_activity(std::string name) { activity_ = std::move(name); }
    /// Reports failures that nobody has looked at. At the program's end.
    void report_unseen_failures();
    /// The library that names are looked up in when nothing else knows them.
    void set_library(std::unique_ptr<NameSource> library) {
        library_ = std::move(library);
        globals.set_source(library_.get());
    }
    void add_outside(OutsideWorld* world) { outside_.push_back(world); }
    /// What a namespace keeps for its natives, found again by its type.
    template <typename T>
    void set_extension(T* extension) { extensions_.emplace_back(&extension_tag<T>, extension); }
    template <typename T>
    T& extension() const noexcept {
        for (const auto& [tag, extension] : extensions_)
            if (tag == &extension_tag<T>) return *static_cast<T*>(extension);
        std::abort();
    }
    void finish_outside();
    /// A program's end was asked for by (exit n).
    std::optional<int> exit_status() const noexcept { return exit_status_; }
    Value exit(int status);
    /// From any thread or signal watcher: the running code stops with an :interrupted error.
    void interrupt(int signal) noexcept {
        interrupting_signal_.store(signal, std::memory_order_relaxed);
        interrupted_.store(true, std::memory_order_release);
        wakes.nudge();
    }
    /// Natives that work long ask at least every 64 KiB of it or so; if true they return `stop()`.
    bool should_stop() const noexcept { return interrupted_.load(std::memory_order_relaxed); }
    Value stop();
    /// From any thread: an interrupt ends what is evaluated, and somebody goes on after it.
    void set_interactive() noexcept { interactive_.store(true, std::memory_order_relaxed); }
    bool is_interactive() const noexcept { return interactive_.load(std::memory_order_relaxed); }
    /// The signal that interrupted the program, 0 if none did.
    int interrupting_signal() const noexcept { return interrupting_signal_.load(std::memory_order_relaxed); }
    bool is_serving() const {
        for (OutsideWorld* world : outside_)
            if (world->is_serving()) return true;
        return false;
    }
    /// Standard output is written before this text goes to standard error.
    void report(std::string_view text);
    void set_console(Console* console) noexcept { console_ = console; }
    Console* console() const noexcept { return console_; }
    void set_sampler(Sampler* sampler) noexcept { sampler_ = sampler; }
    /// The running code comes to a safepoint as soon as it can. Also from a signal handler on the interpreter thread.
    void hurry_to_safepoint() noexcept { fuel_ = 0; }
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
    /// The error of a native, known as `name`, that was given so many arguments.
    Value raise_native_arity(const Native& native, std::string_view name, unsigned given);
    Value make_error(Kind kind, std::string_view text);
    Value error_key() const noexcept { return error_key_; }

    // Parking. A native that parks returns what these return; it is called again when `resumption` says Retry or
    // TimedOut, with the same arguments.
    Resume resumption() const noexcept { return resumption_; }
    Goroutine& current() noexcept { return *current_; }
    const Goroutine& current() const noexcept { return *current_; }
    /// The name by which errors call the function of that name which the running one calls, or is: of one that the
    /// library has called, and of one whose name begins with %, it is that of the library function that the program called.
    std::string_view called_name(std::string_view name);
    /// The text that the innermost function outside the library was written in; null if there is none.
    const Source* calling_source() const noexcept;
    /// What `use` and `load` have loaded.
    Modules& modules() noexcept { return *modules_; }
    Value park_external(WakeKey key, std::optional<Clock::time_point> deadline);
    Value park_until(Clock::time_point deadline);
    /// The deadline of the parked call: made at its first try from the duration, kept over retries.
    Clock::time_point deadline_after(std::chrono::nanoseconds duration);
    /// Calls the function with these arguments as if the native itself had been it; returned by the native.
    Value call_instead(Value function, std::span<const Value> arguments);
    /// Everyone who waits for the key tries again.
    void wake_external(WakeKey key);
    /// Only the one that waits longest does.
    void wake_one(WakeKey key);
    /// Gives all of them this value as their call's result.
    void deliver_external(WakeKey key, Value value);

    // Cancellation: the goroutine throws what `try` doesn't catch, and runs its deferred code undisturbed.
    /// Ends the goroutine of the promise wherever it is; nothing happens if it has ended. Thrown: it is the running one.
    Value cancel(Channel* promise);
    /// Ends those goroutines of the scope that wait; others end at their next wait.
    void cancel(Scope* scope);
    /// The promise's error is no news any more: something else has come before it.
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
    /// The channel that shows what `source` has for the key; whoever waits for it looks again when the key is woken.
    Channel* view(WakeKey key, ChannelSource& source);
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
    static constexpr char extension_tag = 0; // its address stands for the type

    enum class Stop : std::uint8_t { Done, Parked, Preempted };
    static constexpr std::int64_t time_slice = 4000; // calls and loop passes between two looks at the others

    // interpret.cpp
    Stop execute(Goroutine& g);

    // operations.cpp: what the instructions do in their less usual cases
    Value arithmetic(Opcode op, Value a, Value b, std::string_view name = {});
    int compare_values(Opcode op, Value a, Value b, bool swapped); // 1, 0; -1: thrown. Swapped: written (> b a)
    Value get(Value collection, Value key);
    Value get_cached(Value collection, Value key, InlineCache& cache);
    Value call_value(Value callee, Value* arguments, unsigned count, bool& handled);
    Value arity_error(const Closure* closure, unsigned given);
    Value undefined_error(Value name, const Variable* variable = nullptr);
    Value outer_value(const Variable* variable); // of a global that has no value; thrown if there is none
    Value check_items(Value value, unsigned count, bool at_least);
    Value rest_from(Value sequence, unsigned from);
    Value need_key(Value map, Value key);
    void raise_no_match(Value value);
    void rename_callee(Error& error); // of the function that an error names first, if the library has called it
    Value make_map(Shape* shape, const Value* values);
    bool put_map(Value& map, const Value* pairs, unsigned count);
    Value make_set(const Value* values, Value onto, unsigned count);
    Value to_text(const Value* values, unsigned count);
    Value make_closure(Prototype* prototype, const Value* base);
    bool is_error_map(Value v) const noexcept;

    // goroutines.cpp
    Goroutine* spawn(Closure* function, Channel* promise, bool discarded);
    void retire(Goroutine* g);
    void finish(Goroutine& g, bool failed, Value value);
    void ready(Goroutine* g, Resume resume);
    void deliver(Goroutine* g, Value value);
    void unpark(Goroutine* g);
    void stop_waiting(Goroutine& g, Resume how);
    void abandon_call(Goroutine& g);
    void park(Goroutine& g) noexcept;
    void touch(Goroutine& g);
    bool grow_stack(Goroutine& g, Value* needed_end); // false: too deep
    void start_timer(Goroutine& g, Clock::time_point when);
    void wake_selectors(Channel* channel);
    void refill(Channel* channel);
    void look_again(Channel* channel);
    bool views_are_watched() const noexcept;
    Outcome schedule(Goroutine* until);
    bool wait_for_work();
    void fire_timers();
    Value report_deadlock();

    // errors.cpp
    void throw_interrupt();
    void throw_cancelled();
    void throw_held(Goroutine& g);
    void leave_scope(Goroutine& g) noexcept;
    void end_main(Goroutine& main);
    bool unwind(Goroutine& g); // to the nearest handler; false: there is none
    void capture_trace(const Goroutine& g);
    void report_quietly(Value error, const Message& headline);
    void tell_quietly(const Message& headline, QuietFailure failure);
    std::string place_of(const Prototype* prototype, std::uint32_t offset) const;
    std::string waiting_place(const Goroutine& g) const;
    void trace_goroutine(Goroutine& g, Tracer& tracer);
    bool safepoint(Goroutine& g); // collects; true: let others run

    std::int64_t fuel_ = time_slice;
    Goroutine* current_ = nullptr;
    Resume resumption_ = Resume::Continue;
    Value pending_error_ = Value::absent();
    bool failed_ = false; // the goroutine that just stopped did so with an error
    Value call_function_;
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
    std::unordered_map<WakeKey, WaitQueue> external_; // none of them empty
    struct View {
        Channel* channel;
        ChannelSource* source;
    };
    std::unordered_map<WakeKey, View> views_; // those that aren't closed
    std::unordered_map<const Channel*, WakeKey> view_keys_;
    std::vector<WakeKey> woken_;
    std::vector<OutsideWorld*> outside_;
    std::vector<Value*> kept_;
    std::vector<Value> at_end_;
    std::unique_ptr<Caught> main_caught_; // between two forms of the program
    std::unique_ptr<NameSource> library_;
    std::unique_ptr<Modules> modules_;
    std::vector<std::pair<const void*, void*>> extensions_;
    std::uint64_t next_goroutine_ = 0;
    // Promises that failed and whose error nobody has seen, with what there is to say about it.
    std::unordered_map<const Channel*, QuietFailure> unseen_failures_;
    std::vector<QuietFailure>* quiet_failures_ = nullptr;
    std::string activity_;
    std::atomic<bool> interrupted_{false};
    std::atomic<int> interrupting_signal_{0};
    std::atomic<bool> interactive_{false};
    Console* console_ = nullptr;
    Sampler* sampler_ = nullptr;
    std::optional<int> exit_status_;
    bool failed_quietly_ = false;
    bool last_try_ = false; // everybody who waits for the outside world was asked to look again
};

} // namespace qi
