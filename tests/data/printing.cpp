#include "data/print.hpp"

#include "data/equality.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/random_value.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"
#include "reader/reader.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>

using namespace qi;

namespace {

std::string text_of_float(double d) {
    std::string text;
    append_float(text, d);
    return text;
}

} // namespace

TEST_CASE("what is printed reads back as the same value") {
    Store store(kinds());
    const Names names(store);
    std::mt19937_64 random(5);
    for (std::size_t i = 0; i < tests::scaled(20000); ++i) {
        const Value v = tests::random_value(store, random, 3);
        const Source source("t", readable(store, v));
        FormArena arena(store);
        Reader reader(arena, names, source);
        Form* form = nullptr;
        REQUIRE_FALSE(reader.next(form));
        REQUIRE(form != nullptr);
        const Value back = datum_of(arena, form);
        if (!same(v, back)) FAIL(std::string(source.text()));
        REQUIRE(readable(store, back).size() == source.text().size());
        REQUIRE_FALSE(reader.next(form));
        REQUIRE(form == nullptr);
    }
}

TEST_CASE("floats print the shortest digits that read back") {
    CHECK(text_of_float(1) == "1.0");
    CHECK(text_of_float(-0.0) == "-0.0");
    CHECK(text_of_float(2.5) == "2.5");
    CHECK(text_of_float(1e15) == "1000000000000000.0");
    CHECK(text_of_float(9999999999999998.0) == "9999999999999998.0");
    CHECK(text_of_float(1e16) == "1e16");
    CHECK(text_of_float(1e20) == "1e20");
    CHECK(text_of_float(0.0001) == "0.0001");
    CHECK(text_of_float(0.00001) == "1e-5");
    CHECK(text_of_float(1.25e-7) == "1.25e-7");
    CHECK(text_of_float(NAN) == "NaN");
    CHECK(text_of_float(-INFINITY) == "-inf");
    std::mt19937_64 random(6);
    for (std::size_t i = 0; i < tests::scaled(200000); ++i) {
        const double d = std::bit_cast<double>(random());
        if (std::isfinite(d))
            REQUIRE(std::bit_cast<std::uint64_t>(*parse_float(text_of_float(d))) == std::bit_cast<std::uint64_t>(d));
    }
}

TEST_CASE("numbers out of range") {
    CHECK(*parse_float("1e999") == HUGE_VAL);
    CHECK(*parse_float("-1e999") == -HUGE_VAL);
    CHECK(*parse_float("1e-999") == 0);
    CHECK(*parse_float("1e-99999999999999999999") == 0);
    CHECK(*parse_float("0." + std::string(400, '0') + "1") == 0);
    CHECK(*parse_float("0." + std::string(400, '0') + "1e400") == doctest::Approx(0.1));
    CHECK(*parse_float(std::string(400, '9')) == HUGE_VAL);
    CHECK(*parse_float(std::string(400, '9') + ".0e-10") == HUGE_VAL);
    CHECK(*parse_integer("-9223372036854775808") == INT64_MIN);
    CHECK_FALSE(parse_integer("9223372036854775808"));
    CHECK_FALSE(parse_integer(" 1"));
    CHECK_FALSE(parse_float("1."
                            " "));
    CHECK_FALSE(parse_float(""));
}

TEST_CASE("messages show long values shortened, in whole characters") {
    Store store(kinds());
    CHECK(shortened(store, make_string(store, std::string(100, 'x')), 10) == "\"xxxxxxxxx…");
    std::string wide;
    for (int i = 0; i < 100; ++i) wide += "日";
    CHECK(shortened(store, make_string(store, wide), 5) == "\"日日日日…");
    Value deep = Value::nil();
    for (int i = 0; i < 100000; ++i) deep = make_vector(store, {&deep, 1});
    CHECK(shortened(store, deep, 5) == "[[[[[…");
}
