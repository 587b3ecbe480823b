// Goroutines: who runs next, who waits for what and how long, who is cancelled, and how the program is stopped. It
// knows of the machine only that it runs a goroutine. Interpreter thread only, except for `wakes`, `signals` and where
// it says so.
#pragma once

#include "base/vitals.hpp"
#include "vm/diagnosis.hpp"
#include "vm/signal_box.hpp"
#include "vm/wake_list.hpp"

#include <atomic>
#include <memory>
#include <optional>
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
    /// What was gathered for it goes out now: the program has run for a while, is about to wait, or is over.
    virtual void pass_on() {}
    /// A thread has reported the number to Scheduler::wakes: those who wait for that look again.
    virtual void woken(std::int64_t number) = 0;
    /// The program ends: finish within a short time.
    virtual void finish() {}
    /// A signal asks a program that serves others to stop. What has to be done before that, as long as the program has
    /// said with set_serving; true: it is done. Asked again and again.
    virtual bool prepare_to_stop() { return true; }
    /// The program that serves others stops now: a world that does so closes what it has. Its peers have
    /// until then to answer, and the goroutines that it runs for them until `handlers_until`.
    virtual void begin_stop(Clock::time_point, Clock::time_point) {}
    /// After that: all of them are through, or their time is over.
    virtual bool has_stopped() { return true; }
    /// For a dump of the whole program: adds lines that say what it has, each ended.
    virtual void describe(std::string&) {}
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

/// What runs a goroutine, until that is done, waits, or others are to have their turn.
class Machine {
public:
    enum class Stop : std::uint8_t { Done, Parked, Preempted };
    virtual Stop execute(Goroutine& g) = 0;
    /// Calls it, for a parked call that isn't made again.
    virtual void give_up(Abandon abandon, std::int64_t number, std::int64_t note) = 0;

protected:
    ~Machine() = default;
};

class Scheduler final : public Roots {
public:
    Scheduler(Machine& machine, Store& store, Output& out, Output& err, Diagnosis& diagnosis, Current& now);
    ~Scheduler() override;
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;

    WakeList wakes;
    Vitals vitals; // any thread reads them
    SignalBox signals;

    // --- For code that runs programs

    /// Calls the function in the main goroutine and runs the scheduler until it is done. An uncaught error is
    /// returned as its map; the diagnosis says where.
    struct Outcome {
        bool ok;
        Value value; // or the error map
    };
    Outcome call(Value function, std::span<const Value> arguments);
    /// The same in the middle of a goroutine, or of compiling. Others run only while it waits, except for the goroutine
    /// in whose middle it is: to wait for that one is a deadlock. An interruption ends it, and is then the program's.
    Outcome call_alone(Value function, std::span<const Value> arguments);
    void run_deferred_to_end();
    void add_outside(OutsideWorld* world) { outside_.push_back(world); }
    void finish_outside();
    /// A program's end was asked for by (exit n).
    std::optional<int> exit_status() const noexcept { return exit_status_; }
    /// From any thread or signal watcher: the running code stops with an :interrupted error; a program that serves
    /// others is asked to stop (stopping.cpp).
    void interrupt(int signal) noexcept;
    /// From any thread: a signal came that the program takes itself.
    void receive_signal(int signal) noexcept {
        signals.note(signal);
        if (signal_taker_ != nullptr) wakes.wake(*signal_taker_);
    }
    /// From any thread: what all goroutines and the outside world do is to be written down, at the next safepoint.
    void ask_for_dump() noexcept {
        dump_asked_.store(true, std::memory_order_release);
        wakes.nudge();
    }
    /// Who is woken then. Before programs run.
    void set_signal_taker(OutsideWorld* taker) noexcept { signal_taker_ = taker; }
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

    /// A program that serves others is interrupted at once as well, instead of being asked to stop.
    void interrupt_servers_too() noexcept { interrupts_servers_ = true; }
    /// From any thread, after the first signal: when its main goroutine and its deferred code have had all of their
    /// time.
    std::optional<Clock::time_point> stop_ends_at() const noexcept;

    void set_sampler(Sampler* sampler) noexcept { sampler_ = sampler; }
    /// The running code comes to a safepoint as soon as it can. Also from a signal handler on the interpreter thread.
    void hurry_to_safepoint() noexcept {
        if (now_.fuel > -Heap::hurry / 2) now_.fuel -= Heap::hurry;
    }

    /// The next safepoint comes soon, but not at once. Interpreter thread.
    void look_soon() noexcept;

    // Limits that end the program at once, with a message and status 1: no code of it runs any more.
    /// So many calls and loop passes.
    void set_step_limit(std::uint64_t steps) noexcept;
    /// From any thread: `limit` (as the user wrote it) is over. The program ends as soon as it looks.
    void end_by_time(std::string limit);
    /// All goroutines, by their ids.
    std::vector<GoroutineView> goroutines() const;

    // --- For natives. native/call.hpp says what each does.

    bool should_stop() const noexcept {
        return interrupted_.load(std::memory_order_relaxed) || time_over_.load(std::memory_order_relaxed) ||
               is_stop_over();
    }
    Value stop();
    Value exit(int status);
    void defer_to_end(Value function) { at_end_.push_back(function); }
    void set_serving(std::optional<std::chrono::milliseconds> close_timeout,
                     std::chrono::milliseconds to_prepare) noexcept {
        preparing_.store(to_prepare.count());
        serving_.store(close_timeout ? close_timeout->count() : -1);
    }
    bool is_serving() const noexcept { return serving_.load(std::memory_order_relaxed) >= 0; }
    bool is_stopping() const noexcept { return stop_.has_value(); }
    void note_told_of_stop(Goroutine& g) noexcept;
    std::size_t told_of_stop() const noexcept { return told_; }
    bool leaves_at_once() const noexcept { return leaves_at_once_; }

