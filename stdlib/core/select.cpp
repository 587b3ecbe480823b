// Waiting for channels whose number is known only while running; scopes. What takes a function is in go.qi.
#include "core/core.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"
#include "native/units.hpp"

namespace qi::stdlib {

namespace {

/// Waits until one of the channels has a value, takes it, and gives [index value]; nil when the time is over.
Value take_first(Vm& vm, Value channels, Value timeout) {
    auto items = items_of(channels);
    if (items.empty() && timeout.is_nil()) return vm.raise(failure(kind::arity, msg::select_empty));
    std::optional<Clock::time_point> deadline;
    if (!timeout.is_nil()) {
        const auto duration = duration_of(vm, called_name(vm, ""), 0, timeout);
        if (!duration) return vm.raise(duration.error());
        deadline = vm.deadline_after(*duration);
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!items[i].is(ObjectKind::Channel)) return vm.raise(failure(kind::type, msg::argument_type, {called_name(vm, ""), msg::type_channel.text(), describe_value(vm.store, items[i])}));
        auto* channel = static_cast<Channel*>(items[i].object());
        if (!vm.is_ready(channel)) continue;
        const Value taken = vm.try_receive(channel);
        if (taken.is_absent()) return vm.raise(failure(kind::closed, msg::channel_closed, {called_name(vm, "")}));
        const Value pair[] = {Value::small(static_cast<std::int64_t>(i)), taken};
        return make_vector(vm.store, pair);
    }
    if (vm.resumption() == Resume::TimedOut) return Value::nil();
    vm.select(vm.current(), items.data(), static_cast<unsigned>(items.size()));
    return deadline ? vm.park_until(*deadline) : Value::parked();
}

constexpr Native rows[] = {
    native("%take-first channels timeout", "[index value] of the first channel that has one; nil when the time is over.",
           [](Vm& vm, Sequence channels, Value timeout) { return take_first(vm, channels, timeout); }),
    native("%channel ch", "The channel itself; an error about the caller's argument if it is none.", [](Vm&, Channel* ch) { return Value{ch}; }),
    native("%promise? ch", "Whether the channel is a promise.", [](Vm&, Channel* ch) { return (ch->flags & Channel::Promise) != 0; }),
    native("%at-least least n", "n; an error about the caller's argument if it is less.",
           [](Vm& vm, std::int64_t least, std::int64_t n) -> Result<std::int64_t> {
               if (n < least) return failure(kind::range, msg::argument_range, {called_name(vm, ""), "n", "≥ " + std::to_string(least), std::to_string(n)});
               return n;
           }),
    native("go/make-scope", "A scope: goroutines started in it learn when it is cancelled.\n(go/cancelled? (go/make-scope)) ;=> false",
           [](Vm& vm) { return Value{vm.heap().make_fixed<Scope>(ObjectKind::Scope)}; }),
    native("go/cancel! scope", "Cancels the scope; nil. Its goroutines go on until they ask go/cancelled?; their promises give nil.\n(go/cancel! (go/make-scope)) ;=> nil",
           [](Vm&, Scope* scope) {
               scope->flags |= Scope::Cancelled;
               return Value::nil();
           }),
    native("go/cancelled? scope", "Whether the scope was cancelled.\n(let [s (go/make-scope)] (go/cancel! s) (go/cancelled? s)) ;=> true", [](Vm&, Scope* scope) { return scope->cancelled(); }),
};

} // namespace

void define_select(Vm& vm) { define_natives(vm, rows); }

} // namespace qi::stdlib
