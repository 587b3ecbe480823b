// set/: what sets, and sequences seen as sets, have in common. The result is a set if the first argument is one, else
// a list.
#include "namespaces.hpp"

#include "core/seq.hpp"
#include "data/equality.hpp"
#include "data/type_name.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

using Items = std::vector<Value>;

/// An argument: its items, each of which can be a member, unless it is a set, which is looked at as it is.
struct Side {
    Value value;
    Items items; // not of sets
    std::size_t size() const noexcept { return is_set(value) ? map_count(set_members(value)) : items.size(); }
};

Result<Side> side_of(Call call, int argument, Value xs) {
    if (!is_seqable(xs))
        return failure_at(argument, kind::type, msg::argument_type,
                          {msg::type_collection.text(), describe_value(call.store(), xs)});
    Side side{xs, {}};
    if (is_set(xs)) return side;
    side.items = items_of_seqable(call, xs);
    for (const Value item : side.items)
        if (!can_be_key(item))
            return failure_at(argument, kind::type, msg::bad_key, {describe_value(call.store(), item)});
    return side;
}

/// Calls visit with each item until that gives false; whether it never did.
template <typename Visit>
bool each_item(const Side& side, Visit visit) {
    if (!is_set(side.value)) return std::all_of(side.items.begin(), side.items.end(), visit);
    MapCursor cursor(set_members(side.value));
    for (Value key, value; cursor.next(key, value);)
        if (!visit(key)) return false;
    return true;
}

/// A map whose keys are the items.
Value index_of(Call call, const Side& side) {
    return is_set(side.value) ? set_members(side.value)
                              : members_with(call.store(), empty_map(call.store()), side.items);
}

bool has(Value members, Value item) { return !map_get(members, item).is_absent(); }

Value result(Call call, Value first, const Items& items) {
    return is_set(first) ? make_set(call.store(), members_with(call.store(), empty_map(call.store()), items))
                         : make_list(call.store(), items);
}

bool is_hashed(Value v) { return is_set(v) && set_members(v).is(ObjectKind::HashMap); }

/// Whether all that equals it looks the same: it may stand for an equal member of another set.
bool is_plain(Value v) { return compares_by_identity(v) || is_string(v) || is_integer(v); }

/// The keys of a smaller map put into a larger one; of equal keys the smaller map's stay.
Value put_into(Call call, Value larger, Value smaller) {
    Items keys;
    MapCursor cursor(smaller);
    for (Value key, value; cursor.next(key, value);) {
        if (!is_plain(key)) larger = map_dissoc(call.store(), larger, key);
        keys.push_back(key);
    }
    return members_with(call.store(), larger, keys);
}

Result<Value> unite(Call call, Rest sets) {
    if (sets.empty()) return Value::empty_list();
    const bool to_set = is_set(sets[0]);
    Value members = to_set ? set_members(sets[0]) : empty_map(call.store());
    Items all;
    for (std::size_t i = 0; i < sets.size(); ++i) {
        const auto side = side_of(call, static_cast<int>(i), sets[i]);
        if (!side) return side.error();
        if (to_set && i == 0) continue;
        if (to_set && is_hashed(sets[i]) && map_count(members) < side->size()) {
            members = put_into(call, set_members(sets[i]), members);
            continue;
        }
        each_item(*side, [&](Value item) {
            if (has(members, item)) return true;
            members = map_assoc(call.store(), members, item, Value::boolean(true));
            all.push_back(item);
            return true;
        });
    }
    return to_set ? make_set(call.store(), members) : make_list(call.store(), all);
}

/// The members of a large set that are, or aren't, among fewer others; absent if its own can't be told from theirs.
Value by_the_fewer(Call call, Value set, const Side& others, bool wanted) {
    Value members = set_members(set);
    if (!wanted) {
        each_item(others, [&](Value item) {
            members = map_dissoc(call.store(), members, item);
            return true;
        });
        return make_set(call.store(), members);
    }
    Items kept;
    const bool plain = each_item(others, [&](Value item) {
        if (has(members, item)) kept.push_back(item);
        return is_plain(item);
    });
    return plain ? result(call, set, kept) : Value::absent();
}

