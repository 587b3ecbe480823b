// Large objects, which don't move: young all the same until a minor collection has found that they are needed.
#include "data/map.hpp"
#include "data/vector.hpp"
#include "heap/garbage.hpp"
#include "heap/kept.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

using namespace qi;

namespace {

constexpr std::size_t large_count = 100'000; // items: 800 kB, more than there ever is room for in the nursery

/// What memory may hold before somebody fills it: references to nowhere.
void fill_with_nonsense(Array* array) {
    std::fill_n(array->items(), array->length, Value{reinterpret_cast<Object*>(std::uintptr_t{0xDEA0})});
}

} // namespace

TEST_CASE("a large object that nothing refers to goes with the next minor collection") {
    Store store(kinds());
    store.heap.collect();
    const std::size_t before = store.heap.statistics().old_bytes;
    for (int i = 0; i < 10; ++i) ::qi::tests::drop_array(store, large_count);
    CHECK(store.heap.statistics().old_bytes >= before + 10 * large_count * 8);
    store.heap.collect();
    CHECK(store.heap.statistics().old_bytes == before);
    CHECK(store.heap.statistics().major == 0);
}

TEST_CASE("a large object that is needed stays where it is, and what it refers to lives") {
    Store store(kinds());
    Kept kept(store.heap);
    for (int round = 0; round < 5; ++round) {
        Array* array = make_array(store, large_count);
        std::fill_n(array->items(), large_count, Value::nil());
        for (std::size_t i = 0; i < large_count; i += 10)
            array->items()[i] = make_vector(store, std::vector<Value>{Value::small(static_cast<std::int64_t>(i))});
        kept.values.push_back(Value{array});
        // By way of another one, that only the first refers to.
        Array* inner = make_array(store, large_count);
        std::fill_n(inner->items(), large_count, Value{array});
        array->items()[0] = Value{inner};
        store.heap.collect();
        REQUIRE(kept.values.back().object() == array);
        REQUIRE(array->items()[0].object() == inner);
        REQUIRE(inner->items()[large_count - 1].object() == array);
        for (std::size_t i = 10; i < large_count; i += 10)
            REQUIRE(vector_get(array->items()[i], 0) == Value::small(static_cast<std::int64_t>(i)));
        store.heap.collect_all();
    }
    const std::size_t before = store.heap.statistics().old_bytes;
    kept.values.clear();
    store.heap.collect_all();
    CHECK(store.heap.statistics().old_bytes < before - 10 * large_count * 8);
}

TEST_CASE("what an exception left half filled is never followed") {
    Store store(kinds());
    Kept kept(store.heap);
    for (int round = 0; round < 20; ++round) {
        fill_with_nonsense(make_array(store, large_count));
        fill_with_nonsense(make_array(store, 3));
        fill_with_nonsense(make_array(store, 500));
        kept.values.push_back(make_vector(store, std::vector<Value>{Value::small(round)}));
        round % 2 == 0 ? store.heap.collect() : store.heap.collect_all();
    }
    for (int i = 0; i < 20; ++i) CHECK(vector_get(kept.values[static_cast<std::size_t>(i)], 0) == Value::small(i));
}
