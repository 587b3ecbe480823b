// Atoms, errors, the end of the program, fresh names.
#include "core/core.hpp"

#include "data/type_name.hpp"

namespace qi::stdlib {

namespace {

Value throw_error(Call call, Value x) {
    // A map that is an error already is thrown as it is.
    if (is_map(x) && !map_get(x, call.error_key()).is_absent()) return call.raise_value(x);
    return call.raise_value(make_flat_map(
        call.store(), call.store().shapes.extend(call.store().shapes.empty(), call.error_key()), {&x, 1}));
}

/// False: swap! is to try again. Not if its own function has changed the atom.
Result<bool> changed_meanwhile(Call call, const Atom* a) {
    const bool mine = a->length == static_cast<std::uint32_t>(call.goroutine_id() + 1);
    if (mine) return failure_of("swap!", -1, kind::value, msg::swap_nested);
    return false;
}

constexpr Native state_natives[] = {
    native("atom x", "A cell that holds x and can be changed: reset!, swap!.\n@(atom 1) ;=> 1",
           [](Call call, Value x) { return call.make_atom(x); }),
    native("deref a", "What the atom holds; also written @a.\n(deref (atom 1)) ;=> 1",
           [](Call, Atom* a) {
               a->value = a->value.shared(); // swap! may have left it unique
               a->flags = 0;
               return a->value;
           }),
    native("reset! a x", "Sets the atom a to x and returns x.\n(reset! (atom 1) 2) ;=> 2",
           [](Call call, Atom* a, Value x) {
               call.set_atom(a, x);
               return x;
           }),
    native("%compare-and-set! a old new",
           "Sets the atom if it still holds old; whether it did. Fails if this goroutine itself has set it since.",
           [](Call call, Atom* a, Value before, Value after) -> Result<bool> {
               if (!(a->value == before)) return changed_meanwhile(call, a);
               call.set_atom(a, after);
               return true;
           }),
    native("%lend a swap update k f",
           "What the atom a holds, as the first step of (swap! a update k f …); nil if swap! itself must be called.",
           [](Call call, Value a, Value swap, Value update, Value k, Value f) {
               const Value now = call.lend_atom(a, swap, update, k, f);
               return now.is_absent() ? Value::nil() : now;
           }),
    native("%set-lent! a m k x",
           "Sets the item at k of what the atom a holds, if that is still m; whether it did. Fails if this goroutine "
           "itself has set the atom since.",
           [](Call call, Atom* a, Value m, Value k, Value x) -> Result<bool> {
               return call.set_lent(a, m, k, x) ? Result<bool>(true) : changed_meanwhile(call, a);
           }),
    native("error x",
           "Never returns: throws x, a text, an error map, or any value as the error's payload.\n"
           "(try (error \"no\")) ;=> {:error \"no\"}",
           [](Call call, Value x) { return throw_error(call, x); }),
    native("throw x", "The same as (error x): never returns.\n(try (throw \"no\")) ;=> {:error \"no\"}",
           [](Call call, Value x) { return throw_error(call, x); }),
    native("error/trace",
           "The trace of the last error that this goroutine caught, as text: its place and message, and the calls that "
           "led there; nil if it has caught none.\n(do (try (error \"no\")) (str/contains? (error/trace) \"no\")) ;=> "
           "true",
           [](Call call) -> Value {
               std::string text = call.describe_caught();
               return text.empty() ? Value::nil() : make_string(call.store(), std::move(text));
           }),
    native("%defer-to-end f", "Calls f when the program has ended.",
           [](Call call, Value f) {
               call.defer_to_end(f);
               return Value::nil();
           }),
    native("exit status?",
           "Ends the program with this status, 0 to 255, or 0 if none is given; never returns. Deferred code of the "
           "main goroutine runs. Fails with :range.",
           [](Call call, std::optional<std::int64_t> status) {
               const std::int64_t given = status.value_or(0);
               if (given < 0 || given > 255)
                   return call.raise(failure_at(0, kind::range, msg::argument_range,
                                                {"status", format(msg::between, {"0", "255"}), std::to_string(given)}));
               return call.exit(static_cast<int>(given));
           }),
    native(
        "gensym stem?", "A symbol that equals no other; its text begins with stem.\n(symbol? (gensym)) ;=> true",
        [](Call call, std::optional<std::string_view> stem) { return call.store().symbols.fresh(stem.value_or("g")); }),
    native("uvar", "A symbol that equals no other, for writers of macros.\n(symbol? (uvar)) ;=> true",
           [](Call call) { return call.store().symbols.fresh("uvar"); }),
};

} // namespace

void define_state(Setup setup) { setup.define(state_natives); }

} // namespace qi::stdlib
