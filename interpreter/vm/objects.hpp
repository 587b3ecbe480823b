// The kinds that the VM adds: closures, natives, atoms, channels, builders. Interpreter thread only.
#pragma once

#include "compiler/code.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <string_view>

namespace qi {

class Vm;
struct Goroutine;

struct Closure : Object { // length: captured values
    Prototype* prototype;
    Value* captured() noexcept { return reinterpret_cast<Value*>(this + 1); }
    static std::size_t size_of(std::size_t captured) noexcept { return sizeof(Closure) + captured * sizeof(Value); }
};

/// A C++ function that Qi can call: one row of a table (native/native.hpp). A leaf: it never calls Qi code.
struct Native {
    std::string_view usage; // "ws/send conn message"; `?` after optional ones, `…` in front of the rest
    std::string_view doc;
    Value (*call)(Vm&, const Native&, Value* arguments, unsigned count);
    int least;            // arguments
    int most;             // -1: any number
    bool borrows = false; // keeps nothing of its first argument, and gives back nothing of it but items

    constexpr std::string_view name() const noexcept { return usage.substr(0, usage.find(' ')); }
};

struct NativeFunction : Object {
    const Native* native;
};

struct Atom : Object {
    static constexpr std::uint16_t Lent = 1; // its value was unique, and has been given to one (swap! a update …) only
    Value value;
};

/// What has the items of a stream that come from outside, such as a file. stdlib/stream takes them from it.
class StreamSource {
public:
    virtual ~StreamSource() = default;
};

/// A source of items that are used up by taking them: `source`, if there is one, else `pull`, a function without
/// parameters that gives the next one or the end mark of stdlib/stream.
struct Stream : Object {
    Value pull;
    StreamSource* source; // owned; such a stream never moves
};

/// Goroutines that end together. Never moves.
struct Scope : Object {
    static constexpr std::uint16_t Cancelled = 1;
    Goroutine* first; // of those that run in it
    bool cancelled() const noexcept { return (flags & Cancelled) != 0; }
};

/// A collection under construction; only natives whose names begin with % see it.
struct Builder : Object { // length: items so far
    Value items;          // Array, never full beyond its length
};

/// One goroutine in one queue: of a channel, or of what comes from outside.
struct Waiter {
    Goroutine* goroutine = nullptr;
    struct WaitQueue* queue = nullptr; // that it is in
    Waiter* previous = nullptr;
    Waiter* next = nullptr;
    Value value; // of a sender
};

/// First come, first served.
struct WaitQueue {
    Waiter* first = nullptr;
    Waiter* last = nullptr;

    bool empty() const noexcept { return first == nullptr; }
    void push(Waiter* waiter) noexcept;
    void remove(Waiter* waiter) noexcept;
};

/// Never moves: goroutines wait in its queues.
struct Channel : Object {
    static constexpr std::uint16_t Closed = 1;
    static constexpr std::uint16_t Promise = 2;    // holds the value of a goroutine, forever
    static constexpr std::uint16_t Overlooked = 4; // the promise's error isn't reported
    static constexpr std::uint16_t Failed = 8;     // the value is an error that wasn't caught
    static constexpr std::uint16_t View = 16;      // shows what waits outside: filled when it is read
    static constexpr std::uint16_t Cancelled = 32; // its goroutine was asked to end
    static constexpr std::uint32_t unbounded = 0xFFFFFFFFu;

    std::uint32_t capacity;
    std::uint32_t count;
    std::uint32_t head;      // in the ring
    std::uint32_t ring_size; // a power of two; 0: `inline_value` is all there is
    Value* ring;             // owned
    Value inline_value;
    WaitQueue receivers;
    WaitQueue senders;
    WaitQueue selectors;
    Goroutine* runner; // whose promise it is, until that has ended

    bool closed() const noexcept { return (flags & Closed) != 0; }
    /// Something to take, or the certainty that nothing will come. Scheduler::is_ready asks the source of a view first.
    bool ready() const noexcept { return count > 0 || !senders.empty() || closed(); }
    Value peek() const noexcept { return ring_size == 0 ? inline_value : ring[head]; }
};

/// Fills in the kinds of this floor.
void add_vm_kinds(KindTable& kinds);

/// How the printer shows the kinds of this floor.
struct Description describe_vm_kind(const Object* object);

} // namespace qi
