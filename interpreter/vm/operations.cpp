// What instructions do in their less usual cases: mixed arithmetic, look-ups outside the cache, calls of keywords,
// patterns that don't fit.
#include "base/elsewhere.hpp"
#include "base/messages.hpp"
#include "data/equality.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/print.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/type_name.hpp"
#include "vm/vm.hpp"

namespace qi {

void Vm::bind_core_functions() {
    for (std::size_t i = 0; i < std::size(core_instructions); ++i)
        if (const Variable* variable = globals.find_made(store.symbol(core_instructions[i].name)))
            core_functions_[i] = static_cast<NativeFunction*>(variable->value.object())->native;
}

const Native& Vm::core_function(Opcode op) const noexcept { return *core_functions_[core_row(op)]; }

Value Vm::call_core(Opcode op, std::vector<Value>& arguments) {
    const Native& native = core_function(op);
    try {
        return native.call(*this, native, arguments.data(), static_cast<unsigned>(arguments.size()));
    } catch (...) {
        return native_threw();
    }
}

Value Vm::add_next(Opcode op, Value a, Value b, unsigned index, Value neutral) {
    std::vector<Value> arguments(index + 1, neutral);
    arguments.front() = a;
    arguments.back() = b;
    return call_core(op, arguments);
}

/// `to` is a map or a vector with items, which the pairs before have made.
Value Vm::assoc_next(Value to, Value key, Value value, unsigned index) {
    std::vector<Value> arguments{to};
    while (arguments.size() < index) { // what is always possible
        arguments.push_back(Value::small(0));
        arguments.push_back(Value::nil());
    }
    arguments.push_back(key);
    arguments.push_back(value);
    return call_core(Opcode::Assoc, arguments);
}

int Vm::compare_values(Opcode op, Value a, Value b, bool swapped) {
    switch (compare(a, b)) {
    case Order::Less: return 1;
    case Order::Equal: return op == Opcode::JumpLess ? 0 : 1;
    case Order::Greater:
    case Order::Unordered: return 0;
    case Order::Incomparable: break;
    }
    if (swapped) std::swap(a, b);
    const std::string_view name = op == Opcode::JumpLess ? (swapped ? ">" : "<") : (swapped ? ">=" : "<=");
    const bool first_is_fine = is_number(a) || is_string(a);
    const Value wrong = first_is_fine ? b : a;
    const Message& wanted = first_is_fine && is_string(a) ? msg::type_string : msg::type_number;
    diagnosis.raise(failure_of(name, first_is_fine ? 1 : 0, kind::type, msg::argument_type,
                               {wanted.text(), describe_value(store, wrong)}));
    return -1;
}

/// As a look-up, remembering where in the shape the key was. Absent: it isn't there.
Value Vm::get_cached(Value map, Value key, InlineCache& cache) {
    if (map.object()->kind != ObjectKind::FlatMap) return map_lookup(store, map, key);
    const auto* flat = static_cast<FlatMap*>(map.object());
    const int at = shape_lookup(store, flat->shape, key);
    if (at < 0) return Value::absent();
    cache = {flat->shape->id, static_cast<std::uint64_t>(at)};
    return flat->values()[at];
}

/// Of a pattern's key: what keywords find when looked up, but a string itself alone.
Value Vm::match_key(Value map, Value key, InlineCache& cache) {
    if (!is_string(key)) return get_cached(map, key, cache);
    if (map.object()->kind != ObjectKind::FlatMap) return map_get(map, key);
    const auto* flat = static_cast<FlatMap*>(map.object());
    const int at = flat->shape->find(key);
    if (at < 0) return Value::absent();
    cache = {flat->shape->id, static_cast<std::uint64_t>(at)};
    return flat->values()[at];
}

Value Vm::outer_value(const Variable* variable) {
    const Value value = globals.outer_value(variable);
    return value.is_absent() ? undefined_error(variable->name, variable) : value;
}

Value Vm::undefined_error(Value name, const Variable* variable) {
    const auto text = as_symbol(name)->text();
    return diagnosis.raise(failure(kind::name, msg::no_such_variable, {text}),
                           name_hint(text, globals.near_names(text, variable)));
}

/// Calls of anything but functions: keywords and strings look themselves up, sets ask for membership.
Value Vm::call_value(Value callee, Value* arguments, unsigned count, bool& handled) {
    handled = true;
    if (is_keyword(callee) || is_string(callee)) {
        if (count != 1)
            return diagnosis.raise(
                failure(kind::arity, msg::named_arity, {"1", std::to_string(count), readable(store, callee)}));
        if (!is_map(arguments[0]))
            return diagnosis.raise(failure_of(readable(store, callee), 0, kind::type, msg::argument_type,
                                              {msg::type_map.text(), describe_value(store, arguments[0])}));
        const Value value = map_lookup(store, arguments[0], callee);
        if (value.is_absent())
            return diagnosis.raise(
                failure(kind::key, msg::missing_key, {readable(store, callee), shortened(store, arguments[0])}),
                format(msg::missing_key_hint, {readable(store, callee)}));
        return value;
    }
    if (is_set(callee) && count == 1) return Value::boolean(!map_get(set_members(callee), arguments[0]).is_absent());
    handled = false;
    return diagnosis.raise(failure(kind::type, msg::not_callable, {describe_value(store, callee)}));
}

Value Vm::check_items(Value value, unsigned count, bool at_least) {
    if (!is_sequential(value))
        return diagnosis.raise(
            failure(kind::type, msg::pattern_type, {msg::type_sequence.text(), describe_value(store, value)}));
    const std::size_t has = sequence_count(value);
    if (at_least ? has >= count : has == count) return Value::nil();
    std::string wanted = std::to_string(count);
    if (at_least) wanted = format(msg::at_least, {wanted});
    return diagnosis.raise(
        failure(kind::range, msg::pattern_count, {wanted, std::to_string(has), shortened(store, value)}));
}

namespace {

/// Not what stands in its variable while it is traced.
bool is_library_function(Value function, std::string_view name) noexcept {
    return function.is(ObjectKind::Closure) && static_cast<Closure*>(function.object())->prototype->code->name == name;
}

/// An item of the collection can be set by the key without an error, and without making it longer but for a map.
bool can_be_set(Value collection, Value key) {
    if (is_map(collection)) return can_be_key(key);
    return is_vector(collection) && key.is_small() && key.as_small() >= 0 &&
           static_cast<std::uint64_t>(key.as_small()) < vector_count(collection);
}

} // namespace

/// What (swap! atom assoc key value) or (swap! atom conj item) does, if that can neither fail nor call anything else.
/// What an atom holds stays unique until somebody asks for it: nobody does here. False: nothing was done.
bool Vm::swap_in_place(const Variable& swap, const Value* arguments, unsigned count) {
    if (!arguments[0].is(ObjectKind::Atom) || !arguments[1].is(ObjectKind::Native)) return false;
    if (!is_library_function(swap.value, "swap!")) return false;
    auto* const atom = static_cast<Atom*>(arguments[0].object());
    const bool assoc = count == 4;
    if (static_cast<NativeFunction*>(arguments[1].object())->native !=
        &core_function(assoc ? Opcode::Assoc : Opcode::Conj))
        return false;
    const Value now = atom->value, first = arguments[2];
    Value changed = Value::absent();
    if (assoc) {
        if (is_map(now) && can_be_key(first)) {
            changed = map_assoc_own(store, now, first, arguments[3]);
        } else if (is_vector(now) && first.is_small()) {
            const auto index = static_cast<std::uint64_t>(first.as_small()); // a negative one is larger than any
            if (index < vector_count(now)) changed = vector_set_own(store, now, index, arguments[3]);
        }
    } else if (is_vector(now)) {
        changed = vector_push_own(store, now, first);
    } else if (is_set(now) && can_be_key(first)) {
        changed = set_add_own(store, now, first);
    }
    if (changed.is_absent()) return false;
    set_atom(atom, changed);
    return true;
}

/// What the atom holds, unique if it was, as the first step of (swap! atom update key f …). Absent: that may fail in
/// ways of its own. If the atom's value is what this gave and still lent when `f` is done, nobody has seen it since.
Value Vm::lend_atom(Value atom, Value swap, Value update, Value key, Value f) {
    if (!atom.is(ObjectKind::Atom) || !is_library_function(swap, "swap!") || !is_library_function(update, "update"))
        return Value::absent();
    if (!f.is(ObjectKind::Closure) && !f.is(ObjectKind::Native)) return Value::absent();
    auto* const a = static_cast<Atom*>(atom.object());
    const Value now = a->value;
    if (!can_be_set(now, key)) return Value::absent();
    a->flags = now.is_unique() ? Atom::Lent : 0;
    a->value = now.shared();
    return now;
}

/// The last step: the item at the key is `item` now. False: the atom doesn't hold `now` any more.
bool Vm::set_lent(Atom* atom, Value now, Value key, Value item) {
    if (!(atom->value == now) || !can_be_set(now, key)) return false;
    if ((atom->flags & Atom::Lent) != 0) now = Value::unique(now.object());
    if (is_vector(now)) {
        set_atom(atom, vector_set_own(store, now, static_cast<std::uint64_t>(key.as_small()), item));
        return true;
    }
    Value found = key;
    if (key.is_object() && !is_last_entry(store, now, key) && map_lookup(store, now, key, &found).is_absent())
        found = key;
    set_atom(atom, map_assoc_own(store, now, found, item));
    return true;
}

Value Vm::rest_from(Value sequence, unsigned from) {
    if (is_vector(sequence)) {
        const std::vector<Value> items = items_of(sequence);
        return make_list(store, std::span<const Value>(items).subspan(from));
    }
    return list_from(store, sequence, from);
}

Value Vm::need_key(Value map, Value key) {
    if (!is_map(map))
        return diagnosis.raise(
            failure(kind::type, msg::pattern_type, {msg::type_map.text(), describe_value(store, map)}));
    const Value value = is_string(key) ? map_get(map, key) : map_lookup(store, map, key);
    if (value.is_absent())
        return diagnosis.raise(failure(kind::key, msg::missing_key, {readable(store, key), shortened(store, map)}));
    return value;
}

void Vm::raise_no_match(Value value) {
    diagnosis.raise(failure(kind::no_match, msg::no_match, {shortened(store, value)}));
}

Value Vm::make_map(Shape* shape, const Value* values) { return make_flat_map(store, shape, {values, shape->length}); }

bool Vm::put_map(Value& map, const Value* pairs, unsigned count) {
    Value made = map;
    for (unsigned i = 0; i < 2 * count; i += 2) {
        if (!can_be_key(pairs[i])) {
            diagnosis.raise(failure(kind::type, msg::bad_key, {describe_value(store, pairs[i])}));
            return false;
        }
        made = map_assoc(store, made, pairs[i], pairs[i + 1]);
    }
    map = made;
    return true;
}

Value Vm::make_set(const Value* values, Value onto, unsigned count) {
    Value members = onto.is_absent() ? empty_map(store) : set_members(onto);
    for (unsigned i = 0; i < count; ++i) {
        if (!can_be_key(values[i]))
            return diagnosis.raise(failure(kind::type, msg::bad_key, {describe_value(store, values[i])}));
        members = map_assoc(store, members, values[i], Value::boolean(true));
    }
    return qi::make_set(store, members);
}

Value Vm::to_text(const Value* values, unsigned count) {
    std::string text;
    for (unsigned i = 0; i < count; ++i) append_fstring(store, text, values[i]);
    return make_string(store, std::move(text));
}

Value Vm::make_closure(Prototype* prototype, Value* base) {
    const auto& captures = prototype->code->captures;
    auto* closure = heap().make<Closure>(ObjectKind::Closure, Closure::size_of(captures.size()),
                                         static_cast<std::uint32_t>(captures.size()));
    closure->prototype = prototype;
    for (std::size_t i = 0; i < captures.size(); ++i) {
        const std::uint8_t from = captures[i].index;
        if (captures[i].from_register) base[from] = base[from].shared();
        closure->captured()[i] = captures[i].from_register ? base[from] : frame_closure(base)->captured()[from];
    }
    return Value{closure};
}

Value Vm::make_function(Prototype* prototype) { return make_closure(prototype, nullptr); }

Value Vm::make_native(const Native& native) {
    auto* function = heap().make_fixed<NativeFunction>(ObjectKind::Native);
    function->native = &native;
    return Value{function};
}

Value Vm::make_atom(Value value) {
    auto* atom = heap().make<Atom>(ObjectKind::Atom);
    atom->value = value;
    return Value{atom};
}

/// Notes which goroutine set it, in the header's length that atoms have no other use for.
void Vm::set_atom(Atom* atom, Value value) {
    atom->value = value;
    atom->flags = 0;
    atom->length = static_cast<std::uint32_t>(current().id + 1);
    heap().wrote(atom, value);
}

Value Vm::call_instead(Value function, std::span<const Value> arguments) {
    call_function_ = function;
    call_arguments_.assign(arguments.begin(), arguments.end());
    return Value::call_instead();
}

} // namespace qi
