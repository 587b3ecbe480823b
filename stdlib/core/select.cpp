// Waiting for channels whose number is known only while running; scopes. What takes a function is in go.qi.
#include "core/core.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"
#include "native/units.hpp"

#include <cassert>

namespace qi::stdlib {

namespace {

/// Takes the value of the channel, which is ready: [index value].
Value take_ready(Call call, std::span<const Value> channels, std::size_t index) {
    const Value taken = call.try_receive(static_cast<Channel*>(channels[index].object()));
    if (taken.is_absent()) return call.raise(failure(kind::closed, msg::channel_closed));
    const Value pair[] = {Value::small(static_cast<std::int64_t>(index)), taken};
    return make_vector(call.store(), pair);
}

/// Waits until one of the channels has a value, takes it, and gives [index value]; nil when the time is over.
Value take_first(Call call, Value channels, Value timeout) {
    auto items = items_of(channels);
    if (items.empty() && timeout.is_nil()) return call.raise(failure(kind::arity, msg::select_empty));
    std::optional<Clock::time_point> deadline;
    if (!timeout.is_nil()) {
        const auto duration = duration_of(call, 0, timeout);
        if (!duration) return call.raise(duration.error());
        deadline = call.deadline_after(*duration);
    }
    for (const Value item : items)
        if (!item.is(ObjectKind::Channel))
            return call.raise(failure(kind::type, msg::argument_type,
                                      {msg::type_channel.text(), describe_value(call.store(), item)}));
    if (call.resumption() == Resume::TimedOut) {
        for (std::size_t i = 0; i < items.size(); ++i)
            if (call.is_ready(static_cast<Channel*>(items[i].object()))) return take_ready(call, items, i);
        return Value::nil();
    }
    const int ready = call.select(items);
    assert(ready != -1); // all are channels
    // Only what it says counts: while it looked, a value may have come, or looking at one may have ended another.
    if (ready >= 0) return take_ready(call, items, static_cast<std::size_t>(ready));
    return deadline ? call.park_until(*deadline) : Value::parked();
}

bool is_promise(Value x) {
    return x.is(ObjectKind::Channel) && (static_cast<Channel*>(x.object())->flags & Channel::Promise) != 0;
}

Value neither(Call call, Value x) {
    return call.raise(failure_at(0, kind::type, msg::argument_type,
                                 {msg::type_scope_or_promise.text(), describe_value(call.store(), x)}));
}

Value cancel(Call call, Value x) {
    if (is_promise(x)) return call.cancel(static_cast<Channel*>(x.object()));
    if (!x.is(ObjectKind::Scope)) return neither(call, x);
    call.cancel(static_cast<Scope*>(x.object()));
    return Value::nil();
}

Value is_cancelled(Call call, Value x) {
    if (is_promise(x)) return Value::boolean((static_cast<Channel*>(x.object())->flags & Channel::Cancelled) != 0);
    if (!x.is(ObjectKind::Scope)) return neither(call, x);
    return Value::boolean(static_cast<Scope*>(x.object())->cancelled());
}

constexpr Native select_natives[] = {
    native("%take-first channels timeout",
           "[index value] of the first channel that has one; nil when the time is over.",
           [](Call call, Sequence channels, Value timeout) { return take_first(call, channels, timeout); }),
    native("%overlook channels", "Those of the channels that are promises may fail without a report.",
           [](Call call, Sequence channels) {
               for (const Value channel : items_of(channels))
                   if (is_promise(channel)) call.overlook(static_cast<Channel*>(channel.object()));
               return Value::nil();
           }),
    native("%channel ch", "The channel itself; an error about the caller's argument if it is none.",
           [](Call, Channel* ch) { return Value{ch}; }),
    native("%function f", "f itself; an error about the caller's argument if it can't be called.",
           [](Call, Callable f) { return f.value; }),
    native("%fail-as error", "Fails with this error once more, where it was thrown.",
           [](Call call, Value error) { return call.raise_again(error); }),
    native("%remember error", "The error, which has just been caught, itself: it is known where it was thrown.",
           [](Call call, Value error) {
               call.remember_caught(error);
               return error;
           }),
    native("%promise? ch", "Whether the channel is a promise.",
           [](Call, Channel* ch) { return (ch->flags & Channel::Promise) != 0; }),
    native("%at-least least n", "n; an error about the caller's argument if it is less.",
           [](Call, std::int64_t least, std::int64_t n) -> Result<std::int64_t> {
               if (n < least)
                   return failure(kind::range, msg::argument_range,
                                  {"n", "≥ " + std::to_string(least), std::to_string(n)});
               return n;
           }),
    native("go/make-scope",
           "A scope: goroutines started in it end when it is cancelled.\n(go/cancelled? (go/make-scope)) ;=> false",
           [](Call call) { return Value{call.make_scope()}; }),
    native(
        "go/cancel! x",
        "Cancels x, a scope or the goroutine of a promise; nil. Waiting goroutines run their deferred code and end "
        "with the error :cancelled, which try doesn't catch; their promise then holds that error, or nil in a scope. "
        "Busy goroutines of a scope continue until they wait or call go/cancelled?.\n(let [p (go (sleep \"1h\"))] "
        "(go/cancel! p) (get (go/await p) :kind)) ;=> :cancelled",
        [](Call call, Value x) { return cancel(call, x); }),
    native("go/cancelled? x",
           "Whether x, a scope or the goroutine of a promise, was cancelled.\n(let [s (go/make-scope)] (go/cancel! s) "
           "(go/cancelled? s)) ;=> true",
           [](Call call, Value x) { return is_cancelled(call, x); }),
    native("%join scope", "The running goroutine is of this scope from now on.",
           [](Call call, Scope* scope) { return call.join(scope); }),
    native("%scope scope", "The scope itself; an error about the caller's argument if it is none.",
           [](Call, Scope* scope) { return Value{scope}; }),
};

} // namespace

void define_select(Setup setup) { setup.define(select_natives); }

} // namespace qi::stdlib
