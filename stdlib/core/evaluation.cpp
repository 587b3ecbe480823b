// Data as programs: eval and macroexpand.
#include "core/core.hpp"

#include "data/type_name.hpp"

namespace qi::stdlib {

namespace {

Value eval(Call call, Value x) {
    auto compiled = is_string(x) ? call.compile_text(text_of(x)) : call.compile_datum(x);
    if (!compiled) return call.raise(compiled.error());
    return call.call_instead(*compiled, {});
}

/// `(defn name doc? [parameters] body…)` as the `def` that it is short for.
Value expand_defn(Call call, Value form) {
    const std::vector<Value> items = items_of(form);
    const std::size_t parameters = items.size() > 2 && is_vector(items[2]) ? 2 : 3;
    if (items.size() <= parameters || !is_vector(items[parameters])) return form;
    std::vector<Value> function{call.names().fn};
    function.insert(function.end(), items.begin() + static_cast<std::ptrdiff_t>(parameters), items.end());
    return make_list(call.store(), std::vector<Value>{call.names().def, items[1], make_list(call.store(), function)});
}

/// A call of a macro is that macro's function called with the forms, `defn` the `def` behind it; anything else is what
/// it is.
Value macroexpand(Call call, Value form) {
    if (!is_nonempty_list(form)) return form;
    const Value head = list_first(form);
    if (!is_symbol(head)) return form;
    if (head == call.names().defn || head == call.names().defn_private) return expand_defn(call, form);
    const Variable* variable = call.find_global(head);
    if (variable == nullptr || !variable->value.is(ObjectKind::Macro)) return form;
    return call.call_instead(static_cast<Macro*>(variable->value.object())->function,
                             items_of(list_rest(call.store(), form)));
}

constexpr Native evaluation_natives[] = {
    native("eval x",
           "The value of x, data or the first form of a text, evaluated in the global scope. Fails with :syntax, or as "
           "x does.\n"
           "(eval '(+ 1 2)) ;=> 3",
           [](Call call, Value x) { return eval(call, x); }),
    native("macroexpand form",
           "The macro call form expanded once; another form as it is.\n(macroexpand '(inc 1)) ;=> (inc 1)",
           [](Call call, Value form) { return macroexpand(call, form); }),
};

} // namespace

void define_evaluation(Setup setup) { setup.define(evaluation_natives); }

} // namespace qi::stdlib
