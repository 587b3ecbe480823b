#include "vm/expander.hpp"

#include "base/messages.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "vm/loader.hpp"

namespace qi {

Result<Value> Expander::expand(Value macro, std::span<const Value> arguments) {
    const auto outcome = vm_.call_alone(static_cast<Macro*>(macro.object())->function, arguments);
    if (outcome.ok && !vm_.exit_status()) return outcome.value;
    const Value text = is_map(outcome.value) ? map_get(outcome.value, vm_.error_key()) : Value::absent();
    if (is_map(outcome.value))
        lacked_name_ |= map_get(outcome.value, vm_.store.keyword("kind")) == vm_.store.keyword(kind::name.name);
    const std::string what = is_string(text) ? std::string(text_of(text)) : shortened(vm_.store, outcome.value);
    return failure(kind::syntax, msg::in_macro, {as_symbol(static_cast<Macro*>(macro.object())->name)->text(), what});
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
        !outcome.ok && is_map(outcome.value) ? map_get(outcome.value, vm_.error_key()) : Value::absent();
    if (!is_string(fault)) return std::nullopt;
    return std::string(text_of(fault));
}

} // namespace qi
