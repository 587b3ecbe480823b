// How long pauses were, as far as a histogram of fixed size knows.
#include "heap/pauses.hpp"

#include <doctest/doctest.h>

using namespace qi;

TEST_CASE("no pauses have no length") {
    const Pauses pauses;
    CHECK(pauses.count() == 0);
    CHECK(pauses.percentile(50) == 0);
    CHECK(pauses.longest() == 0);
}

TEST_CASE("percentiles are at most an eighth too large, and the longest is exact") {
    for (const std::uint64_t unit : {1000u, 12'345u, 1'000'000u}) {
        Pauses pauses;
        for (std::uint64_t i = 1; i <= 1000; ++i) pauses.add(i * unit);
        CHECK(pauses.count() == 1000);
        CHECK(pauses.longest() == 1000 * unit);
        for (const unsigned percent : {1u, 50u, 90u, 99u}) {
            CHECK(pauses.percentile(percent) >= percent * 10 * unit);
            CHECK(pauses.percentile(percent) <= percent * 10 * unit * 9 / 8 + 128);
        }
        CHECK(pauses.percentile(100) == 1000 * unit);
    }
}

TEST_CASE("a pause of hours is counted like any other") {
    Pauses pauses;
    pauses.add(0);
    pauses.add(10'000'000'000'000);
    CHECK(pauses.longest() == 10'000'000'000'000);
    CHECK(pauses.percentile(100) == 10'000'000'000'000);
    CHECK(pauses.percentile(50) <= 128);
}