    void retry_external();
    Value park(Wait& wait, std::optional<Clock::time_point> deadline = std::nullopt, Abandon abandon = nullptr);
    Value park_until(Clock::time_point deadline);
    Clock::time_point deadline_after(std::chrono::nanoseconds duration);
    void wake_all(Wait& wait);
    void wake_one(Wait& wait);
    void deliver_last(Wait& wait, Value value);

    Value cancel(Channel* promise);
    void cancel(Scope* scope);
    Scope* make_scope();
    Value join(Scope* scope);

    Channel* make_channel(std::uint32_t capacity);
    Value send(Channel* channel, Value value);
    Value receive(Channel* channel, std::optional<Clock::time_point> deadline, Value otherwise);
    Value try_receive(Channel* channel);
    void close(Channel* channel);
    Channel* timeout_channel(Clock::time_point when);
    Channel* make_view(ChannelSource& source, std::int64_t number);
    void look_again(Channel* view);
    bool is_ready(Channel* channel) {
        if (channel->count == 0 && (channel->flags & Channel::View) != 0) refill(channel);
        return channel->ready();
    }
    int select(Goroutine& g, Value* channels, unsigned count);

    // --- For the machine

    Goroutine* spawn(Closure* function, Channel* promise, bool discarded);
    void unpark(Goroutine* g);
    void abandon_call(Goroutine& g);
    bool grow_stack(Goroutine& g, Value* needed_end); // false: too deep
    void throw_interrupt();
    void throw_cancelled();
    void throw_held(Goroutine& g);
    bool safepoint(Goroutine& g); // collects; true: let others run
    void report_quietly(Value error, const Message& headline,
                        std::string_view event); // unless it is the program's interruption
    std::size_t most_stack_values() const noexcept;

    // Roots
    void trace_young(Tracer& tracer) override;
    void trace_all(Tracer& tracer) override;
    void trace_changed(Tracer& tracer) override;
    void after_mark(Heap& heap) override;
    void after_minor(Heap&) override;

private:
    static constexpr std::int64_t time_slice = 4000; // calls and loop passes between two looks at the others

    Heap& heap() noexcept { return store_.heap; }

    void retire(Goroutine* g);
    void finish(Goroutine& g, bool failed, Value value);
    void ready(Goroutine* g, Resume resume);
    void deliver(Goroutine* g, Value value);
    void stop_waiting(Goroutine& g, Resume how);
    void touch(Goroutine& g);
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
    void pass_on();
    void fire_timers();

    void write_dump(); // inspect.cpp

    // stopping.cpp
    struct StopTimes {
        Clock::time_point peers, handlers, main, end;
    };
    struct Stopping {
        StopTimes times;
        Clock::time_point next_look{};
        // Goroutines that wait for the outside world have, since all of it was found to have finished.
        bool looked_again = false;
        bool main_has_waited = false; // since the signal; it may be awake because of that
        int main_turns = 0;           // that it has had since then
    };
    StopTimes stop_times(Clock::time_point begin) const noexcept;
    bool is_stop_over() const noexcept { return stop_asked_.load(std::memory_order_acquire) && has_stop_ended(); }
    bool has_stop_ended() const noexcept;
    bool may_stop_begin();
    void obey_stop(Goroutine& until);
    void interrupt_main(Goroutine& main);

    bool is_to_stop(const Goroutine& aside) const noexcept;
    void leave_scope(Goroutine& g) noexcept;
    void end_main(Goroutine& main);
    void trace_goroutine(Goroutine& g, Tracer& tracer);
    void refuel();
    void end_if_over();
    [[noreturn]] void end_over(const Message& what, std::string_view limit);

    Machine& machine_;
    Store& store_;
    Output& out_;
    Output& err_;
    Diagnosis& diagnosis_;
    Current& now_;
    std::uint64_t steps_left_ = 0; // beyond the fuel; with a limit
    std::uint64_t step_limit_ = 0; // 0: none
    std::int64_t withheld_ = 0;    // of the fuel, so that a safepoint comes soon

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
    std::vector<Value> at_end_;
    std::unique_ptr<Caught> main_caught_; // between two forms of the program
    std::uint64_t next_goroutine_ = 0;
    const Run* run_ = nullptr; // the innermost
    std::atomic<bool> interrupted_{false};
    std::atomic<bool> time_over_{false}; // set after time_limit_
    std::string time_limit_;
    std::atomic<bool> dump_asked_{false};
    std::atomic<int> interrupting_signal_{0};
    std::atomic<bool> interactive_{false};
    std::atomic<std::int64_t> serving_{-1};
    std::atomic<std::int64_t> preparing_{0};
    bool interrupts_servers_ = false;     // before programs run
    std::atomic<bool> stop_asked_{false}; // set after the next two
    Clock::time_point stop_begins_at_{};  // at the latest
    std::chrono::milliseconds stop_for_peers_{};
    std::optional<Stopping> stop_; // once the scheduler has seen it
    std::size_t told_ = 0;
    bool main_told_ = false;
    bool main_interrupted_ = false;
    bool macro_interrupted_ = false; // one that no goroutine has called
    bool leaves_at_once_ = false;
    Sampler* sampler_ = nullptr;
    std::optional<int> exit_status_;
    bool last_try_ = false; // all that wait for the outside world were asked to look again
};

} // namespace qi
