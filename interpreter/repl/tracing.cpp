#include "repl/tracing.hpp"

#include "data/list.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/type_name.hpp"
#include "native/native.hpp"
#include "repl/messages.hpp"
#include "vm/modules/loader.hpp"

#include <algorithm>

namespace qi {

namespace {

// The deferred part also runs when the call throws.
constexpr std::string_view wrapper = "(fn [%name %function] (fn [& %arguments] (%trace-enter %name %arguments) (defer "
                                     "(%trace-leave)) (%trace-result (apply %function %arguments))))";

constexpr Native tracing_natives[] = {
    native("%trace-enter name arguments", "A traced call begins.",
           [](Call call, std::string_view name, Value arguments) {
               call.extension<Tracing>().enter(name, arguments);
               return Value::nil();
           }),
    native("%trace-result value", "A traced call has this value.",
           [](Call call, Value value) {
               call.extension<Tracing>().result(value);
               return value;
           }),
    native("%trace-leave", "A traced call ends.",
           [](Call call) {
               call.extension<Tracing>().leave();
               return Value::nil();
           }),
};

constexpr std::size_t most_shown = 200; // characters of an argument or a result

} // namespace

Tracing::Tracing(Vm& vm) : vm_(vm), traced_(empty_map(vm.store)) {
    vm.keep(&traced_);
    vm.set_extension(this);
    vm.globals.set_defining_core(true);
    Setup(vm).define(tracing_natives);
    vm.globals.set_defining_core(false);
}

Result<void> Tracing::trace(Value symbol) {
    Variable* variable = vm_.globals.find(symbol);
    const std::string name(as_symbol(symbol)->text());
    const Value function = variable->value;
    if (!function.is(ObjectKind::Closure) && !function.is(ObjectKind::Native))
        return failure(kind::type, msg::cannot_trace,
                       {name, function.is(ObjectKind::Macro) ? std::string(msg::is_macro.text())
                                                             : describe_value(vm_.store, function)});
    if (const Value known = map_get(traced_, symbol); !known.is_absent() && items_of(known)[1] == function) return {};
    auto made = Loader(vm_).compile_text(wrapper);
    if (!made) return made.error();
    auto outcome = vm_.call(*made, {}); // the function that makes wrappers
    if (!outcome.ok) return worded(kind::none, vm_.diagnosis.describe_error(outcome.value));
    const Value arguments[] = {make_string(vm_.store, name), variable->value};
    outcome = vm_.call(outcome.value, arguments);
    if (!outcome.ok) return worded(kind::none, vm_.diagnosis.describe_error(outcome.value));
    const Value pair[] = {variable->value, outcome.value};
    vm_.globals.set(variable, outcome.value);
    traced_ = map_assoc(vm_.store, traced_, symbol, make_vector(vm_.store, pair));
    return {};
}

bool Tracing::untrace(Value symbol) {
    const Value known = map_get(traced_, symbol);
    if (known.is_absent()) return false;
    Variable* variable = vm_.globals.find(symbol);
    const std::vector<Value> pair = items_of(known);
    if (variable != nullptr && variable->value == pair[1])
        vm_.globals.set(variable, pair[0]); // else it was defined anew
    traced_ = map_dissoc(vm_.store, traced_, symbol);
    return true;
}

std::vector<std::string> Tracing::names() const {
    std::vector<std::string> names;
    MapCursor cursor(traced_);
    for (Value name, pair; cursor.next(name, pair);) names.emplace_back(as_symbol(name)->text());
    std::sort(names.begin(), names.end());
    return names;
}

std::size_t Tracing::depth() const {
    const std::uint64_t id = vm_.current().id;
    return static_cast<std::size_t>(
        std::count_if(calls_.begin(), calls_.end(), [&](const TracedCall& call) { return call.goroutine == id; }));
}

Tracing::TracedCall* Tracing::innermost() {
    const std::uint64_t id = vm_.current().id;
    const auto found =
        std::find_if(calls_.rbegin(), calls_.rend(), [&](const TracedCall& call) { return call.goroutine == id; });
    return found == calls_.rend() ? nullptr : &*found;
}

std::string Tracing::margin(std::size_t depth) const {
    const std::uint64_t id = vm_.current().id;
    std::string text = colours ? "\033[2m" : "";
    if (id != 0) text += "go " + std::to_string(id) + " ";
    constexpr std::size_t deepest = 30;
    for (std::size_t i = 0; i < std::min(depth, deepest); ++i) text += "│ ";
    if (depth > deepest) text += "… " + std::to_string(depth) + " ";
    return text + (colours ? "\033[0m" : "");
}

void Tracing::enter(std::string_view name, Value arguments) {
    std::string line = margin(depth()) + "(" + std::string(name);
    for (const Value argument : items_of(arguments)) line += " " + shortened(vm_.store, argument, most_shown);
    vm_.out.write(line + ")\n");
    calls_.push_back({vm_.current().id, std::string(name), false});
}

void Tracing::result(Value value) {
    TracedCall* call = innermost();
    if (call == nullptr) return;
    call->told = true;
    vm_.out.write(margin(depth() - 1) + "→ " + shortened(vm_.store, value, most_shown) + "\n");
}

void Tracing::leave() {
    TracedCall* call = innermost();
    if (call == nullptr) return;
    if (!call->told)
        vm_.out.write(margin(depth() - 1) + "✗ " + call->name + " " + std::string(msg::trace_threw.text()) + "\n");
    calls_.erase(calls_.begin() + (call - calls_.data()));
}

} // namespace qi
