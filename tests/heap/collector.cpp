// The collector against a model: random graphs, changed and collected in all modes, must stay what they are.
#include "data/string.hpp"
#include "data/vector.hpp"
#include "heap/garbage.hpp"
#include "heap/kept.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using namespace qi;

namespace {

/// A graph of arrays: item 0 is the node's number, the others lead to nodes or are nil.
class Graph {
public:
    Graph(Store& store, std::uint64_t seed) : store_(store), kept_(store.heap), random_(seed) {
        kept_.values.assign(roots, Value::nil());
        model_roots_.assign(roots, 0);
    }

    void change() {
        const std::size_t slot = random_() % roots;
        switch (random_() % 8) {
        case 0: // a new node, sometimes a large one, or one that is marked in several slices
        case 1:
        case 2: {
            const std::size_t size = 1 + (random_() % 200 == 0 ? 1500 : random_() % 500 == 0 ? 5000 : random_() % 6);
            Array* node = make_array(store_, size);
            const std::uint64_t id = ++last_;
            node->items()[0] = Value::small(static_cast<std::int64_t>(id));
            auto& links = model_[id];
            links.assign(size - 1, 0);
            for (std::size_t i = 1; i < size; ++i) node->items()[i] = Value::nil();
            // Young things, and old ones, as its first links.
            for (std::size_t i = 1; i < std::min<std::size_t>(size, 4); ++i) {
                const auto [value, target] = walk();
                node->items()[i] = value;
                links[i - 1] = target;
            }
            kept_.values[slot] = Value{node};
            model_roots_[slot] = id;
            return;
        }
        case 3:
        case 4:
        case 5: { // a link written into a node that is there already
            const auto [from, id] = walk();
            if (id == 0 || model_[id].empty()) return;
            const std::size_t i = random_() % model_[id].size();
            const auto [to, target] = random_() % 4 == 0 ? std::pair<Value, std::uint64_t>{Value::nil(), 0} : walk();
            auto* node = static_cast<Array*>(from.object());
            node->items()[i + 1] = to;
            store_.heap.wrote(node, to);
            model_[id][i] = target;
            return;
        }
        case 6: {
            const auto [value, id] = walk();
            kept_.values[slot] = value;
            model_roots_[slot] = id;
            return;
        }
        default:
            if (random_() % 4 == 0) {
                kept_.values[slot] = Value::nil();
                model_roots_[slot] = 0;
            }
        }
    }

    /// Every node that can be reached has its number and its links; returns how many there are.
    std::size_t check() {
        std::map<Object*, std::uint64_t> seen;
        std::vector<std::pair<Value, std::uint64_t>> pending;
        for (std::size_t i = 0; i < roots; ++i) pending.emplace_back(kept_.values[i], model_roots_[i]);
        while (!pending.empty()) {
            const auto [value, id] = pending.back();
            pending.pop_back();
            REQUIRE(value.is_nil() == (id == 0));
            if (id == 0) continue;
            const auto [at, fresh] = seen.emplace(value.object(), id);
            REQUIRE(at->second == id);
            if (!fresh) continue;
            const auto* node = static_cast<Array*>(value.object());
            REQUIRE(node->kind == ObjectKind::Array);
            REQUIRE(node->items()[0] == Value::small(static_cast<std::int64_t>(id)));
            REQUIRE(node->length == model_[id].size() + 1);
            for (std::size_t i = 0; i < model_[id].size(); ++i)
                pending.emplace_back(node->items()[i + 1], model_[id][i]);
        }
        // What the model can't reach it needn't remember.
        std::map<std::uint64_t, std::vector<std::uint64_t>> alive;
        for (const auto& [object, id] : seen) alive.emplace(id, std::move(model_[id]));
        model_.swap(alive);
        return seen.size();
    }

private:
    static constexpr std::size_t roots = 60;

