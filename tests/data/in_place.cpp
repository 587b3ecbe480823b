// What a unique reference leads to is changed in place, and nothing that another reference leads to ever is: versions
// of vectors, maps and sets that share what they can, beside models of the C++ library, with collections in between.
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

using namespace qi;

namespace {

constexpr std::size_t versions = 5;

/// As registers are copied: neither reference is unique from then on.
void copy_version(Kept& kept, std::size_t to, std::size_t from) {
    kept.values[from] = kept.values[from].shared();
    kept.values[to] = kept.values[from];
}

Value boxed(Store& store, std::int64_t n) { return make_integer(store, n + (std::int64_t{1} << 50)); }

} // namespace

TEST_CASE("a unique vector is changed in place, and no other") {
    for (const std::size_t most : {20, 40, 1200, 40000}) {
        Store store(kinds());
        store.heap.set_stress(true);
        Kept kept(store.heap);
        std::mt19937_64 random(most);
        std::vector<std::vector<std::int64_t>> models(versions);
        for (std::size_t i = 0; i < versions; ++i) kept.values.push_back(make_vector(store, {}));
        const auto check = [&](std::size_t v) {
            REQUIRE(vector_count(kept.values[v]) == models[v].size());
            SequenceCursor cursor(kept.values[v]);
            std::size_t i = 0;
            for (Value item; cursor.next(item); ++i)
                if (as_integer(item) != models[v][i] + (std::int64_t{1} << 50)) FAIL("item " << i << " of " << v);
        };
        std::size_t in_place = 0;
        for (std::size_t n = tests::scaled(200000); n > 0; --n) {
            const std::size_t v = random() % versions;
            Value& vector = kept.values[v];
            auto& model = models[v];
            const auto value = static_cast<std::int64_t>(random() % 1000000);
            const Object* const before = vector.object();
            switch (random() % 64) {
            case 0: {
                const std::size_t from = random() % versions;
                copy_version(kept, v, from);
                model = models[from];
                break;
            }
            case 1: { // functions that know nothing of it, given a shared reference
                vector = vector.shared();
                if (model.empty()) break;
                const std::size_t at = random() % model.size();
                const std::size_t to = random() % versions;
                models[to] = model;
                models[to][at] = value;
                kept.values[to] = vector_set(store, vector, at, boxed(store, value));
                break;
            }
            case 2: {
                vector = vector.shared();
                const std::size_t to = random() % versions, from = std::min<std::size_t>(model.size(), random() % 40);
                std::vector<std::int64_t> part(model.begin() + static_cast<std::ptrdiff_t>(from), model.end());
                kept.values[to] = vector_slice(store, vector, from, model.size());
                models[to] = part;
                break;
            }
            case 3: {
                vector = vector.shared();
                if (model.size() > most) break;
                const std::size_t to = random() % versions;
                std::vector<Value> more;
                std::vector<std::int64_t> longer = model;
                for (std::size_t i = random() % 70; i > 0; --i) {
                    longer.push_back(value);
                    more.push_back(boxed(store, value));
                }
                kept.values[to] = vector_append(store, vector, more);
                models[to] = longer;
                break;
            }
            default:
                if (model.size() < most && random() % 3 != 0) {
                    vector = vector_push_own(store, vector, boxed(store, value));
                    model.push_back(value);
                } else if (!model.empty()) {
                    const std::size_t at = random() % model.size();
                    vector = vector_set_own(store, vector, at, boxed(store, value));
                    model[at] = value;
                }
                REQUIRE((model.empty() || vector.is_unique()));
                in_place += vector.object() == before ? 1 : 0;
            }
            if (n % 1000 == 0) store.heap.collect();
            if (n % 5000 == 0)
                for (std::size_t i = 0; i < versions; ++i) check(i);
        }
        for (std::size_t i = 0; i < versions; ++i) check(i);
        CHECK(in_place > tests::scaled(50000)); // most of them
    }
}

