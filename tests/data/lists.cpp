// Lists, of cells and of chunks, against std::deque, with collections in between.
#include "data/list.hpp"

#include "data/equality.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <random>

using namespace qi;

namespace {

using Model = std::deque<std::int64_t>;

Value of_cells(Store& store, std::span<const Value> items) {
    Value list = Value::empty_list();
    for (std::size_t i = items.size(); i-- > 0;) list = make_cell(store, items[i], list);
    return list;
}

std::vector<Value> numbers(std::size_t count) {
    std::vector<Value> items;
    for (std::size_t i = 0; i < count; ++i) items.push_back(Value::small(static_cast<std::int64_t>(i)));
    return items;
}

void check(Value list, const Model& model) {
    REQUIRE(is_list(list));
    REQUIRE(list_count(list) == model.size());
    SequenceCursor cursor(list);
    std::size_t i = 0;
    for (Value item; cursor.next(item); ++i)
        if (as_integer(item) != model.at(i)) FAIL("item " << i);
    CHECK(i == model.size());
    Value none;
    CHECK_FALSE(cursor.next(none));
}

} // namespace

TEST_CASE("lists do what std::deque does, and old versions stay as they were") {
    Store store(kinds());
    store.heap.set_stress(true);
    Kept kept(store.heap);
    std::mt19937_64 random(5);
    constexpr std::size_t versions = 4;
    std::vector<Model> models(versions);
    kept.values.assign(versions, Value::empty_list());
    const std::size_t operations = tests::scaled(500000);
    for (std::size_t n = 0; n < operations; ++n) {
        const std::size_t v = random() % versions;
        Value& list = kept.values[v];
        Model& model = models[v];
        switch (random() % 8) {
        case 0: // branch off another version
            if (random() % 50 == 0) {
                const std::size_t from = random() % versions;
                list = kept.values[from];
                model = models[from];
            }
            break;
        case 1: { // several in front
            std::vector<Value> items;
            for (std::size_t i = random() % 4 == 0 ? random() % 100 : random() % 4; i > 0; --i)
                items.push_back(make_integer(store, static_cast<std::int64_t>(random())));
            list = make_list(store, items, list);
            for (std::size_t i = items.size(); i-- > 0;) model.push_front(as_integer(items[i]));
            break;
        }
        case 2:
            if (!model.empty()) {
                const std::size_t at = random() % model.size();
                REQUIRE(as_integer(list_get(list, at)) == model[at]);
            }
            break;
        case 3: { // mostly a few, now and then to the end or beyond
            const std::size_t count = random() % 20 == 0 ? random() % (model.size() + 3) : random() % 30;
            list = list_from(store, list, count);
            model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(std::min(count, model.size())));
            break;
        }
        case 4:
        case 5:
            if (!model.empty()) {
                REQUIRE(as_integer(list_first(list)) == model.front());
                list = list_rest(store, list);
                model.pop_front();
            }
            break;
        default:
            list = make_cell(store, make_integer(store, static_cast<std::int64_t>(n)), list);
            model.push_front(static_cast<std::int64_t>(n));
        }
        if (n % 1000 == 0) store.heap.collect();
        if (n % 5000 == 0) check(list, model);
    }
    for (std::size_t v = 0; v < versions; ++v) check(kept.values[v], models[v]);
}

TEST_CASE("how a list was made can't be seen") {
    Store store(kinds());
    for (const std::size_t count : {0, 1, 2, 29, 30, 31, 59, 60, 61, 90, 1000}) {
        const auto items = numbers(count);
        const Value chunked = make_list(store, items), cells = of_cells(store, items);
        for (std::size_t from = 0; from <= count; from += from < 70 ? 1 : 97) {
            const Value a = list_from(store, chunked, from), b = list_from(store, cells, from);
            CHECK(list_count(a) == count - from);
            CHECK(a.is_empty_list() == b.is_empty_list());
            CHECK(same(a, b));
            CHECK(same(a, make_vector(store, std::span<const Value>(items).subspan(from))));
            CHECK(hash_value(a) == hash_value(b));
            CHECK(strong_hash(a) == strong_hash(b));
            CHECK(compare(a, b) == Order::Equal);
        }
        CHECK(list_from(store, chunked, count + 1).is_empty_list());
        CHECK(same(list_from(store, chunked, count / 2), list_from(store, chunked, count / 2)));
        CHECK_FALSE(same(chunked, make_cell(store, Value::nil(), chunked)));
    }
}

TEST_CASE("the end of a long list keeps one chunk more than its items") {
    Store store(kinds());
    Kept kept(store.heap);
    constexpr std::size_t count = 300'000, left = 10;
    kept.values.push_back(make_list(store, numbers(count)));
    store.heap.collect_all();
    const std::size_t all = store.heap.statistics().old_bytes;
    CHECK(all < count * 10); // 8 bytes for an item, and its share of a chunk and of a list
    Value list = kept.values[0];
    for (std::size_t i = left; i < count; ++i) {
        list = list_rest(store, list);
        if (i % 1000 != 0) continue;
        kept.values[0] = list;
        store.heap.collect();
        list = kept.values[0];
    }
    kept.values[0] = list;
    store.heap.collect_all();
    CHECK(list_count(kept.values[0]) == left);
    CHECK(list_first(kept.values[0]) == Value::small(count - left));
    CHECK(store.heap.statistics().old_bytes < all / 50);
}
