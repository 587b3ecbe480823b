// Persistent vectors and maps against models of the C++ library, with collections in between.
#include "data/equality.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace qi;

TEST_CASE("vectors do what std::vector does, and old versions stay as they were") {
    Store store(kinds());
    store.heap.set_stress(true);
    Kept kept(store.heap);
    std::mt19937_64 random(3);
    constexpr std::size_t versions = 4;
    std::vector<std::vector<std::int64_t>> models(versions);
    for (std::size_t i = 0; i < versions; ++i) kept.values.push_back(make_vector(store, {}));
    const auto check = [&](std::size_t v) {
        REQUIRE(vector_count(kept.values[v]) == models[v].size());
        SequenceCursor cursor(kept.values[v]);
        std::size_t i = 0;
        for (Value item; cursor.next(item); ++i)
            if (as_integer(item) != models[v][i]) FAIL("item " << i);
        CHECK(i == models[v].size());
    };
    const std::size_t operations = tests::scaled(1000000);
    for (std::size_t n = 0; n < operations; ++n) {
        const std::size_t v = random() % versions;
        const auto value = static_cast<std::int64_t>(random() >> (random() % 40));
        const std::size_t size = models[v].size();
        switch (random() % 16) {
        case 0: // branch off another version
            if (random() % 100 == 0) {
                const std::size_t from = random() % versions;
                kept.values[v] = kept.values[from];
                models[v] = models[from];
            }
            break;
        case 1:
            if (random() % 1000 == 0) { // from scratch, in bulk
                std::vector<Value> items;
                models[v].clear();
                for (std::size_t i = random() % 3000; i > 0; --i) {
                    models[v].push_back(static_cast<std::int64_t>(i));
                    items.push_back(Value::small(static_cast<std::int64_t>(i)));
                }
                kept.values[v] = make_vector(store, items);
            }
            break;
        case 2:
        case 3:
        case 4:
        case 5:
            if (size > 0) {
                const std::size_t at = random() % size;
                kept.values[v] = vector_set(store, kept.values[v], at, make_integer(store, value));
                models[v][at] = value;
            }
            break;
        case 6: // a part, mostly most of it
            if (random() % 8 == 0) {
                const std::size_t from = std::min<std::size_t>(size, random() % 64), rest = size - from;
                const std::size_t to = random() % 200 == 0 ? from + random() % (rest + 1)
                                                           : size - std::min<std::size_t>(rest, random() % 4);
                kept.values[v] = vector_slice(store, kept.values[v], from, to);
                models[v].resize(to);
                models[v].erase(models[v].begin(), models[v].begin() + static_cast<std::ptrdiff_t>(from));
            }
            break;
        case 7:
            if (size > 0) {
                const std::size_t at = random() % size;
                REQUIRE(as_integer(vector_get(kept.values[v], at)) == models[v][at]);
            }
            break;
        case 8:
            if (random() % 100 == 0) { // many at once
                std::vector<Value> items;
                for (std::size_t i = random() % 3000; i > 0; --i) {
                    models[v].push_back(static_cast<std::int64_t>(i));
                    items.push_back(Value::small(static_cast<std::int64_t>(i)));
                }
                kept.values[v] = vector_append(store, kept.values[v], items);
            }
            break;
        default:
            kept.values[v] = vector_push(store, kept.values[v], make_integer(store, value));
            models[v].push_back(value);
        }
        if (n % 5000 == 0) store.heap.collect();
        if (n % 50000 == 0) check(v);
    }
    for (std::size_t v = 0; v < versions; ++v) check(v);
}

TEST_CASE("vectors at the borders of their levels") {
    Store store(kinds());
    for (const std::size_t size :
         {0, 1, 31, 32, 33, 63, 64, 65, 1023, 1024, 1025, 1055, 1056, 1057, 32767, 32768, 32800, 32801}) {
        std::vector<Value> items;
        for (std::size_t i = 0; i < size; ++i) items.push_back(Value::small(static_cast<std::int64_t>(i)));
        const Value bulk = make_vector(store, items);
        Value pushed = make_vector(store, {});
        for (const Value item : items) pushed = vector_push(store, pushed, item);
        CHECK(same(bulk, pushed));
        const Value longer = vector_push(store, bulk, Value::nil());
        CHECK(vector_count(longer) == size + 1);
        CHECK(vector_get(longer, size).is_nil());
        if (size > 0) CHECK(vector_get(longer, size - 1) == items.back());
    }
}

TEST_CASE("parts of vectors at the borders of their levels") {
    Store store(kinds());
    constexpr std::size_t size = 32801;
    std::vector<Value> items;
    for (std::size_t i = 0; i < size; ++i) items.push_back(Value::small(static_cast<std::int64_t>(i)));
    const Value whole = make_vector(store, items);
    const std::size_t borders[] = {0,    1,     31,    32,    33,    63,    64,    1023,  1024, 1025,
                                   2048, 16384, 31744, 32735, 32767, 32768, 32769, 32800, 32801};
    for (const std::size_t from : borders)
        for (const std::size_t to : borders) {
            if (from > to) continue;
            const std::span<const Value> expected = std::span<const Value>(items).subspan(from, to - from);
            const Value part = vector_slice(store, whole, from, to);
            CHECK(same(part, make_vector(store, expected)));
            for (const std::size_t at : borders)
                if (at < expected.size()) CHECK(vector_get(part, at) == expected[at]);
            std::vector<Value> longer(expected.begin(), expected.end());
            longer.insert(longer.end(), items.begin(), items.begin() + 1100);
            CHECK(same(vector_append(store, part, std::span<const Value>(items).first(1100)),
                       make_vector(store, longer)));
            if (expected.empty()) continue;
            longer.assign(expected.begin(), expected.end());
            longer.front() = longer.back() = Value::nil();
            CHECK(same(vector_set(store, vector_set(store, part, 0, Value::nil()), longer.size() - 1, Value::nil()),
                       make_vector(store, longer)));
        }
}

