// Maps: up to 64 entries flat, in insertion order, values with a shared shape; beyond that a hash trie
// (data/hash_map.hpp). Sets are maps whose values are true.
#pragma once

#include "data/hash_map.hpp"
#include "data/shape.hpp"
#include "data/store.hpp"

#include <span>

namespace qi {

struct FlatMap : Object { // length: entries; flags: entries that there is room for, if those are more
    Shape* shape;
    Value* values() noexcept { return reinterpret_cast<Value*>(this + 1); }
    const Value* values() const noexcept { return reinterpret_cast<const Value*>(this + 1); }
    static std::size_t size_of(std::size_t count) noexcept { return sizeof(FlatMap) + count * sizeof(Value); }
};

struct Set : Object {
    Value map; // unique as long as it is this set's alone
};

QI_INLINE bool is_map(Value v) noexcept { return v.is(ObjectKind::FlatMap) || v.is(ObjectKind::HashMap); }
inline bool is_set(Value v) noexcept { return v.is(ObjectKind::Set); }
inline std::size_t map_count(Value map) noexcept { return map.object()->length; }
inline Value set_members(Value set) noexcept { return static_cast<const Set*>(set.object())->map.shared(); }

/// The value at exactly this key, or absent.
Value map_get(Value map, Value key) noexcept;
/// The same, and where it misses, once more with the other spelling of a keyword or string key ("id" for :id).
/// Never for :error. `found`, if wanted, is the key that was there.
Value map_lookup(Store& store, Value map, Value key, Value* found = nullptr) noexcept;
/// It is known of the map that its keys are only strings, or only keywords.
bool has_keys_of_one_kind(Value map) noexcept;
/// Where map_lookup finds the key in flat maps of this shape, or -1.
int shape_lookup(Store& store, const Shape* shape, Value key) noexcept;
Value empty_map(Store& store);
/// Values in the order of the shape's keys.
Value make_flat_map(Store& store, Shape* shape, std::span<const Value> values);
Value map_assoc(Store& store, Value map, Value key, Value value);
/// The same, but a map that is unique is changed in place. The result is unique.
Value map_assoc_own(Store& store, Value map, Value key, Value value);
/// The set with a member more, likewise.
Value set_add_own(Store& store, Value set, Value member);
/// The map with entries added, key, value, key, value: as if one by one.
Value map_with(Store& store, Value map, std::span<const Value> entries);
/// The same for the members of a set: a map whose values are true.
Value members_with(Store& store, Value members, std::span<const Value> keys);
Value map_dissoc(Store& store, Value map, Value key);
Value make_set(Store& store, Value map);
/// Immutable values may be keys: everything but functions, atoms, channels and their like.
bool object_can_be_key(const Object* object) noexcept;
QI_INLINE bool can_be_key(Value v) noexcept { return !v.is_object() || object_can_be_key(v.object()); }

/// Walks the entries in the map's order. The map must not move during the walk: no safepoint in between.
class MapCursor {
public:
    MapCursor() = default;
    explicit MapCursor(Value map) noexcept;
    /// False at the end.
    bool next(Value& key, Value& value) noexcept;

private:
    const FlatMap* flat_ = nullptr;
    std::uint32_t position_ = 0;
    HashMapCursor trie_;
};

} // namespace qi
