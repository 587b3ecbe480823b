// Marking is faster than the program, whatever that makes.
#include "data/list.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace qi;

namespace {

/// A chain of arrays of one item each, which begins again after so many; all of it becomes old. The largest heap that
/// there was.
std::size_t largest_with_chain(Store& store, Kept& kept, int links, int rounds) {
    std::size_t largest = 0;
    for (int round = 0; round < rounds; ++round) {
        kept.values.back() = Value::nil();
        for (int i = 0; i < links; ++i) {
            Array* link = make_array(store, 1);
            link->items()[0] = kept.values.back();
            kept.values.back() = Value{link};
            if (!store.heap.wants_collection()) continue;
            store.heap.collect();
            largest = std::max(largest, store.heap.statistics().old_bytes);
        }
    }
    return largest;
}

} // namespace

TEST_CASE("a heap stays small however much is made between two safepoints") {
    Store store(kinds());
    Kept kept(store.heap);
    constexpr std::size_t items = 1'000'000; // 9 MB of chunks
    std::size_t largest = 0;
    for (int round = 0; round < 60; ++round) {
        kept.values.assign(
            1, make_list(
                   store, items, [](std::size_t i) { return Value::small(static_cast<int>(i)); }, Value::empty_list()));
        for (int i = 0; i < round % 3; ++i) store.heap.collect();
        store.heap.collect();
        largest = std::max(largest, store.heap.statistics().old_bytes);
    }
    CHECK(store.heap.statistics().major >= 5);
    CHECK(largest < 6 * items * 9);
}

TEST_CASE("marking ends although all that is made is small and becomes old") {
    constexpr int links = 500'000;                   // 12 MB
    for (const std::size_t roots : {1u, 200'000u}) { // a deep stack makes the nursery larger
        Store store(kinds());
        Kept kept(store.heap);
        kept.values.assign(roots, Value::nil());
        const std::size_t largest = largest_with_chain(store, kept, links, 20);
        CAPTURE(roots);
        CHECK(store.heap.statistics().major >= 3);
        CHECK(largest < std::size_t{6} * links * 24);
    }
}
