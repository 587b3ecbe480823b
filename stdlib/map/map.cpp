// map/: maps in maps, parts of maps. What takes a function is in map.qi.
#include "namespaces.hpp"

#include "core/seq.hpp"
#include "data/type_name.hpp"

namespace qi::stdlib {

namespace {

Error not_a_key(Call call, int argument, Value v) {
    return failure_at(argument, kind::type, msg::bad_key, {describe_value(call.store(), v)});
}

Value map_or_empty(Call call, Value m) { return m.is_nil() ? empty_map(call.store()) : m; }

/// The value at a step of a path: a map's by exactly this key, or a vector's at an index. Absent where there is none.
Value step_into(Value at, Value key) {
    if (is_map(at)) return map_get(at, key);
    if (is_vector(at) && is_integer(key) && as_integer(key) >= 0 &&
        static_cast<std::uint64_t>(as_integer(key)) < vector_count(at))
        return vector_get(at, static_cast<std::size_t>(as_integer(key)));
    return Value::absent();
}

/// Writes `value` at the end of the path, at each level as `assoc` does; what is on the way and neither a map nor a
/// vector is replaced by a map.
Result<Value> assoc_in(Call call, Value m, Value path, Value value) {
    const auto keys = items_of(path);
    if (keys.empty()) return failure_at(1, kind::range, msg::argument_range, {"path", "≥ 1", "[]"});
    std::vector<Value> levels{m};
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
        const Value inner = step_into(levels.back(), keys[i]);
        levels.push_back(inner.is_absent() ? Value::nil() : inner);
    }
    for (std::size_t i = keys.size(); i-- > 0;) {
        const Value level = levels[i];
        if (is_vector(level)) {
            auto changed = assoc_item(call, 1, level, keys[i], value);
            if (!changed) return changed;
            value = *changed;
            continue;
        }
        if (!can_be_key(keys[i])) return not_a_key(call, 1, keys[i]);
        value = map_assoc(call.store(), is_map(level) ? level : empty_map(call.store()), keys[i], value);
    }
    return value;
}

Value dissoc_in(Call call, Value m, Value path) {
    const auto keys = items_of(path);
    std::vector<Value> levels{m};
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
        const Value inner = is_map(levels.back()) ? map_get(levels.back(), keys[i]) : Value::absent();
        if (inner.is_absent()) return m;
        levels.push_back(inner);
    }
    if (keys.empty() || !is_map(levels.back())) return m;
    Value changed = map_dissoc(call.store(), levels.back(), keys.back());
    for (std::size_t i = keys.size() - 1; i-- > 0;) changed = map_assoc(call.store(), levels[i], keys[i], changed);
    return changed;
}

Value select_keys(Call call, Value m, Value keys) {
    Value chosen = empty_map(call.store());
    for (const Value key : items_of_seqable(call, keys)) {
        Value found = key;
        const Value value = map_lookup(call.store(), m, key, &found);
        if (!value.is_absent()) chosen = map_assoc(call.store(), chosen, found, value);
    }
    return chosen;
}

/// The path whose steps are the keys that look-ups of these find.
Value found_path(Call call, Value m, Value path) {
    std::vector<Value> found;
    for (const Value key : items_of(path)) {
        Value there = key;
        if (is_map(m) && map_lookup(call.store(), m, key, &there).is_absent()) there = key;
        m = step_into(m, there);
        found.push_back(there);
    }
    return make_vector(call.store(), found);
}

/// Merges right into left, and maps in them likewise, with a stack of its own.
Value deep_merged(Call call, Value left, Value right) {
    struct Frame {
        Value merged, key;
        MapCursor rest;
    };
    std::vector<Frame> frames;
    frames.push_back({left, Value::nil(), MapCursor(right)});
    for (;;) {
        Frame& frame = frames.back();
        Value value;
        if (!frame.rest.next(frame.key, value)) {
            const Value done = frame.merged;
            frames.pop_back();
            if (frames.empty()) return done;
            frames.back().merged = map_assoc(call.store(), frames.back().merged, frames.back().key, done);
            continue;
        }
        const Value before = map_get(frame.merged, frame.key);
        if (is_map(before) && is_map(value))
            frames.push_back({before, Value::nil(), MapCursor(value)});
        else
            frame.merged = map_assoc(call.store(), frame.merged, frame.key, value);
    }
}

Result<Value> deep_merge(Call call, Rest maps) {
    Value all = empty_map(call.store());
    for (std::size_t i = 0; i < maps.size(); ++i) {
        if (maps[i].is_nil()) continue;
        if (!is_map(maps[i]))
            return failure_at(static_cast<int>(i), kind::type, msg::argument_type,
                              {msg::type_map.text(), describe_value(call.store(), maps[i])});
        all = deep_merged(call, all, maps[i]);
    }
    return all;
}

Result<Value> keyed(Call call, Value keys, Value m) {
    Value result = empty_map(call.store());
    MapCursor cursor(m);
    Value old, value;
    for (const Value key : items_of(keys)) {
        cursor.next(old, value);
        if (!can_be_key(key)) return failure(kind::type, msg::bad_key, {describe_value(call.store(), key)});
        result = map_assoc(call.store(), result, key, value);
    }
    return result;
}

constexpr Native map_natives[] = {
    native("map/select-keys m keys",
           "m with only these keys, as far as it has them.\n(map/select-keys {:a 1 :b 2} [:a :c]) ;=> {:a 1}",
           [](Call call, MapOrNil m, Seqable keys) { return select_keys(call, map_or_empty(call, m), keys); }),
    native(
        "map/assoc-in m path value",
        "m with value at the end of path, a sequence of keys, put there as assoc does, at the index of a vector, too; "
        "maps are "
        "made on the way. Fails with :range if path is empty or an index lies beyond a vector's end.\n"
        "(map/assoc-in {} [:a :b] 1) ;=> {:a {:b 1}}",
        [](Call call, Associative m, Sequence path, Value value) { return assoc_in(call, m, path, value); }),
    native(
        "map/dissoc-in m path",
        "m without the key at the end of a path; m itself if it has no such key.\n(map/dissoc-in {:a {:b 1 :c 2}} [:a "
        ":b]) ;=> {:a {:c 2}}",
        [](Call call, MapOrNil m, Sequence path) { return dissoc_in(call, map_or_empty(call, m), path); }),
    native("map/deep-merge m...",
           "All entries of every m; maps at the same key are merged likewise, else later ones win.\n"
           "(map/deep-merge {:a {:b 1}} {:a {:c 2}}) ;=> {:a {:b 1 :c 2}}",
           [](Call call, Rest maps) { return deep_merge(call, maps); }),
    native("%keyed keys m", "m with these keys in place of its own.",
           [](Call call, Sequence keys, MapOrNil m) { return keyed(call, keys, map_or_empty(call, m)); }),
    native("%put-in m path value", "map/assoc-in for update-in.",
           [](Call call, Associative m, Sequence path, Value value) { return assoc_in(call, m, path, value); }),
    native("%found-path m path", "The path by the keys that are there, for update-in.",
           [](Call call, Associative m, Sequence path) -> Result<Value> {
               if (sequence_count(path) == 0)
                   return failure_at(1, kind::range, msg::argument_range, {"path", "≥ 1", "[]"});
               return found_path(call, m, path);
           }),
};

} // namespace

void define_map(Setup setup) { setup.define(map_natives); }

} // namespace qi::stdlib