    /// Some node that can be reached, or nil and 0.
    std::pair<Value, std::uint64_t> walk() {
        const std::size_t slot = random_() % roots;
        Value value = kept_.values[slot];
        std::uint64_t id = model_roots_[slot];
        for (auto steps = random_() % 8; steps > 0 && id != 0 && !model_[id].empty(); --steps) {
            const std::size_t i = random_() % model_[id].size();
            if (model_[id][i] == 0) break;
            value = static_cast<Array*>(value.object())->items()[i + 1];
            id = model_[id][i];
        }
        return {value, id};
    }

    Store& store_;
    Kept kept_;
    std::mt19937_64 random_;
    std::map<std::uint64_t, std::vector<std::uint64_t>> model_;
    std::vector<std::uint64_t> model_roots_;
    std::uint64_t last_ = 0;
};

} // namespace

TEST_CASE("random graphs survive minor and full collections") {
    for (const bool stress : {true, false}) {
        Store store(kinds());
        store.heap.set_stress(stress);
        Graph graph(store, stress ? 7 : 8);
        std::mt19937_64 random(9);
        const std::size_t changes = tests::scaled(150000);
        for (std::size_t i = 0; i < changes; ++i) {
            graph.change();
            if (random() % 100 == 0) store.heap.collect();
            if (random() % 20000 == 0) store.heap.collect_all();
            if (random() % 5000 == 0) graph.check();
        }
        graph.check();
        CHECK(store.heap.statistics().minor > 0);
    }
}

TEST_CASE("a heap that is marked in slices while the program changes it") {
    Store store(kinds());
    Kept ballast(store.heap);
    // Enough that a cycle takes many slices.
    for (int i = 0; i < 40; ++i) {
        std::vector<Value> items;
        for (int n = 0; n < 20000; ++n) items.push_back(make_vector(store, {}));
        ballast.values.push_back(make_vector(store, items));
        store.heap.collect();
    }
    Graph graph(store, 10);
    for (std::size_t i = 0; i < tests::scaled(400000); ++i) {
        graph.change();
        if (i % 200 == 0) {
            // Garbage, so that cycles keep coming.
            for (int n = 0; n < 40; ++n) ::qi::tests::drop_array(store, 1000);
            store.heap.collect();
        }
        if (i % 50000 == 0) graph.check();
    }
    graph.check();
    if (tests::scale() >= 1) CHECK(store.heap.statistics().major > 0);
    for (const Value v : ballast.values) REQUIRE(vector_count(v) == 20000);
}

TEST_CASE("memory off the heap is given back exactly once, and in time") {
    int alive = 0, freed = 0;
    {
        Store store(kinds());
        Kept kept(store.heap);
        std::mt19937_64 random(11);
        const auto text = std::make_shared<const std::string>(5000, 'x');
        const auto make = [&] {
            ++alive;
            return make_shared_string(store, *text, text->size(),
                                      std::shared_ptr<const void>(text.get(), [&](const void*) { ++freed; }));
        };
        for (int i = 0; i < 100; ++i) kept.values.push_back(make());
        for (std::size_t i = 0; i < tests::scaled(20000); ++i) {
            kept.values[random() % 100] = make();
            if (random() % 50 == 0) store.heap.collect();
            if (random() % 3000 == 0) store.heap.collect_all();
            REQUIRE(alive - freed <= 100 + 5000);
        }
        store.heap.collect_all();
        CHECK(alive - freed == 100);
        CHECK(store.heap.statistics().external_bytes == 100 * 5000);
        for (const Value v : kept.values) CHECK(text_of(v) == *text);
        kept.values.clear();
        store.heap.collect_all();
        CHECK(alive == freed);
        CHECK(store.heap.statistics().external_bytes == 0);
        make();
    }
    CHECK(alive == freed);
}

TEST_CASE("the old space gives memory back") {
    Store store(kinds());
    Kept kept(store.heap);
    const std::size_t before = store.heap.statistics().old_bytes;
    for (int i = 0; i < 100000; ++i)
        kept.values.push_back(make_vector(store, std::vector<Value>(static_cast<std::size_t>(i % 32), Value::nil())));
    store.heap.collect_all();
    CHECK(store.heap.statistics().old_bytes > before + 100000 * 32);
    kept.values.clear();
    store.heap.collect_all();
    CHECK(store.heap.statistics().old_bytes <= before + 64);
}
