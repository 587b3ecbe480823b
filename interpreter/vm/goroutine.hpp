// A goroutine: a stack of values with its frames in it, and what it waits for.
//
// A frame's registers begin at `base`. Below them are three words: base[-3] the closure that runs (and where its
// result goes: it is the caller's register A), base[-2] the caller's next instruction, base[-1] how far the caller's
// base is below. All three are ordinary values, so the stack is scanned from bottom to top without knowing frames.
// Interpreter thread only.
#pragma once

#include "compiler/opcode.hpp"
#include "vm/objects.hpp"
#include "vm/wait.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace qi {

using Clock = std::chrono::steady_clock;

/// Where an error was thrown: frames, innermost first, repeated ones folded.
struct TraceFrame {
    Prototype* prototype = nullptr;
    std::uint32_t offset = 0; // of the instruction
    std::uint64_t repeats = 0;
};

struct Trace {
    std::vector<TraceFrame> frames;
    std::uint64_t omitted = 0;
    Prototype* started_in = nullptr;
    std::uint32_t started_offset = 0;
    int argument = -1;
    std::string note; // a hint for the reader, e.g. the near names
    std::string told; // the whole text, if the error comes from another goroutine
};

/// An error that waits until the deferred code of the frame it passes through is done.
struct Suspended {
    Trace trace;
    bool uncatchable;
};

/// What a goroutine caught last, for (error/trace).
struct Caught {
    Value error;
    Trace trace;
    std::string text; // of an awaited goroutine's error: it has been reported already
};

/// Where control goes when something is thrown.
struct Handler {
    enum What : std::uint8_t { Catch, Keep, Report }; // B of the Try instruction
    std::size_t base;                                 // of the frame, from the stack's bottom
    const Word* target;
    std::uint8_t reg; // gets the error map
    What what;
};

/// What a goroutine finds when it runs again.
enum class Resume : std::uint8_t {
    Continue,  // at the saved instruction
    Deliver,   // the parked call's value is in `delivered`
    Retry,     // the parked call is made once more: things have changed
    TimedOut,  // … and its time is over
    Raise,     // throw what is in `delivered`
    Interrupt, // throw what `try` doesn't catch: Ctrl-C
    Cancel,    // … that it was asked to end
};

struct Goroutine;
using Timers = std::multimap<Clock::time_point, struct TimerTarget>;

struct TimerTarget {
    Goroutine* goroutine;
    Channel* channel; // of go/timeout; held weakly
};

struct StackFree {
    void operator()(Value* stack) const noexcept { std::free(stack); }
};

struct Goroutine {
    std::uint64_t id = 0;
    // The stack
    std::unique_ptr<Value[], StackFree> stack;
    std::size_t capacity = 0; // values
    Value* limit = nullptr;   // frames must end below; everything from the top frame up to here is nil or stale
    Value* base = nullptr;
    const Word* pc = nullptr; // the instruction that runs or waits
    std::vector<Handler> handlers;
    std::vector<Suspended> suspended;

    // Waiting
    enum class Status : std::uint8_t { Ready, Running, Parked, Done } status = Status::Ready;
    Resume resume = Resume::Continue;
    Waiter waiter;                       // in one channel, or for something outside …
    std::unique_ptr<Waiter[]> selecting; // … or in several
    std::uint32_t selecting_count = 0;
    Wait* wait = nullptr;           // for what comes from outside, in whose queue the waiter is
    Abandon abandon = nullptr;      // of the parked call, until that has come to its end
    std::int64_t waited_number = 0; // of what it waited for last, for that
    std::optional<Timers::iterator> timer;
    std::optional<Clock::time_point> deadline; // of the parked call, kept over its retries
    std::int64_t note = 0;                     // what a parked native wants to remember for its retry
    Value delivered;

    Channel* promise = nullptr;
    bool discarded = false;   // no code has the promise
    bool uncatchable = false; // what it is throwing passes through `try`
    Value held =
        Value::absent();     // the uncatchable error that came while deferred code ran; thrown once that has finished
    bool cancel_due = false; // its next wait is to be thrown out of
    bool ending = false;     // the main program, on its way to (exit)
    bool told_of_stop = false;
    bool aside = false;        // it runs a macro: what interrupts the program ends it, and is still the program's
    bool told_to_stop = false; // … and has reached it
    bool young_dirty = false;  // may hold young values
    bool mark_dirty = false;   // ran since marking looked at it
    std::uint32_t index = 0;   // among all goroutines
    Prototype* started_in = nullptr;
    const Word* started_at = nullptr;

    std::unique_ptr<Caught> caught;
    Scope* scope = nullptr; // that it runs in, among others:
    Goroutine* scope_previous = nullptr;
    Goroutine* scope_next = nullptr;

    Goroutine* next_ready = nullptr;

    /// What a frame has deferred runs now: it can't be cancelled.
    bool runs_deferred() const noexcept {
        return std::any_of(handlers.begin(), handlers.end(),
                           [](const Handler& handler) { return handler.what == Handler::Report; });
    }
};

/// What runs now, and how far. The machine, the scheduler and the diagnosis share it.
struct Current {
    Goroutine* goroutine = nullptr; // null: none
    std::int64_t fuel = 0;          // calls and loop passes until the next look at the others
    Resume resumption = Resume::Continue;
    const Native* applied = nullptr; // runs in place of the one that is called
    bool failed = false;             // the goroutine that just stopped did so with an error
};

inline Closure* frame_closure(const Value* base) noexcept { return static_cast<Closure*>(base[-3].object()); }

} // namespace qi
