// What the heap holds weakly: symbols, keywords, the steps between shapes.
#include "data/map.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace qi;

TEST_CASE("names that nobody holds are forgotten, the others stay the same word") {
    Store store(kinds());
    Kept kept(store.heap);
    for (int i = 0; i < 20000; ++i) {
        const Value keyword = store.keyword("k" + std::to_string(i));
        if (i % 100 == 0) kept.values.push_back(keyword);
    }
    store.heap.collect_all();
    for (int i = 0; i < 20000; ++i) {
        const Value found = store.symbols.find_keyword("k" + std::to_string(i));
        if (i % 100 == 0)
            REQUIRE(found == kept.values[static_cast<std::size_t>(i) / 100]);
        else
            REQUIRE(found.is_absent());
    }
    CHECK(store.keyword("k100") == kept.values[1]);
}

TEST_CASE("names interned again while marking is under way live on") {
    Store store(kinds());
    Kept kept(store.heap);
    kept.values.push_back(Value::nil());
    for (int round = 0; round < 200; ++round) {
        // Dropped, then found again by its text between two slices. Old garbage, so that there are some.
        kept.values.resize(1);
        kept.values[0] = Value::nil();
        store.heap.collect();
        for (int i = 0; i < 100; ++i) {
            Array* array = make_array(store, 1000);
            std::fill_n(array->items(), 1000, Value::nil());
            kept.values.push_back(Value{array});
        }
        store.heap.collect();
        kept.values[0] = store.keyword("again");
        store.heap.collect();
        REQUIRE(as_symbol(kept.values[0])->text() == "again");
        REQUIRE(store.keyword("again") == kept.values[0]);
    }
    CHECK(store.heap.statistics().major > 0);
}

TEST_CASE("shapes: the same steps give the same shape, also across collections") {
    Store store(kinds());
    store.heap.set_stress(true);
    Kept kept(store.heap);
    const auto build = [&](int keys) {
        Value map = empty_map(store);
        for (int i = 0; i < keys; ++i)
            map = map_assoc(store, map, make_string(store, "key" + std::to_string(i)), Value::small(i));
        return map;
    };
    kept.values = {build(10), build(10)};
    const auto shape = [&](std::size_t i) { return static_cast<FlatMap*>(kept.values[i].object())->shape; };
    CHECK(shape(0) == shape(1));
    for (int round = 0; round < 50; ++round) {
        store.heap.collect();
        kept.values[1] = build(10);
        CHECK(shape(0) == shape(1));
        for (int i = 0; i < 10; ++i)
            REQUIRE(map_get(kept.values[0], make_string(store, "key" + std::to_string(i))) == Value::small(i));
    }
    // A shape's number is never used for another: what a cache remembers stays true.
    const std::uint64_t id = shape(0)->id;
    kept.values.clear();
    store.heap.collect_all();
    kept.values = {build(10)};
    CHECK(shape(0)->id != id);
}
