// Marking is faster than the program, whatever that makes.
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
