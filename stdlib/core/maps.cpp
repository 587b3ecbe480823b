// Maps, and look-ups in whatever has parts.
#include "core/core.hpp"
#include "core/seq.hpp"

#include "data/type_name.hpp"

namespace qi::stdlib {

namespace {

/// As the `get` instruction, but absent for what isn't there.
Result<Value> look_up(Call call, Value from, Value key) {
    if (is_map(from)) return map_lookup(call.store(), from, key);
    if (from.is_nil()) return Value::absent();
    if (is_set(from)) return map_get(set_members(from), key).is_absent() ? Value::absent() : key;
    if (is_sequential(from) || is_string(from) || is_bytes(from)) {
        if (!is_integer(key))
            return failure_at(1, kind::type, msg::argument_type,
                              {msg::type_integer.text(), describe_value(call.store(), key)});
        const std::int64_t index = as_integer(key);
        return index < 0 ? Value::absent() : item_at(call, from, static_cast<std::size_t>(index));
    }
    return failure_at(0, kind::type, msg::argument_type, {msg::type_map.text(), describe_value(call.store(), from)});
}

Result<Value> get(Call call, Value from, Value key, Value otherwise) {
    auto found = look_up(call, from, key);
    if (found && found->is_absent()) return otherwise;
    return found;
}

Result<Value> get_in(Call call, Value from, Value path, Value otherwise) {
    for (const Value key : items_of(path)) {
        const bool by_index = is_sequential(from) || is_string(from) || is_bytes(from);
        if (!is_map(from) && !is_set(from) && !by_index) return otherwise;
        if (by_index && !is_integer(key)) return otherwise;
        auto found = look_up(call, from, key);
        if (!found) return found;
        if (found->is_absent()) return otherwise;
        from = *found;
    }
    return from;
}

} // namespace

Result<Value> assoc_item(Call call, int argument, Value vector, Value key, Value item) {
    if (!is_integer(key))
        return failure_at(argument, kind::type, msg::argument_type,
                          {msg::type_integer.text(), describe_value(call.store(), key)});
    const std::int64_t index = as_integer(key);
    const auto count = static_cast<std::int64_t>(vector_count(vector));
    if (index < 0 || index > count)
        return failure_at(argument, kind::range, msg::argument_range,
                          {"index", format(msg::between, {"0", std::to_string(count)}), std::to_string(index)});
    return index == count ? vector_push(call.store(), vector, item)
                          : vector_set(call.store(), vector, static_cast<std::size_t>(index), item);
}

namespace {

Result<Value> assoc(Call call, Value to, Rest pairs) {
    if (to.is_nil()) to = empty_map(call.store());
    if (pairs.size() % 2 != 0) return failure(kind::arity, msg::odd_map, {std::to_string(pairs.size())});
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        if (is_vector(to)) {
            auto changed = assoc_item(call, static_cast<int>(i) + 1, to, pairs[i], pairs[i + 1]);
            if (!changed) return changed;
            to = *changed;
            continue;
        }
        if (!is_map(to))
            return failure_at(0, kind::type, msg::argument_type,
                              {msg::type_map.text(), describe_value(call.store(), to)});
        if (!can_be_key(pairs[i]))
            return failure_at(static_cast<int>(i) + 1, kind::type, msg::bad_key,
                              {describe_value(call.store(), pairs[i])});
        to = map_assoc(call.store(), to, pairs[i], pairs[i + 1]);
    }
    return to;
}

Result<Value> merge(Call call, Value first, Rest others) {
    Value all = first.is_nil() ? empty_map(call.store()) : first;
    if (!is_map(all))
        return failure_at(0, kind::type, msg::argument_type, {msg::type_map.text(), describe_value(call.store(), all)});
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (others[i].is_nil()) continue;
        if (!is_map(others[i]))
            return failure_at(static_cast<int>(i) + 1, kind::type, msg::argument_type,
                              {msg::type_map.text(), describe_value(call.store(), others[i])});
        MapCursor cursor(others[i]);
        for (Value key, value; cursor.next(key, value);) all = map_assoc(call.store(), all, key, value);
    }
    return all;
}

