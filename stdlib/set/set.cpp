#include "set/set.hpp"

#include "core/seq.hpp"
#include "data/type_name.hpp"

namespace qi::stdlib {

namespace {

using Items = std::vector<Value>;

/// The items of an argument, each of which can be a member.
Result<Items> members_of(Vm& vm, std::string_view name, int argument, Value xs) {
    if (!is_seqable(xs)) return failure_at(argument, kind::type, msg::argument_type, {name, msg::type_collection.text(), describe_value(vm.store, xs)});
    Items items = items_of_seqable(vm, xs);
    for (const Value item : items)
        if (!can_be_key(item)) return failure_at(argument, kind::type, msg::bad_key, {describe_value(vm.store, item)});
    return items;
}

Value index_of(Vm& vm, const Items& items) {
    Value members = empty_map(vm.store);
    for (const Value item : items) members = map_assoc(vm.store, members, item, Value::boolean(true));
    return members;
}

bool has(Value members, Value item) { return !map_get(members, item).is_absent(); }

Value result(Vm& vm, Value first, const Items& items) { return is_set(first) ? make_set(vm.store, index_of(vm, items)) : make_list(vm.store, items); }

Result<Value> unite(Vm& vm, Rest sets) {
    if (sets.empty()) return Value::empty_list();
    Value members = empty_map(vm.store);
    Items all;
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const auto items = members_of(vm, "set/union", static_cast<int>(i), sets[i]);
        if (!items) return items.error();
        for (const Value item : *items) {
            if (has(members, item)) continue;
            members = map_assoc(vm.store, members, item, Value::boolean(true));
            all.push_back(item);
        }
    }
    return is_set(sets[0]) ? make_set(vm.store, members) : make_list(vm.store, all);
}

/// The items of the first that are, or aren't, in each other one.
Result<Value> filtered(Vm& vm, std::string_view name, Value first, Value second, Rest others, bool wanted) {
    auto kept = members_of(vm, name, 0, first);
    if (!kept) return kept.error();
    for (std::size_t i = 0; i <= others.size(); ++i) {
        const auto items = members_of(vm, name, static_cast<int>(i) + 1, i == 0 ? second : others[i - 1]);
        if (!items) return items.error();
        const Value members = index_of(vm, *items);
        std::erase_if(*kept, [&](Value item) { return has(members, item) != wanted; });
    }
    return result(vm, first, *kept);
}

Result<Value> symmetric_difference(Vm& vm, Value a, Value b) {
    const auto left = members_of(vm, "set/symmetric-difference", 0, a), right = members_of(vm, "set/symmetric-difference", 1, b);
    if (!left) return left.error();
    if (!right) return right.error();
    const Value in_left = index_of(vm, *left), in_right = index_of(vm, *right);
    Value seen = empty_map(vm.store);
    Items all;
    for (const auto* side : {&*left, &*right})
        for (const Value item : *side) {
            if ((has(in_left, item) && has(in_right, item)) || has(seen, item)) continue;
            seen = map_assoc(vm.store, seen, item, Value::boolean(true));
            all.push_back(item);
        }
    return result(vm, a, all);
}

/// Whether each item of a is in b (`wanted`), or none is.
Result<Value> compared(Vm& vm, std::string_view name, Value a, Value b, bool wanted) {
    const auto left = members_of(vm, name, 0, a), right = members_of(vm, name, 1, b);
    if (!left) return left.error();
    if (!right) return right.error();
    const Value members = index_of(vm, *right);
    for (const Value item : *left)
        if (has(members, item) != wanted) return Value::boolean(false);
    return Value::boolean(true);
}

constexpr Native rows[] = {
    native("set/union xs...", "The items of all xs, each once.\n(set/union [1 2] [2 3]) ;=> (1 2 3)", [](Vm& vm, Rest sets) { return unite(vm, sets); }),
    native("set/intersect xs ys others...", "The items of xs that are in ys and all others.\n(set/intersect #{1 2 3} [2 3 4]) ;=> #{2 3}",
           [](Vm& vm, Value xs, Value ys, Rest others) { return filtered(vm, "set/intersect", xs, ys, others, true); }),
    native("set/difference xs ys others...", "The items of xs that are in none of ys and others.\n(set/difference [1 2 3] [2]) ;=> (1 3)",
           [](Vm& vm, Value xs, Value ys, Rest others) { return filtered(vm, "set/difference", xs, ys, others, false); }),
    native("set/symmetric-difference xs ys",
           "The items that are in xs or in ys but not in both.\n"
           "(set/symmetric-difference [1 2] [2 3]) ;=> (1 3)",
           [](Vm& vm, Value xs, Value ys) { return symmetric_difference(vm, xs, ys); }),
    native("set/subset? xs ys", "Whether all of xs is in ys.\n(set/subset? [1] [1 2]) ;=> true", [](Vm& vm, Value xs, Value ys) { return compared(vm, "set/subset?", xs, ys, true); }),
    native("set/superset? xs ys", "Whether all of ys is in xs.\n(set/superset? [1 2] [1]) ;=> true", [](Vm& vm, Value xs, Value ys) { return compared(vm, "set/superset?", ys, xs, true); }),
    native("set/disjoint? xs ys", "Whether xs and ys have nothing in common.\n(set/disjoint? [1] [2]) ;=> true", [](Vm& vm, Value xs, Value ys) { return compared(vm, "set/disjoint?", xs, ys, false); }),
};

} // namespace

void define_set(Vm& vm) { define_natives(vm, rows); }

} // namespace qi::stdlib
