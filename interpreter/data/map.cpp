#include "data/map.hpp"

#include "data/equality.hpp"
#include "data/string.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

namespace qi {

namespace {

const FlatMap* as_flat(Value map) noexcept { return static_cast<const FlatMap*>(map.object()); }

/// `more`: entries that it has room for besides.
FlatMap* make_flat(Store& store, Shape* shape, std::uint32_t more = 0) {
    auto* map = store.heap.make<FlatMap>(ObjectKind::FlatMap, FlatMap::size_of(shape->length + more), shape->length);
    if (more != 0) map->flags = static_cast<std::uint16_t>(shape->length + more);
    map->shape = shape;
    return map;
}

} // namespace

Value empty_map(Store& store) { return Value{make_flat(store, store.shapes.empty())}; }

Value make_flat_map(Store& store, Shape* shape, std::span<const Value> values) {
    FlatMap* map = make_flat(store, shape);
    copy_values(map->values(), values.data(), values.size());
    return Value{map};
}

bool has_keys_of_one_kind(Value map) noexcept {
    if (map.object()->kind != ObjectKind::FlatMap) return false;
    const unsigned kinds = as_flat(map)->shape->flags & (Shape::Strings | Shape::Keywords | Shape::Others);
    return kinds == Shape::Strings || kinds == Shape::Keywords;
}

Value map_get(Value map, Value key) noexcept {
    if (map.object()->kind == ObjectKind::HashMap) return hash_map_get(map, key);
    const FlatMap* flat = as_flat(map);
    const int at = flat->shape->find(key);
    return at < 0 ? Value::absent() : flat->values()[at];
}

namespace {

/// Where a shape has the other spelling of a keyword or string that it doesn't have, or -1.
[[gnu::noinline]] int find_other_name(Store& store, const Shape* shape, Value key) noexcept {
    if (is_keyword(key)) {
        const auto name = as_symbol(key)->text();
        return name == "error" ? -1 : shape->find_string(name);
    }
    if (!is_string(key) || (shape->flags & Shape::Keywords) == 0 || text_of(key) == "error") return -1;
    const Value other = store.symbols.find_keyword(text_of(key));
    return other.is_absent() ? -1 : shape->find(other);
}

/// The same in a hash map.
[[gnu::noinline]] Value lookup_other_name(Store& store, Value map, Value key, Value* found) noexcept {
    Value value = Value::absent(), other = key;
    if (is_keyword(key)) {
        const auto name = as_symbol(key)->text();
        if (name == "error") return value;
        value = hash_map_get_string(map, name, other);
    } else if (is_string(key) && text_of(key) != "error") {
        other = store.symbols.find_keyword(text_of(key));
        if (!other.is_absent()) value = hash_map_get(map, other);
    }
    if (!value.is_absent() && found != nullptr) *found = other;
    return value;
}

} // namespace

int shape_lookup(Store& store, const Shape* shape, Value key) noexcept {
    // Most shapes have keys of one kind.
    const bool is_other = is_keyword(key) && (shape->flags & Shape::Keywords) == 0;
    const int at = is_other ? -1 : shape->find(key);
    return at >= 0 || !key.is_object() ? at : find_other_name(store, shape, key);
}

Value map_lookup(Store& store, Value map, Value key, Value* found) noexcept {
    if (found != nullptr) *found = key;
    if (map.object()->kind == ObjectKind::FlatMap) {
        const FlatMap* const flat = as_flat(map);
        const int at = shape_lookup(store, flat->shape, key);
        if (at < 0) return Value::absent();
        if (found != nullptr && is_keyword(key) != is_keyword(flat->shape->keys()[at]))
            *found = flat->shape->keys()[at];
        return flat->values()[at];
    }
    const Value value = hash_map_get(store, map, key);
    if (!value.is_absent() || !key.is_object()) return value;
    return lookup_other_name(store, map, key, found);
}

Value map_assoc(Store& store, Value map, Value key, Value value) {
    if (map.object()->kind == ObjectKind::HashMap) return hash_map_assoc(store, map, key, value);
    const FlatMap* flat = as_flat(map);
    const int at = flat->shape->find(key);
    if (at >= 0) {
        FlatMap* copied = make_flat(store, flat->shape);
        copy_values(copied->values(), flat->values(), flat->length);
        copied->values()[at] = value;
        return Value{copied};
    }
    if (flat->length < Shape::max_keys) {
        FlatMap* longer = make_flat(store, store.shapes.extend(flat->shape, key));
        copy_values(longer->values(), flat->values(), flat->length);
        longer->values()[flat->length] = value;
        return Value{longer};
    }
    Value trie = empty_hash_map(store);
    for (std::uint32_t i = 0; i < flat->length; ++i)
        trie = hash_map_assoc(store, trie, flat->shape->keys()[i], flat->values()[i]);
    return hash_map_assoc(store, trie, key, value);
}

Value map_assoc_own(Store& store, Value map, Value key, Value value) {
    if (map.object()->kind == ObjectKind::HashMap) return hash_map_assoc_own(store, map, key, value);
    auto* flat = static_cast<FlatMap*>(map.object());
    const int at = flat->shape->find(key);
    if (!map.is_unique() || (at < 0 && flat->length == Shape::max_keys))
        return Value::unique(map_assoc(store, map, key, value).object());
    if (at >= 0) {
        flat->values()[at] = value;
    } else {
        Shape* const shape = store.shapes.extend(flat->shape, key);
        if (flat->length >= flat->flags) {
            // What has got an entry will get more.
            FlatMap* longer = make_flat(store, shape, std::min(flat->length, Shape::max_keys - shape->length));
            copy_values(longer->values(), flat->values(), flat->length);
            flat = longer;
        }
        flat->values()[shape->length - 1] = value;
        flat->shape = shape;
        flat->length = shape->length;
        store.heap.wrote(flat, Value{shape});
    }
    store.heap.wrote(flat, value);
    return Value::unique(flat);
}

Value set_add_own(Store& store, Value set, Value member) {
    auto* s = static_cast<Set*>(set.object());
    const Value members =
        map_assoc_own(store, set.is_unique() ? s->map : s->map.shared(), member, Value::boolean(true));
    if (!set.is_unique()) s = static_cast<Set*>(make_set(store, members).object());
    s->map = members;
    store.heap.wrote(s, members);
    return Value::unique(s);
}

Value map_with(Store& store, Value map, std::span<const Value> entries) {
    if (map.object()->kind == ObjectKind::HashMap) return hash_map_with(store, map, entries);
    const FlatMap* flat = as_flat(map);
    Shape* shape = flat->shape;
    std::array<Value, Shape::max_keys> values;
    std::copy(flat->values(), flat->values() + flat->length, values.begin());
    for (std::size_t i = 0; i < entries.size(); i += 2) {
        const int at = shape->find(entries[i]);
        if (at >= 0) {
            values[static_cast<std::size_t>(at)] = entries[i + 1];
            continue;
        }
        if (shape->length == Shape::max_keys) {
            std::vector<Value> all;
            all.reserve(2 * Shape::max_keys + entries.size() - i);
            for (std::uint32_t k = 0; k < shape->length; ++k) {
                all.push_back(shape->keys()[k]);
                all.push_back(values[k]);
            }
            all.insert(all.end(), entries.begin() + static_cast<std::ptrdiff_t>(i), entries.end());
            return hash_map_with(store, empty_hash_map(store), all);
        }
        values[shape->length] = entries[i + 1];
        shape = store.shapes.extend(shape, entries[i]);
    }
    return make_flat_map(store, shape, {values.data(), shape->length});
}

Value members_with(Store& store, Value members, std::span<const Value> keys) {
    std::vector<Value> entries;
    entries.reserve(2 * keys.size());
    for (const Value key : keys) {
        entries.push_back(key);
        entries.push_back(Value::boolean(true));
    }
    return map_with(store, members, entries);
}

Value map_dissoc(Store& store, Value map, Value key) {
    if (map.object()->kind == ObjectKind::HashMap) return hash_map_dissoc(store, map, key);
    const FlatMap* flat = as_flat(map);
    const int at = flat->shape->find(key);
    if (at < 0) return map;
    Shape* shape = store.shapes.empty();
    for (std::uint32_t i = 0; i < flat->length; ++i)
        if (static_cast<int>(i) != at) shape = store.shapes.extend(shape, flat->shape->keys()[i]);
    FlatMap* shorter = make_flat(store, shape);
    for (std::uint32_t i = 0, to = 0; i < flat->length; ++i)
        if (static_cast<int>(i) != at) shorter->values()[to++] = flat->values()[i];
    return Value{shorter};
}

Value make_set(Store& store, Value map) {
    auto* set = store.heap.make<Set>(ObjectKind::Set);
    set->map = map;
    return Value{set};
}

bool object_can_be_key(const Object* object) noexcept {
    switch (object->kind) {
    case ObjectKind::Prototype:
    case ObjectKind::Closure:
    case ObjectKind::Native:
    case ObjectKind::Atom:
    case ObjectKind::Channel:
    case ObjectKind::Macro:
    case ObjectKind::Scope:
    case ObjectKind::Stream: return false;
    default: return true;
    }
}

MapCursor::MapCursor(Value map) noexcept {
    if (map.object()->kind == ObjectKind::HashMap)
        trie_ = HashMapCursor(map);
    else
        flat_ = as_flat(map);
}

bool MapCursor::next(Value& key, Value& value) noexcept {
    if (flat_ == nullptr) return trie_.next(key, value);
    if (position_ == flat_->length) return false;
    key = flat_->shape->keys()[position_];
    value = flat_->values()[position_++];
    return true;
}

} // namespace qi
