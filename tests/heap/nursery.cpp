// Where objects are born, when it is small and when a native makes more than it holds.
#include "heap/nursery.hpp"

#include "data/vector.hpp"
#include "heap/kept.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

using namespace qi;

TEST_CASE("the nursery grows without a gap up to its capacity, and shrinks step by step") {
    Nursery nursery;
    char* const first = nursery.top;
    std::size_t steps = 0;
    do {
        CHECK(nursery.extent() == ++steps * Nursery::step);
        CHECK(nursery.top == first);
        CHECK(nursery.contains(reinterpret_cast<Object*>(nursery.limit - 16)));
        nursery.limit[-1] = 1; // is there
    } while (nursery.extend());
    CHECK(steps * Nursery::step == nursery.capacity());
    CHECK(nursery.extent() == nursery.capacity());
    CHECK_FALSE(nursery.contains(reinterpret_cast<Object*>(nursery.limit)));
    CHECK_FALSE(nursery.contains(reinterpret_cast<Object*>(first - 16)));
    nursery.empty(0);
    CHECK(nursery.top == first);
    CHECK(nursery.extent() == Nursery::step);
    CHECK(nursery.has_surplus());
    nursery.rest();
    CHECK_FALSE(nursery.has_surplus());
    REQUIRE(nursery.extend());
    nursery.limit[-1] = 1;
}

TEST_CASE("a nursery at rest gives back the pages behind what is in use") {
    constexpr std::size_t page = 4096;
    Nursery nursery;
    char* const first = nursery.top;
    const auto use = [&](std::size_t bytes) {
        for (std::size_t at = 0; at < bytes; at += page) first[at] = 1;
        nursery.top = first + bytes;
    };
    use(10 * page);
    nursery.empty(0);
    use(2 * page + 16);
    nursery.rest();
    for (std::size_t at = 0; at < 3; ++at) CHECK(first[at * page] == 1);
    for (std::size_t at = 3; at < 10; ++at) CHECK(first[at * page] == 0); // as new
}

TEST_CASE("only references to what is within the nursery lead there") {
    const Nursery nursery;
    auto* const first = reinterpret_cast<Object*>(nursery.top);
    auto* const beyond = reinterpret_cast<Object*>(nursery.top + nursery.capacity());
    for (const Value inside : {Value{first}, Value::unique(first), Value{beyond - 2}}) CHECK(nursery.contains(inside));
    for (const Value outside :
         {Value{beyond}, Value::unique(beyond), Value{first - 2}, Value::nil(), Value::absent(), Value::boolean(true),
          Value::small(0), Value::small(-1), Value::number(0.0), Value::number(-1e300), Value::number(0.0 / 0.0)})
        CHECK_FALSE(nursery.contains(outside));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // which need all addresses
TEST_CASE("where addresses are limited the nursery takes a small share of them") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
    constexpr rlim_t limit = rlim_t{1} << 30;
    if (before.rlim_cur < limit) return;
    rlimit limited = before;
    limited.rlim_cur = limit;
    REQUIRE(::setrlimit(RLIMIT_AS, &limited) == 0);
    const std::size_t capacity = Nursery().capacity();
    ::setrlimit(RLIMIT_AS, &before);
    CHECK(capacity <= limit / 64);
    CHECK(capacity >= 2 * Nursery::step);
}
#endif

TEST_CASE("what is made beyond a few steps between two collections is old at once") {
    Store store(kinds());
    Kept kept(store.heap);
    constexpr int count = 10'000;
    std::size_t young = 0;
    for (int i = 0; i < count; ++i) {
        Array* array = make_array(store, 1000); // nearly 80 MB in all
        std::fill_n(array->items(), 1000, i % 10 == 0 ? Value::small(i) : Value::nil());
        young += array->is_old() ? 0 : 1;
        if (i % 10 == 0) {
            if (!kept.values.empty()) array->items()[1] = kept.values.back();
            kept.values.push_back(Value{array});
        }
    }
    CHECK(young * 8000 < 8 * Nursery::step);
    CHECK(store.heap.wants_collection());
    store.heap.collect();
    store.heap.collect();
    for (std::size_t i = 0; i < kept.values.size(); ++i) {
        const auto* array = static_cast<const Array*>(kept.values[i].object());
        REQUIRE(array->items()[999] == Value::small(static_cast<std::int64_t>(i) * 10));
        if (i > 0) REQUIRE(array->items()[1] == kept.values[i - 1]);
    }
}

TEST_CASE("what was left half filled holds nothing, when it is old at once, too") {
    Store store(kinds());
    Kept kept(store.heap);
    for (int round = 0; round < 3; ++round) {
        std::size_t old = 0;
        for (int i = 0; i < 2000; ++i) {
            Array* array = make_array(store, 1000);
            array->items()[i % 1000] = make_vector(store, std::vector<Value>{Value::small(i)}); // and no other one
            old += array->is_old() ? 1 : 0;
            if (!array->is_old() || i % 100 != 0) continue;
            kept.values.push_back(Value{array});
            CHECK(array->items()[(i + 1) % 1000] == Value::number(0));
        }
        CHECK(old > 500);
        round % 2 == 0 ? store.heap.collect() : store.heap.collect_all();
        for (const Value value : kept.values) {
            const auto* array = static_cast<const Array*>(value.object());
            for (std::uint32_t i = 0; i < array->length; ++i)
                if (is_vector(array->items()[i])) REQUIRE(vector_get(array->items()[i], 0).is_small());
        }
    }
}
