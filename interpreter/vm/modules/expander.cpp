#include "vm/modules/expander.hpp"

#include "base/messages.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "vm/modules/loader.hpp"

namespace qi {

Result<Value> Expander::expand(Value macro, std::span<const Value> arguments) {
    const auto outcome = vm_.call_alone(static_cast<Macro*>(macro.object())->function, arguments);
    if (outcome.ok) return outcome.value;
    const Value text = is_map(outcome.value) ? map_get(outcome.value, vm_.diagnosis.error_key()) : Value::absent();
    if (is_map(outcome.value))
        lacked_name_ |= map_get(outcome.value, vm_.store.keyword("kind")) == vm_.store.keyword(kind::name.name);
    if (vm_.scheduler.is_interrupted(outcome.value)) return failure(kind::interrupted, msg::interrupted);
    const std::string what = is_string(text) ? std::string(text_of(text)) : shortened(vm_.store, outcome.value);
    return failure(kind::syntax, msg::in_macro, {as_symbol(static_cast<Macro*>(macro.object())->name)->text(), what});
}

bool Expander::may_make(Value macro, Value symbol) const {
    std::vector<Value> pending{static_cast<Macro*>(macro.object())->function};
    while (!pending.empty()) {
        const Value v = pending.back();
        pending.pop_back();
        if (v == symbol || is_map(v) || is_set(v)) return true;
        if (v.is(ObjectKind::Closure)) pending.push_back(Value{static_cast<Closure*>(v.object())->prototype});
        if (v.is(ObjectKind::Prototype))
            for (const Value constant : static_cast<const Prototype*>(v.object())->code->constants)
                pending.push_back(constant);
        if (is_sequential(v))
            for (const Value item : items_of(v)) pending.push_back(item);
        const bool called = v.is(ObjectKind::Variable);
        const Variable* variable = called         ? static_cast<const Variable*>(v.object())
                                   : is_symbol(v) ? vm_.globals.find(v)
                                                  : nullptr;
        if (variable == nullptr || (variable->flags & Variable::Core) != 0) continue;
        if (variable->value.is(ObjectKind::Macro) || (called && variable->value.is(ObjectKind::Closure))) return true;
    }
    return false;
}

/// Tried with the function that would be called.
std::optional<std::string> VmFunctions::pattern_fault(std::string_view text) const {
    const Variable* find = vm_.globals.find(vm_.store.symbol("str/re-find"));
    if (find == nullptr) return std::nullopt;
    const Heap::Hold hold(vm_.heap());
    const Value items[] = {find->value, make_string(vm_.store, text), make_string(vm_.store, std::string_view(""))};
    const auto call = Loader(vm_).compile_datum(make_list(vm_.store, items));
    if (!call) return std::nullopt;
    const auto outcome = vm_.call_alone(*call, {});
    const Value fault =
        !outcome.ok && is_map(outcome.value) ? map_get(outcome.value, vm_.diagnosis.error_key()) : Value::absent();
    if (!is_string(fault)) return std::nullopt;
    return std::string(text_of(fault));
}

} // namespace qi