TEST_CASE("a unique map or set is changed in place, and no other") {
    for (const std::size_t space : {5, 70, 500, 30000}) {
        Store store(kinds());
        store.heap.set_stress(true);
        Kept kept(store.heap);
        std::mt19937_64 random(space);
        std::vector<std::map<std::int64_t, std::int64_t>> models(versions);
        for (std::size_t i = 0; i < versions; ++i) kept.values.push_back(empty_map(store));
        Value members = make_set(store, empty_map(store)), others = members;
        kept.values.push_back(members);
        kept.values.push_back(others);
        std::map<std::int64_t, std::int64_t> set_model, other_model;
        const auto key_of = [&](std::int64_t k) {
            return k % 3 == 0   ? Value::small(k)
                   : k % 3 == 1 ? make_string(store, "key" + std::to_string(k))
                                : store.keyword("k" + std::to_string(k));
        };
        const auto check = [&](Value map, const std::map<std::int64_t, std::int64_t>& model) {
            REQUIRE(map_count(map) == model.size());
            for (const auto& [k, value] : model) {
                const Value found = map_get(map, key_of(k));
                if (found.is_absent() || (is_integer(found) && as_integer(found) != value)) FAIL("key " << k);
            }
            std::size_t seen = 0;
            MapCursor cursor(map);
            for (Value key, value; cursor.next(key, value);) ++seen;
            REQUIRE(seen == model.size());
        };
        const auto check_all = [&] {
            for (std::size_t i = 0; i < versions; ++i) check(kept.values[i], models[i]);
            check(set_members(kept.values[versions]), set_model);
            check(set_members(kept.values[versions + 1]), other_model);
        };
        std::size_t in_place = 0;
        for (std::size_t n = tests::scaled(60000); n > 0; --n) {
            const std::size_t v = random() % versions;
            Value& map = kept.values[v];
            auto& model = models[v];
            const auto k = static_cast<std::int64_t>(random() % space),
                       value = static_cast<std::int64_t>(random() % 1000);
            const Object* const before = map.object();
            switch (random() % 64) {
            case 0: {
                const std::size_t from = random() % versions;
                copy_version(kept, v, from);
                model = models[from];
                break;
            }
            case 1: {
                map = map.shared();
                const std::size_t to = random() % versions;
                auto changed = model;
                changed[k] = value;
                kept.values[to] = map_assoc(store, map, key_of(k), Value::small(value));
                models[to] = changed;
                break;
            }
            case 2: {
                map = map.shared();
                const std::size_t to = random() % versions;
                auto changed = model;
                changed.erase(k);
                kept.values[to] = map_dissoc(store, map, key_of(k));
                models[to] = changed;
                break;
            }
            case 3: {
                map = map.shared();
                const std::size_t to = random() % versions;
                const Value entries[] = {key_of(k), Value::small(value), key_of(k + 1), Value::small(value)};
                auto changed = model;
                changed[k] = changed[k + 1] = value;
                kept.values[to] = map_with(store, map, entries);
                models[to] = changed;
                break;
            }
            case 4:
                copy_version(kept, versions, versions + 1);
                set_model = other_model;
                break;
            case 5:
            case 6: {
                const std::size_t which = versions + random() % 2;
                kept.values[which] = set_add_own(store, kept.values[which], key_of(k));
                (which == versions ? set_model : other_model)[k] = 0;
                break;
            }
            case 7: { // the members of a set are a map of its own
                Value& set = kept.values[versions];
                set = set.shared();
                set = make_set(store, map_dissoc(store, set_members(set), key_of(k)));
                set_model.erase(k);
                break;
            }
            default:
                map = map_assoc_own(store, map, key_of(k), boxed(store, value));
                model[k] = value + (std::int64_t{1} << 50);
                REQUIRE(map.is_unique());
                in_place += map.object() == before ? 1 : 0;
            }
            if (n % 1000 == 0) store.heap.collect();
            if (n % 10000 == 0) check_all();
        }
        check_all();
        CHECK(in_place > tests::scaled(30000));
    }
}
