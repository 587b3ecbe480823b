#include "data/equality.hpp"

#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/random_value.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

using namespace qi;

namespace {

/// A list with the items of a vector, and the like: equal by the language's rules, but another object.
Value twin(Store& store, Value v) {
    if (v.is_empty_list()) return make_vector(store, {});
    if (is_sequential(v)) {
        std::vector<Value> items;
        for (const Value item : items_of(v)) items.push_back(twin(store, item));
        return is_vector(v) ? make_list(store, items) : make_vector(store, items);
    }
    if (is_string(v)) return make_string(store, std::string(text_of(v)));
    if (is_set(v)) return make_set(store, twin(store, set_members(v)));
    if (is_map(v)) {
        std::vector<std::pair<Value, Value>> entries;
        MapCursor cursor(v);
        for (Value key, value; cursor.next(key, value);) entries.emplace_back(twin(store, key), twin(store, value));
        Value map = empty_map(store);
        for (auto it = entries.rbegin(); it != entries.rend(); ++it) map = map_assoc(store, map, it->first, it->second);
        return map;
    }
    if (v.is_double() && v.as_double() == 0) return Value::number(-v.as_double());
    return v;
}

} // namespace

TEST_CASE("equal values have equal hashes, whatever they are made of") {
    Store store(kinds());
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < tests::scaled(20000); ++i) {
        const Value a = tests::random_value(store, random, 3), b = twin(store, a),
                    c = tests::random_value(store, random, 2);
        REQUIRE(same(a, b));
        REQUIRE(equal(a, b));
        REQUIRE(hash_value(a) == hash_value(b));
        REQUIRE(same(a, c) == same(c, a));
        if (same(a, c)) REQUIRE(hash_value(a) == hash_value(c));
    }
}

TEST_CASE("the empty list and the empty vector are one key") {
    Store store(kinds());
    Value map = empty_map(store);
    for (int i = 0; i < 200; ++i) {
        map = map_assoc(store, map, Value::small(i), Value::nil());
        if (i == 12 || i == 100) {
            const Value with = map_assoc(store, map, make_vector(store, {}), Value::small(5));
            CHECK(map_get(with, Value::empty_list()) == Value::small(5));
        }
    }
}

TEST_CASE("strict and numeric equality") {
    Store store(kinds());
    CHECK_FALSE(same(Value::small(1), Value::number(1)));
    CHECK(equal(Value::small(1), Value::number(1)));
    CHECK(same(Value::number(0.0), Value::number(-0.0)));
    CHECK(hash_value(Value::number(0.0)) == hash_value(Value::number(-0.0)));
    CHECK(same(Value::number(NAN), Value::number(-NAN)));
    // 2^53 + 1 isn't a float.
    CHECK_FALSE(equal(make_integer(store, 9007199254740993), Value::number(9007199254740992.0)));
    CHECK(compare_numbers(make_integer(store, INT64_MAX), Value::number(9223372036854775808.0)) == -1);
    CHECK(compare_numbers(make_integer(store, INT64_MIN), Value::number(-9223372036854775808.0)) == 0);
    CHECK(same(make_integer(store, INT64_MAX), make_integer(store, INT64_MAX)));
    CHECK_FALSE(same(store.keyword("a"), store.symbol("a")));
    CHECK_FALSE(same(make_string(store, std::string_view("a")), make_bytes(store, std::string_view("a"))));
}

TEST_CASE("order is total where it is one") {
    Store store(kinds());
    std::mt19937_64 random(2);
    std::vector<Value> numbers;
    for (int i = 0; i < 60; ++i) {
        numbers.push_back(make_integer(store, static_cast<std::int64_t>(random())));
        numbers.push_back(Value::small(static_cast<std::int64_t>(random() % 5)));
        const double d = std::bit_cast<double>(random());
        numbers.push_back(Value::number(std::isnan(d) ? 1.0 : d));
        numbers.push_back(Value::number(static_cast<double>(random() % 5)));
    }
    const auto sign = [](Order o) { return o == Order::Less ? -1 : o == Order::Greater ? 1 : 0; };
    for (const Value a : numbers)
        for (const Value b : numbers) {
            REQUIRE(sign(compare(a, b)) == -sign(compare(b, a)));
            const Value c = numbers[random() % numbers.size()];
            if (sign(compare(a, b)) <= 0 && sign(compare(b, c)) <= 0) REQUIRE(sign(compare(a, c)) <= 0);
        }
    CHECK(compare(Value::small(1), make_string(store, std::string_view("a"))) == Order::Incomparable);
    CHECK(compare(Value::number(NAN), Value::small(1)) == Order::Unordered);
}
