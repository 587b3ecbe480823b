#include "data/equality.hpp"

#include "base/sip_hash.hpp"
#include "data/hashing.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/symbol.hpp"
#include "data/vector.hpp"

#include <algorithm>
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
        if (numbers == Numbers::ByValue)
            return compare_numbers(a, b) == 0 ||
                   (a.is_double() && b.is_double() && equal_floats(a.as_double(), b.as_double()));
        if (a.is_double() != b.is_double()) return false;
        return a.is_double() ? equal_floats(a.as_double(), b.as_double()) : as_integer(a) == as_integer(b);
    }
    const bool sequences = is_sequential(a) && is_sequential(b);
    if (!sequences && (!a.is_object() || !b.is_object())) return false;
    if (sequences && is_same_list(a, b)) return true;
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
    case ObjectKind::ChunkedList:
    case ObjectKind::FlatMap:
    case ObjectKind::HashMap:
    case ObjectKind::Set: deep = true; return 0;
    default: return static_cast<std::uint32_t>(v.object()->kind); // no keys; by identity only
    }
}

} // namespace

bool same(Value a, Value b) { return equal_with(a, b, Numbers::Strict); }
bool equal(Value a, Value b) { return equal_with(a, b, Numbers::ByValue); }

namespace {

/// The hash of a collection from those of what it holds. `Hashing` knows leaves, and what to do with the hashes of
/// items (sequences, in order) and of entries (maps and sets, in whatever order).
template <typename Hashing>
typename Hashing::Hash hash_collection(Value collection, const Hashing& hashing) {
    using Hash = typename Hashing::Hash;
    struct Frame {
        bool is_map;
        SequenceCursor items;
        MapCursor entries;
        bool at_value;
        Hash key_hash;
        Value value;
        typename Hashing::Collection made;
    };
    static const Value none = Value::empty_list();
    std::vector<Frame> stack;
    const auto push = [&](Value c) {
        const bool set = is_set(c);
        if (set) c = set_members(c);
        const bool map = is_map(c);
        stack.push_back(Frame{map,
                              SequenceCursor(map ? none : c),
                              map ? MapCursor(c) : MapCursor(),
                              false,
                              {},
                              Value::nil(),
                              hashing.collection(map, set)});
    };
    push(collection);
    Hash result{};
    bool have_result = false, deep = false;
    while (!stack.empty()) {
        Frame& frame = stack.back();
        if (have_result) {
            have_result = false;
            if (!frame.is_map) {
                frame.made.add(result);
            } else if (!frame.at_value) {
                frame.key_hash = result;
                frame.at_value = true;
                const Hash h = hashing.leaf(frame.value, deep);
                if (deep) {
                    push(frame.value);
                    continue;
                }
                result = h;
                have_result = true;
                continue;
            } else {
                frame.made.add(frame.key_hash, result);
                frame.at_value = false;
            }
        }
        Value item;
        const bool more = frame.is_map ? frame.entries.next(item, frame.value) : frame.items.next(item);
        if (!more) {
            result = frame.made.finish();
            have_result = true;
            stack.pop_back();
            continue;
        }
        const Hash h = hashing.leaf(item, deep);
        if (deep) {
            push(item);
        } else {
            result = h;
            have_result = true;
        }
    }
    return result;
}

struct FastHashing {
    using Hash = std::uint32_t;
    struct Collection {
        Hash hash;
        void add(Hash item) noexcept { hash = combine(hash, item); }
        void add(Hash key, Hash value) noexcept { hash += combine(key, value); }
        Hash finish() const noexcept { return hash; }
    };
    Collection collection(bool map, bool) const noexcept { return {map ? 11u : empty_sequence_hash}; }
    Hash leaf(Value v, bool& deep) const noexcept { return hash_leaf(v, deep); }
};

/// What a strong hash begins with: values of different kinds never add the same words.
enum Tag : std::uint8_t {
    StringTag = 1,
    BytesTag,
    KeywordTag,
    SymbolTag,
    IntegerTag,
    FloatTag,
    WordTag,
    SequenceTag,
    MapTag,
    SetTag,
    EntryTag
};

/// Two values of one result, 128 bits long, can't be found: so collections may be made of the results of their items.
struct StrongHashing {
    using Hash = SipHash::Digest;
    struct Collection {
        const SipHash::Key* key;
        SipHash state;
        std::vector<Hash> entries;
        void add(const Hash& item) noexcept { state.add(item); }
        void add(const Hash& entry_key, const Hash& value) {
            SipHash entry(*key);
            entry.add(EntryTag);
            entry.add(entry_key);
            entry.add(value);
            entries.push_back(entry.finish());
        }
        Hash finish() {
            // A sum would do for the order, but many maps of one sum are quickly found (Wagner 2002).
            std::sort(entries.begin(), entries.end());
            for (const Hash& entry : entries) state.add(entry);
            return state.finish();
        }
    };
    Collection collection(bool map, bool set) const {
        Collection made{key, SipHash(*key), {}};
        made.state.add(set ? SetTag : map ? MapTag : SequenceTag);
        return made;
    }
    /// All of a leaf but the end; false: it is a collection.
    bool begin(SipHash& hash, Value v) const noexcept {
        const auto words = [&](Tag tag, std::uint64_t word) {
            hash.add(tag);
            hash.add(word);
        };
        if (v.is_double()) {
            words(FloatTag, v.as_double() == 0 ? 0 : v.bits());
        } else if (!v.is_object()) {
            if (v.is_empty_list()) return false;
            words(v.is_small() ? IntegerTag : WordTag,
                  v.is_small() ? static_cast<std::uint64_t>(v.as_small()) : v.bits());
        } else {
            switch (v.object()->kind) {
            case ObjectKind::String: hash.add(text_of(v), StringTag); break;
            case ObjectKind::Bytes: hash.add(text_of(v), BytesTag); break;
            case ObjectKind::Keyword: hash.add(as_symbol(v)->text(), KeywordTag); break;
            case ObjectKind::Symbol:
                hash.add(as_symbol(v)->text(), SymbolTag);
                hash.add(as_symbol(v)->serial);
                break;
            case ObjectKind::Integer: words(IntegerTag, static_cast<std::uint64_t>(as_integer(v))); break;
            case ObjectKind::Vector:
            case ObjectKind::TrieVector:
            case ObjectKind::Cell:
            case ObjectKind::ChunkedList:
            case ObjectKind::FlatMap:
            case ObjectKind::HashMap:
            case ObjectKind::Set: return false;
            default: words(WordTag, static_cast<std::uint64_t>(v.object()->kind)); break; // no keys; by identity only
            }
        }
        return true;
    }
    Hash leaf(Value v, bool& deep) const noexcept {
        SipHash hash(*key);
        deep = !begin(hash, v);
        return deep ? Hash{} : hash.finish();
    }

