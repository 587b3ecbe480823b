// Where objects are born, when it is small and when a native makes more than it holds.
#include "heap/nursery.hpp"

#include "data/vector.hpp"
#include "heap/kept.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

using namespace qi;

TEST_CASE("the nursery grows without a gap, then elsewhere, and shrinks step by step") {
    Nursery nursery;
    char* const first = nursery.top;
    std::size_t steps = 1;
    for (; !nursery.has_chunks(); ++steps) {
        CHECK(nursery.extent() == steps * Nursery::step);
        CHECK(nursery.top == first);
        CHECK(nursery.contains(reinterpret_cast<Object*>(nursery.limit - 16)));
        nursery.limit[-1] = 1; // is there
        nursery.extend();
    }
    CHECK((steps - 1) * Nursery::step == nursery.capacity());
    CHECK_FALSE(nursery.contains(reinterpret_cast<Object*>(nursery.top)));
    CHECK_FALSE(nursery.contains(reinterpret_cast<Object*>(first - 16)));
    CHECK(nursery.extent() == steps * Nursery::step);
    nursery.empty(0);
    CHECK(nursery.top == first);
    CHECK(nursery.extent() == Nursery::step);
    CHECK(nursery.has_surplus());
    nursery.rest();
    CHECK_FALSE(nursery.has_surplus());
    nursery.extend();
    nursery.limit[-1] = 1;
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

TEST_CASE("more than the nursery holds between two collections") {
    Store store(kinds());
    Kept kept(store.heap);
    constexpr int count = 10'000;
    for (int i = 0; i < count; ++i) {
        Array* array = make_array(store, 1000); // nearly 80 MB in all
        std::fill_n(array->items(), 1000, i % 10 == 0 ? Value::small(i) : Value::nil());
        if (i % 10 == 0) {
            if (!kept.values.empty()) array->items()[1] = kept.values.back();
            kept.values.push_back(Value{array});
        }
    }
    store.heap.collect();
    store.heap.collect();
    for (std::size_t i = 0; i < kept.values.size(); ++i) {
        const auto* array = static_cast<const Array*>(kept.values[i].object());
        REQUIRE(array->items()[999] == Value::small(static_cast<std::int64_t>(i) * 10));
        if (i > 0) REQUIRE(array->items()[1] == kept.values[i - 1]);
    }
}