TEST_CASE("a window that moves along keeps nothing but its items") {
    Store store(kinds());
    Kept kept(store.heap);
    for (const std::size_t width : {1, 33, 100, 3000}) {
        kept.values.assign(1, make_vector(store, {}));
        const std::size_t steps = tests::scaled(300000);
        for (std::size_t i = 0; i < steps; ++i) {
            Value window = vector_push(store, kept.values[0], Value::small(static_cast<std::int64_t>(i)));
            if (vector_count(window) > width) window = vector_slice(store, window, 1, vector_count(window));
            kept.values[0] = window;
            if (store.heap.wants_collection()) store.heap.collect();
        }
        const std::size_t count = vector_count(kept.values[0]);
        for (std::size_t i = 0; i < count; ++i)
            if (vector_get(kept.values[0], i).as_small() != static_cast<std::int64_t>(steps - count + i))
                FAIL("item " << i);
        store.heap.collect_all();
        store.heap.collect_all();
        CHECK(store.heap.statistics().old_bytes < 40000 + 10 * width);
    }
}

TEST_CASE("maps do what std::map does, flat ones in order of insertion") {
    Store store(kinds());
    store.heap.set_stress(true);
    Kept kept(store.heap);
    std::mt19937_64 random(4);
    const auto key_of = [&](std::int64_t k) {
        // Several kinds of keys, boxed ones and strings among them.
        switch (k % 5) {
        case 0: return Value::small(k);
        case 1: return make_integer(store, k + (std::int64_t{1} << 60));
        case 2: return make_string(store, "key" + std::to_string(k));
        case 3: return store.keyword("k" + std::to_string(k));
        default: return Value::number(static_cast<double>(k) + 0.5);
        }
    };
    for (const std::size_t space : {12, 60, 70, 100, 1000, 100000}) {
        std::map<std::int64_t, std::int64_t> model;
        std::vector<std::int64_t> order;
        kept.values = {empty_map(store)};
        bool flat = true;
        for (std::size_t n = tests::scaled(170000); n > 0; --n) {
            const auto k = static_cast<std::int64_t>(random() % space);
            Value& map = kept.values[0];
            switch (random() % 4) {
            case 0:
                map = map_dissoc(store, map, key_of(k));
                if (model.erase(k) != 0) order.erase(std::find(order.begin(), order.end(), k));
                break;
            case 1: {
                const Value found = map_get(map, key_of(k));
                const auto wanted = model.find(k);
                REQUIRE(found.is_absent() == (wanted == model.end()));
                if (!found.is_absent()) REQUIRE(as_integer(found) == wanted->second);
                break;
            }
            default: {
                const auto value = static_cast<std::int64_t>(random() % 1000000);
                map = map_assoc(store, map, key_of(k), Value::small(value));
                if (model.insert_or_assign(k, value).second && order.size() < 200)
                    order.push_back(k);
                else if (order.size() >= 200 && std::find(order.begin(), order.end(), k) == order.end())
                    order.push_back(k);
            }
            }
            flat = flat && model.size() <= Shape::max_keys;
            REQUIRE(map_count(map) == model.size());
            if (n % 2000 == 0) store.heap.collect();
            if (n % 10000 == 0) {
                std::size_t seen = 0;
                MapCursor cursor(map);
                for (Value key, value; cursor.next(key, value); ++seen)
                    if (flat) REQUIRE(same(key, key_of(order[seen])));
                REQUIRE(seen == model.size());
            }
        }
        // Emptied in random order it is the empty map again.
        std::vector<std::int64_t> left;
        for (const auto& [k, v] : model) left.push_back(k);
        std::shuffle(left.begin(), left.end(), random);
        for (const std::int64_t k : left) kept.values[0] = map_dissoc(store, kept.values[0], key_of(k));
        CHECK(same(kept.values[0], empty_map(store)));
    }
}

TEST_CASE("keys whose hashes collide") {
    Store store(kinds());
    // Floats whose hashes agree in all 32 bits, found by looking.
    std::map<std::uint32_t, Value> seen;
    std::vector<std::pair<Value, Value>> pairs;
    for (int i = 0; pairs.size() < 8 && i < 1000000; ++i) {
        const Value v = Value::small(i * 7919);
        const auto [at, fresh] = seen.emplace(hash_value(v), v);
        if (!fresh) pairs.emplace_back(at->second, v);
    }
    REQUIRE(pairs.size() > 2);
    Value map = empty_map(store);
    for (int i = 0; i < 70; ++i) map = map_assoc(store, map, store.keyword("k" + std::to_string(i)), Value::nil());
    for (const auto& [a, b] : pairs)
        map = map_assoc(store, map_assoc(store, map, a, Value::small(1)), b, Value::small(2));
    for (const auto& [a, b] : pairs) {
        CHECK(map_get(map, a) == Value::small(1));
        CHECK(map_get(map, b) == Value::small(2));
        map = map_dissoc(store, map, a);
        CHECK(map_get(map, a).is_absent());
        CHECK(map_get(map, b) == Value::small(2));
        map = map_dissoc(store, map, b);
    }
    CHECK(map_count(map) == 70);
}