    const SipHash::Key* key;
};

std::uint64_t keyed_hash(Value v, const SipHash::Key& key) {
    const StrongHashing hashing{&key};
    SipHash hash(key);
    return hashing.begin(hash, v) ? hash.finish_low() : hash_collection(v, hashing).low;
}

constexpr SipHash::Key fixed_key{0x9AE16A3B2F90404Fu, 0xC949D7C7509E6557u}; // any: results show in the order of maps

} // namespace

std::uint32_t hash_of_any(Value v) {
    bool deep = false;
    const std::uint32_t leaf = hash_leaf(v, deep);
    return deep ? hash_collection(v, FastHashing{}) : leaf;
}

std::uint64_t strong_hash(Value v) { return keyed_hash(v, fixed_key); }
std::uint64_t secret_hash(Value v) { return keyed_hash(v, secret_key()); }

namespace {

std::uint64_t hash_string_text(std::string_view text, const SipHash::Key& key) noexcept {
    SipHash hash(key);
    hash.add(text, StringTag);
    return hash.finish_low();
}

} // namespace

std::uint64_t strong_string_hash(std::string_view text) noexcept { return hash_string_text(text, fixed_key); }
std::uint64_t secret_string_hash(std::string_view text) noexcept { return hash_string_text(text, secret_key()); }

namespace {

template <typename T>
Order order_of(T order) noexcept {
    return order < 0 ? Order::Less : order > 0 ? Order::Greater : Order::Equal;
}

/// Of values that aren't both sequences.
Order compare_leaves(Value a, Value b) {
    if (is_number(a) && is_number(b)) {
        const int c = compare_numbers(a, b);
        return c == 2 ? Order::Unordered : order_of(c);
    }
    if (is_string(a) && is_string(b)) return order_of(text_of(a).compare(text_of(b)));
    if ((is_keyword(a) && is_keyword(b)) || (is_symbol(a) && is_symbol(b)))
        return order_of(as_symbol(a)->text().compare(as_symbol(b)->text()));
    if (a.is_boolean() && b.is_boolean())
        return order_of(static_cast<int>(a.is_truthy()) - static_cast<int>(b.is_truthy()));
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
