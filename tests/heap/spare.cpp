// Blocks of the old space that are empty: kept for whatever needs one, and given back slowly.
#include "data/string.hpp"
#include "heap/kept.hpp"
#include "heap/old_space.hpp"

#include <doctest/doctest.h>

using namespace qi;

namespace {

constexpr std::size_t cell = 1024; // what the objects take
constexpr std::size_t block = 64 * 1024;

struct Space {
    KindTable kinds = qi::kinds();
    OldSpace old;

    void fill(std::size_t objects, std::uint8_t colour) {
        for (std::size_t i = 0; i < objects; ++i) {
            auto* object = static_cast<Object*>(old.allocate(cell));
            *object = Object{ObjectKind::Bytes, static_cast<std::uint8_t>(Object::Old | colour), 0, 0};
        }
    }
    /// All that has another colour goes.
    void sweep(std::uint8_t colour) {
        old.start_sweep(colour, kinds);
        while (!old.sweep(16)) {
        }
    }
};

} // namespace

TEST_CASE("a heap of the same size over and over asks the system for nothing after the first time") {
    Space space;
    constexpr std::size_t objects = 3000; // less than what is always kept
    std::uint8_t colour = Object::MarkA;
    space.fill(objects, colour);
    for (int round = 0; round < 20; ++round) {
        const std::uint8_t next = colour == Object::MarkA ? Object::MarkB : Object::MarkA;
        space.sweep(next);
        const std::size_t kept = space.old.spare_bytes();
        CHECK(kept >= objects * cell);
        space.fill(objects, next);
        CHECK(kept - space.old.spare_bytes() >= objects * cell); // from there it came
        colour = next;
    }
}

TEST_CASE("a heap that has become small keeps a share of it, and gives back what nobody needs") {
    Space space;
    space.fill(100'000, Object::MarkA);
    CHECK(space.old.spare_bytes() == 0);
    space.sweep(Object::MarkB);
    CHECK(space.old.bytes() == 0);
    CHECK(space.old.spare_bytes() <= 4 * 1024 * 1024 + block);
    std::size_t before = space.old.spare_bytes();
    for (int round = 0; round < 20; ++round) {
        space.sweep(Object::MarkA);
        CHECK(space.old.spare_bytes() <= before);
        before = space.old.spare_bytes();
    }
    CHECK(before <= block);
}

TEST_CASE("what lives off the heap counts for the share") {
    Space space;
    space.old.external_bytes = 256 << 20;
    space.fill(100'000, Object::MarkA);
    space.sweep(Object::MarkB);
    CHECK(space.old.bytes() == 0);
    CHECK(space.old.spare_bytes() >= 100'000 * cell);
}

TEST_CASE("a heap at rest gives back all that it keeps, half of it each time") {
    Space space;
    space.fill(10'000, Object::MarkA);
    space.sweep(Object::MarkB);
    std::size_t kept = space.old.spare_bytes();
    REQUIRE(kept > 4 * block);
    for (int rests = 0; kept > 0; ++rests) {
        REQUIRE(rests < 20);
        space.old.rest();
        CHECK(space.old.spare_bytes() <= kept / 2);
        kept = space.old.spare_bytes();
    }
}

TEST_CASE("a heap at rest finds what has become garbage since, and then has nothing more to do") {
    Store store(kinds());
    Heap& heap = store.heap;
    Kept kept(heap);
    const auto rest = [&] {
        for (int rests = 0; heap.has_spare(); ++rests) {
            REQUIRE(rests < 100);
            heap.rest();
        }
    };
    const auto make = [&](std::size_t strings) {
        for (std::size_t i = 0; i < strings; ++i) kept.values.push_back(make_string(store, std::string(100'000, 'x')));
    };
    make(100);
    heap.collect_all();
    kept.values.resize(10);
    CHECK(heap.statistics().external_bytes >= 100 * 100'000);
    rest();
    CHECK(heap.statistics().external_bytes < 11 * 100'000);
    for (const Value value : kept.values) CHECK(text_of(value) == std::string(100'000, 'x'));
    // Young ones, too.
    make(20);
    kept.values.clear();
    rest();
    CHECK(heap.statistics().external_bytes == 0);
    // A little garbage isn't worth looking for, however often there is time.
    make(2);
    kept.values.clear();
    CHECK_FALSE(heap.has_spare());
}

TEST_CASE("marking at rest begins anew when something was done meanwhile") {
    Store store(kinds());
    Heap& heap = store.heap;
    Kept kept(heap);
    for (std::size_t i = 0; i < 300'000; ++i) kept.values.push_back(make_string(store, std::to_string(i)));
    heap.collect_all();
    heap.rest(); // a piece
    kept.values.resize(10);
    for (std::size_t i = 0; i < 200'000; ++i) make_string(store, std::to_string(i));
    heap.collect();
    for (int rests = 0; heap.has_spare(); ++rests) {
        REQUIRE(rests < 1000);
        heap.rest();
    }
    CHECK(heap.statistics().old_bytes < 2'000'000);
    for (std::size_t i = 0; i < kept.values.size(); ++i) CHECK(text_of(kept.values[i]) == std::to_string(i));
}

TEST_CASE("an allocation sweeps no more than a few blocks, however full they are") {
    Space space;
    constexpr std::size_t blocks = 500;
    space.fill(blocks * (block / cell), Object::MarkA);
    CHECK(space.old.blocks() == blocks);
    space.old.start_sweep(Object::MarkA, space.kinds); // everything lives
    space.fill(1, Object::MarkA);
    std::size_t left = 0;
    while (!space.old.sweep(1)) ++left;
    CHECK(left >= blocks - 4);
    CHECK(space.old.blocks() == blocks + 1);
    // What came while it was swept is swept with the rest next time.
    space.sweep(Object::MarkB);
    CHECK(space.old.bytes() == 0);
    CHECK(space.old.blocks() == 0);
}

TEST_CASE("large objects are swept in pieces, too") {
    Space space;
    constexpr std::size_t objects = 500, size = 1 << 20;
    for (std::size_t i = 0; i < objects; ++i) {
        auto* object = static_cast<Object*>(space.old.allocate(size));
        *object = Object{ObjectKind::Bytes, Object::Old | Object::MarkA, 0, 0};
    }
    space.old.start_sweep(Object::MarkB, space.kinds);
    CHECK_FALSE(space.old.sweep(16));
    CHECK(space.old.bytes() > objects / 2 * size);
    while (!space.old.sweep(16)) {
    }
    CHECK(space.old.bytes() == 0);
}
