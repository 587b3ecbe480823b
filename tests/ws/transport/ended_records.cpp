// Which records of ended connections are kept.
#include "ws/transport/service/ended_records.hpp"

#include <doctest/doctest.h>

#include <optional>

namespace qi::ws::test {

TEST_CASE("records that are known to have ended go by number, the longest known first") {
    EndedRecords records;
    for (Id id = 1; id <= 1024; ++id) records.add(id, id % 2 == 0 ? 100 : 0);
    for (Id id = 1; id <= 1024; ++id) records.settle(id);
    CHECK_FALSE(records.surplus());
    records.settle(4711);
    records.add(2000, 0);
    CHECK(records.surplus() == Id{1});
    CHECK_FALSE(records.surplus());
    records.remove(3);
    records.add(2001, 0);
    CHECK_FALSE(records.surplus());
    records.add(2002, 0);
    CHECK(records.surplus() == Id{5});
}

TEST_CASE("records with something unread go by number and by bytes, the first that ended first") {
    EndedRecords records;
    for (Id id = 1; id <= 16384; ++id) records.add(id, 1000);
    CHECK_FALSE(records.surplus());
    records.add(20000, 1000);
    CHECK(records.surplus() == Id{1});
    records.take(2, 1000); // read to the end
    records.settle(2);
    records.add(20001, 1000);
    CHECK_FALSE(records.surplus());
    for (Id id = 1; id <= 16384; ++id) records.remove(id);
    records.add(30000, 200u << 20);
    records.add(30001, 50u << 20);
    CHECK_FALSE(records.surplus());
    records.take(30001, 20u << 20);
    records.add(30002, 30u << 20);
    CHECK(records.surplus() == Id{20000});
    CHECK(records.surplus() == Id{20001});
    CHECK(records.surplus() == Id{30000});
    CHECK_FALSE(records.surplus());
}

} // namespace qi::ws::test
