#include "vm/expander.hpp"

#include "base/messages.hpp"
#include "data/map.hpp"
#include "data/print.hpp"
#include "data/string.hpp"

namespace qi {

Result<Value> Expander::expand(Value macro, std::span<const Value> arguments) {
    const auto outcome = vm_.call(static_cast<Macro*>(macro.object())->function, arguments);
    if (outcome.ok) return outcome.value;
    const Value text = is_map(outcome.value) ? map_get(outcome.value, vm_.error_key()) : Value::absent();
    const std::string what = is_string(text) ? std::string(text_of(text)) : shortened(vm_.store, outcome.value);
    return failure(kind::syntax, msg::in_macro, {as_symbol(static_cast<Macro*>(macro.object())->name)->text(), what});
}

} // namespace qi