constexpr Native maps_natives[] = {
    native("get from key default?",
           "What from has at key: the value of a map, the item of a vector, list, string or bytes at an index, or the "
           "member of a set; else default or nil. A keyword that is missing finds the string with its name, and a "
           "string finds the keyword, except for error: so maps from JSON and maps in the program are read alike. (:a "
           "m), get-in, contains? and update do the same; dissoc, merge and = take keys as they are.\n"
           "(get {\"a\" 1} :a) ;=> 1",
           [](Call call, Value from, Value key, std::optional<Value> otherwise) {
               return get(call, from, key, otherwise.value_or(Value::nil()));
           }),
    native("get-in from path default?",
           "What is in from at the end of path, a sequence of keys that get follows one by one; else default or nil.\n"
           "(get-in {:a [{:b 5}]} [:a 0 :b]) ;=> 5",
           [](Call call, Value from, Sequence path, std::optional<Value> otherwise) {
               return get_in(call, from, path, otherwise.value_or(Value::nil()));
           }),
    native(
        "contains? xs key", "Whether xs, a map, has the key, or, a set, the member.\n(contains? {:a nil} :a) ;=> true",
        [](Call call, Value xs, Value key) -> Result<Value> {
            auto found = look_up(call, xs, key);
            if (!found) return found;
            return Value::boolean(!found->is_absent());
        },
        borrows),
    native(
        "%found-key m key", "The key of m that a look-up of key would find.",
        [](Call call, Associative m, Value key) {
            if (!is_map(m)) return key;
            Value found = key;
            return map_lookup(call.store(), m.value, key, &found).is_absent() ? key : found;
        },
        borrows),
    native("%entries m entry?",
           "Some entries of the map m, as a list: the first ones, or those that follow the entry; none at the end.",
           [](Call call, MapOrNil m, std::optional<Value> entry) -> Value {
               constexpr std::size_t most = 512;
               if (m.value.is(ObjectKind::HashMap)) {
                   std::vector<Value> page;
                   HashMapCursor cursor = entry ? HashMapCursor(m, vector_get(*entry, 0)) : HashMapCursor(m);
                   Value pair[2];
                   while (page.size() < most && cursor.next(pair[0], pair[1]))
                       page.push_back(make_vector(call.store(), {pair, 2}));
                   return make_list(call.store(), page);
               }
               return entry ? Value::empty_list() : make_list(call.store(), items_of_seqable(call, m));
           }),
    native(
        "keys m", "The keys of m, in its order.\n(keys {:a 1 :b 2}) ;=> (:a :b)",
        [](Call call, MapOrNil m) {
            std::vector<Value> keys;
            if (!m.value.is_nil()) {
                MapCursor cursor(m);
                for (Value key, value; cursor.next(key, value);) keys.push_back(key);
            }
            return make_list(call.store(), keys);
        },
        borrows),
    native(
        "vals m", "The values of m, in the order of the keys.\n(vals {:a 1 :b 2}) ;=> (1 2)",
        [](Call call, MapOrNil m) {
            std::vector<Value> values;
            if (!m.value.is_nil()) {
                MapCursor cursor(m);
                for (Value key, value; cursor.next(key, value);) values.push_back(value);
            }
            return make_list(call.store(), values);
        },
        borrows),
    native(
        "assoc m x...",
        "m with values put at keys: (assoc m key value …). Of a vector, at indexes; fails with :range beyond its end.\n"
        "(assoc {:a 1} :b 2) ;=> {:a 1 :b 2}",
        [](Call call, Value m, Rest pairs) { return assoc(call, m, pairs); }),
    native("dissoc m key...",
           "m without each key, which is taken as it is: :a isn't \"a\".\n(dissoc {:a 1 :b 2} :a) ;=> {:b 2}",
           [](Call call, MapOrNil m, Rest keys) {
               Value map = m.value.is_nil() ? empty_map(call.store()) : m.value;
               for (const Value key : keys) map = map_dissoc(call.store(), map, key);
               return map;
           }),
    native("merge m n...",
           "All entries of m and every n; later ones win. Keys are taken as they are: :a isn't \"a\".\n(merge {:a 1} "
           "{:a 2 :b 3}) ;=> {:a 2 :b 3}",
           [](Call call, Value m, Rest others) { return merge(call, m, others); }),
};

} // namespace

void define_maps(Setup setup) { setup.define(maps_natives); }

} // namespace qi::stdlib
