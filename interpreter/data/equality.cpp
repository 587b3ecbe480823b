#include "data/equality.hpp"

#include "data/hashing.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"

#include <vector>

namespace qi {

namespace {

enum class Numbers { Strict, ByValue };

bool equal_floats(double a, double b) noexcept { return a == b || (a != a && b != b); }

/// Values that hold no others. `deep` is set for those that do, which are compared by the caller.
bool equal_leaves(Value a, Value b, Numbers numbers, bool& deep) {
    deep = false;
    if (a == b) return true;
    if (is_number(a) && is_number(b)) {
        if (numbers == Numbers::ByValue) return compare_numbers(a, b) == 0 || (a.is_double() && b.is_double() && equal_floats(a.as_double(), b.as_double()));
        if (a.is_double() != b.is_double()) return false;
        return a.is_double() ? equal_floats(a.as_double(), b.as_double()) : as_integer(a) == as_integer(b);
    }
    const bool sequences = is_sequential(a) && is_sequential(b);
    if (!sequences && (!a.is_object() || !b.is_object())) return false;
    if (sequences || (is_map(a) && is_map(b)) || (is_set(a) && is_set(b))) {
        deep = true;
        return false;
    }
    if (a.object()->kind != b.object()->kind) return false;
    if (is_string(a) || is_bytes(a)) {
        const String *x = as_string(a), *y = as_string(b);
        if (x->hash != 0 && y->hash != 0 && x->hash != y->hash) return false;
        return x->text() == y->text();
    }
    return false;
}

bool equal_with(Value first, Value second, Numbers numbers) {
    bool deep = false;
    if (equal_leaves(first, second, numbers, deep)) return true;
    if (!deep) return false;
    std::vector<std::pair<Value, Value>> pending{{first, second}};
    // Compares what it can at once and leaves the rest for later.
    const auto differ = [&](Value a, Value b) {
        if (equal_leaves(a, b, numbers, deep)) return false;
        if (deep) pending.emplace_back(a, b);
        return !deep;
    };
    while (!pending.empty()) {
        auto [a, b] = pending.back();
        pending.pop_back();
        if (is_set(a)) {
            a = set_members(a);
            b = set_members(b);
        }
        if (is_map(a)) {
            if (map_count(a) != map_count(b)) return false;
            MapCursor cursor(a);
            for (Value key, value; cursor.next(key, value);) {
                const Value other = map_get(b, key);
                if (other.is_absent() || differ(value, other)) return false;
            }
            continue;
        }
        if (sequence_count(a) != sequence_count(b)) return false;
        SequenceCursor x(a), y(b);
        for (Value v, w; x.next(v) && y.next(w);)
            if (differ(v, w)) return false;
    }
    return true;
}

constexpr std::uint32_t empty_sequence_hash = 7;

std::uint32_t hash_leaf(Value v, bool& deep) {
    deep = false;
    if (v.is_double()) {
        const double d = v.as_double();
        return static_cast<std::uint32_t>(mix(d == 0 ? 0x1234567 : v.bits()) >> 8);
    }
    if (v.is_empty_list()) return empty_sequence_hash; // as the empty vector, which it equals
    if (!v.is_object()) return static_cast<std::uint32_t>(mix(v.bits()) >> 8);
    switch (v.object()->kind) {
    case ObjectKind::String:
    case ObjectKind::Bytes: return hash_of(as_string(v));
    case ObjectKind::Keyword: return as_symbol(v)->hash * 0x9E3779B1u;
    case ObjectKind::Symbol: return as_symbol(v)->hash + as_symbol(v)->serial;
    case ObjectKind::Integer: return static_cast<std::uint32_t>(mix(static_cast<std::uint64_t>(as_integer(v))) >> 8);
    case ObjectKind::Vector:
    case ObjectKind::TrieVector:
    case ObjectKind::Cell:
    case ObjectKind::FlatMap:
    case ObjectKind::HashMap:
    case ObjectKind::Set: deep = true; return 0;
    default: return static_cast<std::uint32_t>(v.object()->kind); // no keys; by identity only
    }
}

} // namespace

bool same(Value a, Value b) { return equal_with(a, b, Numbers::Strict); }
bool equal(Value a, Value b) { return equal_with(a, b, Numbers::ByValue); }

std::uint32_t hash_value(Value v) {
    bool deep = false;
    const std::uint32_t leaf = hash_leaf(v, deep);
    if (!deep) return leaf;
    // Sequences hash in order, maps and sets as the sum over their entries.
    struct Frame {
        bool is_map;
        SequenceCursor items;
        MapCursor entries;
        bool at_value;
        std::uint32_t key_hash;
        Value value;
        std::uint32_t hash;
    };
    static const Value none = Value::empty_list();
    std::vector<Frame> stack;
    const auto push = [&](Value c) {
        if (is_set(c)) c = set_members(c);
        const bool map = is_map(c);
        stack.push_back(Frame{map, SequenceCursor(map ? none : c), map ? MapCursor(c) : MapCursor(), false, 0, Value::nil(), map ? 11u : empty_sequence_hash});
    };
    push(v);
    std::uint32_t result = 0;
    bool have_result = false;
    while (!stack.empty()) {
        Frame& frame = stack.back();
        if (have_result) {
            have_result = false;
            if (!frame.is_map) {
                frame.hash = combine(frame.hash, result);
            } else if (!frame.at_value) {
                frame.key_hash = result;
                frame.at_value = true;
                const std::uint32_t h = hash_leaf(frame.value, deep);
                if (deep) {
                    push(frame.value);
                    continue;
                }
                result = h;
                have_result = true;
                continue;
            } else {
                frame.hash += combine(frame.key_hash, result);
                frame.at_value = false;
            }
        }
        Value item;
        const bool more = frame.is_map ? frame.entries.next(item, frame.value) : frame.items.next(item);
        if (!more) {
            result = frame.hash;
            have_result = true;
            stack.pop_back();
            continue;
        }
        const std::uint32_t h = hash_leaf(item, deep);
        if (deep) {
            push(item);
        } else {
            result = h;
            have_result = true;
        }
    }
    return result;
}

namespace {

template <typename T>
Order order_of(T order) noexcept { return order < 0 ? Order::Less : order > 0 ? Order::Greater : Order::Equal; }

/// Of values that aren't both sequences.
Order compare_leaves(Value a, Value b) {
    if (is_number(a) && is_number(b)) {
        const int c = compare_numbers(a, b);
        return c == 2 ? Order::Unordered : order_of(c);
    }
    if (is_string(a) && is_string(b)) return order_of(text_of(a).compare(text_of(b)));
    if ((is_keyword(a) && is_keyword(b)) || (is_symbol(a) && is_symbol(b))) return order_of(as_symbol(a)->text().compare(as_symbol(b)->text()));
    if (a.is_boolean() && b.is_boolean()) return order_of(static_cast<int>(a.is_truthy()) - static_cast<int>(b.is_truthy()));
    if (a.is_nil() && b.is_nil()) return Order::Equal;
    return Order::Incomparable;
}

/// Sequences item by item; `leaves` gives the order of what aren't two of them.
template <typename Leaves>
Order compare_with(Value a, Value b, Leaves leaves) {
    std::vector<std::pair<SequenceCursor, SequenceCursor>> stack;
    for (;;) {
        if (is_sequential(a) && is_sequential(b))
            stack.emplace_back(SequenceCursor(a), SequenceCursor(b));
        else if (const Order order = leaves(a, b); order != Order::Equal)
            return order;
        for (;;) {
            if (stack.empty()) return Order::Equal;
            const bool more_a = stack.back().first.next(a), more_b = stack.back().second.next(b);
            if (more_a && more_b) break;
            if (more_a != more_b) return more_b ? Order::Less : Order::Greater;
            stack.pop_back();
        }
    }
}

/// The place of a value's kind among those that have no order with each other.
int rank_of(Value v) noexcept {
    if (is_number(v)) return 0;
    if (is_string(v)) return 1;
    if (is_keyword(v)) return 2;
    if (is_symbol(v)) return 3;
    if (v.is_boolean()) return 4;
    if (v.is_nil()) return 5;
    return is_sequential(v) ? 6 : 7;
}

bool is_nan(Value v) noexcept { return v.is_double() && v.as_double() != v.as_double(); }

} // namespace

Order compare(Value a, Value b) { return compare_with(a, b, compare_leaves); }

bool sorts_before(Value first, Value second, Unrelated& unrelated) {
    const auto leaves = [&](Value a, Value b) {
        const Order order = compare_leaves(a, b);
        if (order == Order::Unordered) return order_of(static_cast<int>(is_nan(a)) - static_cast<int>(is_nan(b)));
        if (order != Order::Incomparable) return order;
        if (!unrelated.met()) unrelated = {a, b};
        return order_of(rank_of(a) - rank_of(b));
    };
    return compare_with(first, second, leaves) == Order::Less;
}

} // namespace qi