/// The items of the first that are, or aren't, in each other one.
Result<Value> filtered(Call call, Value first, Value second, Rest others, bool wanted) {
    auto kept = side_of(call, 0, first);
    if (!kept) return kept.error();
    for (std::size_t i = 0; i <= others.size(); ++i) {
        const auto side = side_of(call, static_cast<int>(i) + 1, i == 0 ? second : others[i - 1]);
        if (!side) return side.error();
        if (is_hashed(kept->value) && side->size() < kept->size()) {
            const Value left = by_the_fewer(call, kept->value, *side, wanted);
            if (!left.is_absent()) {
                kept->value = left;
                continue;
            }
        }
        const Value members = index_of(call, *side);
        Items items;
        each_item(*kept, [&](Value item) {
            if (has(members, item) == wanted) items.push_back(item);
            return true;
        });
        kept->value = result(call, first, items);
        kept->items = std::move(items);
    }
    return kept->value;
}

Result<Value> symmetric_difference(Call call, Value a, Value b) {
    const auto left = side_of(call, 0, a), right = side_of(call, 1, b);
    if (!left) return left.error();
    if (!right) return right.error();
    const Value in_left = index_of(call, *left), in_right = index_of(call, *right);
    Value seen = empty_map(call.store());
    Items all;
    for (const Side* side : {&*left, &*right})
        each_item(*side, [&](Value item) {
            if ((has(in_left, item) && has(in_right, item)) || has(seen, item)) return true;
            seen = map_assoc(call.store(), seen, item, Value::boolean(true));
            all.push_back(item);
            return true;
        });
    return result(call, a, all);
}

/// Whether each item of a is in b (`wanted`), or none is.
Result<Value> compared(Call call, Value a, Value b, bool wanted) {
    auto left = side_of(call, 0, a), right = side_of(call, 1, b);
    if (!left) return left.error();
    if (!right) return right.error();
    const bool fewer = is_set(a) && is_set(b) && right->size() < left->size();
    if (wanted && fewer) return Value::boolean(false);
    // Having nothing in common goes both ways: what is no set, or the smaller one, is walked.
    if (!wanted && is_set(a) && (fewer || !is_set(b))) std::swap(left, right);
    const Value members = index_of(call, *right);
    return Value::boolean(each_item(*left, [&](Value item) { return has(members, item) == wanted; }));
}

constexpr Native set_natives[] = {
    native("disj s x...", "The set s without each x; nil stays nil.\n(disj #{1 2 3} 2 9) ;=> #{1 3}",
           [](Call call, Value s, Rest xs) -> Result<Value> {
               if (s.is_nil()) return s;
               if (!is_set(s))
                   return failure_at(0, kind::type, msg::argument_type,
                                     {msg::type_set.text(), describe_value(call.store(), s)});
               Value members = set_members(s);
               for (const Value x : xs) members = map_dissoc(call.store(), members, x);
               return make_set(call.store(), members);
           }),
    native("set/union xs...", "The items of all xs, each once.\n(set/union [1 2] [2 3]) ;=> (1 2 3)",
           [](Call call, Rest sets) { return unite(call, sets); }),
    native("set/intersect xs ys others...",
           "The items of xs that are in ys and all others.\n(set/intersect #{1 2 3} [2 3 4]) ;=> #{2 3}",
           [](Call call, Value xs, Value ys, Rest others) { return filtered(call, xs, ys, others, true); }),
    native("set/difference xs ys others...",
           "The items of xs that are in none of ys and others.\n(set/difference [1 2 3] [2]) ;=> (1 3)",
           [](Call call, Value xs, Value ys, Rest others) { return filtered(call, xs, ys, others, false); }),
    native("set/symmetric-difference xs ys",
           "The items that are in xs or in ys but not in both.\n"
           "(set/symmetric-difference [1 2] [2 3]) ;=> (1 3)",
           [](Call call, Value xs, Value ys) { return symmetric_difference(call, xs, ys); }),
    native("set/subset? xs ys", "Whether all of xs is in ys.\n(set/subset? [1] [1 2]) ;=> true",
           [](Call call, Value xs, Value ys) { return compared(call, xs, ys, true); }),
    native("set/superset? xs ys", "Whether all of ys is in xs.\n(set/superset? [1 2] [1]) ;=> true",
           [](Call call, Value xs, Value ys) { return compared(call, ys, xs, true); }),
    native("set/disjoint? xs ys", "Whether xs and ys have nothing in common.\n(set/disjoint? [1] [2]) ;=> true",
           [](Call call, Value xs, Value ys) { return compared(call, xs, ys, false); }),
};

} // namespace

void define_set(Setup setup) { setup.define(set_natives); }

} // namespace qi::stdlib
