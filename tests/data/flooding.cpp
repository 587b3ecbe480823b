// Keys that somebody chose so that they hash alike: they cost a few times what others cost, and not their square.
#include "data/equality.hpp"
#include "data/hashing.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/string.hpp"
#include "data/vector.hpp"
#include "heap/kept.hpp"
#include "reader/lexer.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <functional>
#include <iterator>
#include <random>

using namespace qi;

namespace {

/// The inverse of `mix`.
std::uint64_t unmix(std::uint64_t x) {
    x ^= x >> 31 ^ x >> 62;
    x *= 0x319642B2D24D8EC3u;
    x ^= x >> 27 ^ x >> 54;
    x *= 0x96DE1B173F119089u;
    return x ^ x >> 30 ^ x >> 60;
}

bool is_plain_text(std::uint64_t word) {
    for (int i = 0; i < 8; ++i, word >>= 8)
        if (const auto c = word & 0xFF; c < 0x20 || c > 0x7E || c == '"' || c == '\\') return false;
    return true;
}

std::uint64_t random_text(std::mt19937_64& random) {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word = word << 8 | (0x61 + random() % 26);
    return word;
}

std::string text_of_words(std::uint64_t first, std::uint64_t second) {
    std::string text(16, ' ');
    std::memcpy(text.data(), &first, 8);
    std::memcpy(text.data() + 8, &second, 8);
    return text;
}

/// Texts of 16 bytes whose fast hashes are all alike: the first half at will, the second calculated.
std::vector<std::string> crafted_texts(std::size_t count, bool plain = true) {
    std::mt19937_64 random(11);
    std::vector<std::string> texts;
    while (texts.size() < count) {
        const std::uint64_t first = random_text(random);
        const std::uint64_t wanted = (random() & 0xFFFF00000000FFFFu) | std::uint64_t{0x12345679} << 16;
        const std::uint64_t second = unmix(unmix(wanted)) ^ mix(16 * 0x9E3779B97F4A7C15u ^ first);
        if (!plain || is_plain_text(second)) texts.push_back(text_of_words(first, second));
    }
    REQUIRE(std::all_of(texts.begin(), texts.end(),
                        [&](const std::string& text) { return hash_bytes(text) == hash_bytes(texts.front()); }));
    return texts;
}

std::vector<std::string> random_texts(std::size_t count) {
    std::mt19937_64 random(12);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) texts.push_back(text_of_words(random_text(random), random_text(random)));
    return texts;
}

/// Integers beyond 48 bits whose fast hashes are alike.
std::vector<std::int64_t> crafted_integers(std::size_t count) {
    std::mt19937_64 random(13);
    std::vector<std::int64_t> integers;
    while (integers.size() < count) {
        const auto n =
            static_cast<std::int64_t>(unmix((random() & 0xFFFFFF00000000FFu) | std::uint64_t{0x1234567} << 8));
        if (!Value::fits_small(n)) integers.push_back(n);
    }
    return integers;
}

std::string json_strings(const std::vector<std::string>& texts, const char* behind = "") {
    std::string json;
    for (const std::string& text : texts) (json += json.empty() ? "\"" : ",\"") += text + '"' + behind;
    return json;
}

/// Seconds of the processor, the best of some runs.
double seconds(const std::function<void()>& work) {
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
        const std::clock_t start = std::clock();
        work();
        best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
    return best;
}

struct Depth {
    std::size_t levels = 0, bucket = 0;
};
Depth depth_of(const Object* object) {
    Depth depth;
    if (object->kind == ObjectKind::HashBucket) return {1, object->length / 2};
    const auto* node = static_cast<const HashNode*>(object);
    for (std::uint32_t i = 2 * node->entry_count(); i < node->length; ++i) {
        const Depth below = depth_of(node->slots()[i].object());
        depth = {std::max(depth.levels, below.levels), std::max(depth.bucket, below.bucket)};
    }
    return {depth.levels + 1, depth.bucket};
}
Depth depth_of(Value map) { return depth_of(static_cast<const HashMap*>(map.object())->root); }

} // namespace

TEST_CASE("chosen keys cost a few times what others cost, whatever is done with them") {
    constexpr std::size_t count = 8000;
    const std::vector<std::string> chosen = crafted_texts(count), others = random_texts(count);
    const auto objects = [](const std::vector<std::string>& texts) { // of 64 keys each: a shape
        std::string json;
        for (std::size_t i = 0; i + 64 <= texts.size(); i += 64)
            (json += json.empty() ? "[{" : ",{") += json_strings({texts.begin() + static_cast<std::ptrdiff_t>(i),
                                                                  texts.begin() + static_cast<std::ptrdiff_t>(i) + 64},
                                                                 ":1") +
                                                    '}';
        return json + ']';
    };
    tests::Program program;
    const auto given = [&](const char* name, const std::string& text) {
        program.vm.globals.set(program.vm.globals.define(program.vm.store.symbol(name)),
                               make_string(program.vm.store, text));
    };
    given("chosen-object", '{' + json_strings(chosen, ":1") + '}');
    given("others-object", '{' + json_strings(others, ":1") + '}');
    given("chosen-objects", objects(chosen));
    given("others-objects", objects(others));
    // Those that a keyword may be named after.
    std::vector<std::string> names;
    std::copy_if(chosen.begin(), chosen.end(), std::back_inserter(names), reads_as_keyword);
    REQUIRE(names.size() > count / 10);
    given("chosen-name-array", '[' + json_strings(names) + ']');
    given("others-name-array",
          '[' + json_strings({others.begin(), others.begin() + static_cast<std::ptrdiff_t>(names.size())}) + ']');
    given("chosen-array", '[' + json_strings(chosen) + ']');
    given("others-array", '[' + json_strings(others) + ']');
    REQUIRE(program.run(
                "(def chosen-names (json/parse chosen-name-array)) (def others-names (json/parse others-name-array))"
                "(def chosen-items (json/parse chosen-array)) (def others-items (json/parse others-array))"
                "(def chosen-map (json/parse chosen-object)) (def others-map (json/parse others-object))"
                "(def chosen-maps (json/parse chosen-objects)) (def others-maps (json/parse others-objects))"
                "[(len chosen-items) (len others-items) (len chosen-map) (len others-map) (len chosen-maps) (len "
                "others-maps)]") == "[8000 8000 8000 8000 125 125]");
    for (const std::string work : {
             "(len (json/parse X-object))",
             "(len (json/parse X-objects))",
             "(len (set X-items))",
             "(len (distinct X-items))",
             "(len (frequencies X-items))",
             "(len (group-by identity X-items))",
             "(len (reduce (fn [m k] (assoc m k 1)) {} X-items))",
             "(len (reduce (fn [m k] (dissoc m k)) X-map X-items))",
             "(reduce (fn [n k] (+ n (get X-map k))) 0 X-items)",
             "(reduce (fn [n m] (reduce (fn [n k] (+ n (get m k))) n (keys m))) 0 X-maps)",
             "(= X-map (into {} X-map))",
             "(len (set (map (fn [k] [k {k 1}]) X-items)))",
             "(len (json/stringify (assoc X-map :a 1)))",
             "(len (map keyword X-names))",
         }) {
        const auto run = [&](const std::string& which) {
            std::string text = work;
            for (std::size_t at; (at = text.find("X-")) != std::string::npos;) text.replace(at, 1, which);
            return seconds([&] { CHECK(program.outcome(text).ok); });
        };
        INFO(work);
        const double slow = run("chosen"), fast = run("others");
        CHECK(slow < 5 * fast);
    }
}

TEST_CASE("chosen integers, floats, bytes and collections too") {
    Store store(kinds());
    constexpr std::size_t count = 4000;
    std::mt19937_64 random(17);
    const std::vector<std::int64_t> integers = crafted_integers(count);
    const std::vector<std::string> texts = crafted_texts(count, false);
    std::vector<Value> chosen[4], others[4];
    for (std::size_t i = 0; i < count; ++i) {
        const auto other = static_cast<std::int64_t>(random());
        const Value one = make_integer(store, integers[i]), two = make_integer(store, other);
        chosen[0].push_back(one);
        others[0].push_back(two);
        chosen[1].push_back(make_vector(store, {&one, 1}));
        others[1].push_back(make_vector(store, {&two, 1}));
        chosen[2].push_back(map_assoc(store, empty_map(store), one, one));
        others[2].push_back(map_assoc(store, empty_map(store), two, two));
        chosen[3].push_back(make_bytes(store, texts[i]));
        others[3].push_back(make_bytes(store, text_of_words(random(), random())));
    }
    for (std::size_t i = 0; i < 4; ++i) {
        CAPTURE(i);
        REQUIRE(hash_value(chosen[i][0]) == hash_value(chosen[i][count - 1]));
        const auto build = [&](const std::vector<Value>& keys) {
            return seconds([&] { CHECK(map_count(members_with(store, empty_map(store), keys)) == count); });
        };
        const double slow = build(chosen[i]), fast = build(others[i]);
        CHECK(slow < 5 * fast);
    }
}

TEST_CASE("no choice of keys makes a path long: those that agree in the strong hash's first bits too") {
    Store store(kinds());
    std::vector<Value> keys;
    for (const std::string& text :
         crafted_texts(tests::scaled(1000000), false)) { // found by trying: 2^10 attempts each
        const Value key = make_string(store, text, text.size());
        if ((strong_hash(key) & 0x3FF) == 0) keys.push_back(key);
    }
    Value bulk = members_with(store, empty_map(store), keys), single = empty_map(store);
    for (const Value key : keys) single = map_assoc(store, single, key, Value::boolean(true));
    REQUIRE(map_count(bulk) == keys.size());
    CHECK(same(bulk, single));
    if (keys.size() <= Shape::max_keys) return;
    CHECK(depth_of(bulk).levels == depth_of(single).levels);
    CHECK(depth_of(bulk).levels <= 7 + 2 + 6);
    CHECK(depth_of(bulk).bucket == 0);
}

TEST_CASE("maps of chosen keys do what others do, in an order that doesn't depend on how they were made") {
    Store store(kinds());
    store.heap.set_stress(true);
    Kept kept(store.heap);
    std::vector<std::string> texts = crafted_texts(200, false);
    for (const std::string& text : random_texts(200)) texts.push_back(text);
    for (const std::string& text : texts) kept.values.push_back(make_string(store, text, text.size()));
    const std::size_t count = texts.size();
    std::mt19937_64 random(19);
    kept.values.push_back(empty_map(store)); // the map, at `count`
    std::vector<bool> has(count);
    const std::size_t operations = tests::scaled(20000);
    for (std::size_t n = 0; n < operations; ++n) {
        const std::size_t i = random() % count;
        const bool add = random() % 3 != 0;
        kept.values[count] =
            add ? map_assoc(store, kept.values[count], kept.values[i], Value::small(static_cast<std::int64_t>(i)))
                : map_dissoc(store, kept.values[count], kept.values[i]);
        has[i] = add;
        if (n % 500 != 499) continue;
        store.heap.collect();
        for (std::size_t k = 0; k < count; ++k)
            if (map_get(kept.values[count], kept.values[k]).is_absent() == has[k]) FAIL("key " << k);
        REQUIRE(map_count(kept.values[count]) == static_cast<std::size_t>(std::count(has.begin(), has.end(), true)));
        if (!kept.values[count].is(ObjectKind::HashMap)) continue;
        std::vector<Value> entries;
        for (std::size_t k = count; k-- > 0;)
            if (has[k])
                for (int twice = 0; twice < 2; ++twice)
                    entries.insert(entries.end(),
                                   {kept.values[k], Value::small(static_cast<std::int64_t>(k) + twice - 1)});
        const Value built = map_with(store, empty_map(store), entries);
        REQUIRE(same(built, kept.values[count]));
        MapCursor one(built), other(kept.values[count]);
        for (Value a, b, value; one.next(a, value) && other.next(b, value);) REQUIRE(a == b);
        HashMapCursor cursor(built);
        Value key, value, next;
        for (bool more = cursor.next(key, value); more;) {
            HashMapCursor behind(built, key);
            more = cursor.next(key, value);
            REQUIRE(behind.next(next, value) == more);
            if (more) REQUIRE(next == key);
        }
    }
}

TEST_CASE("the strong hash goes with equality, and is the same in every run") {
    Store store(kinds());
    const auto text = [&](std::string_view s) { return make_string(store, s); };
    const Value one = Value::small(1), half = Value::number(0.5);
    const Value pair[] = {one, half}, swapped[] = {half, one};
    const Value vector = make_vector(store, pair), other = make_vector(store, swapped);
    CHECK(strong_hash(Value::number(0.0)) == strong_hash(Value::number(-0.0)));
    CHECK(strong_hash(Value::empty_list()) == strong_hash(make_vector(store, {})));
    CHECK(strong_hash(vector) != strong_hash(other));
    Value ab = map_assoc(store, map_assoc(store, empty_map(store), text("a"), one), text("b"), half);
    Value ba = map_assoc(store, map_assoc(store, empty_map(store), text("b"), half), text("a"), one);
    CHECK(strong_hash(ab) == strong_hash(ba));
    CHECK(strong_hash(ab) != strong_hash(make_set(store, ab)));
    CHECK(strong_hash(text("a")) != strong_hash(make_bytes(store, std::string_view("a"))));
    CHECK(strong_hash(text("a")) != strong_hash(store.keyword("a")));
    CHECK(strong_hash(text("a")) == strong_string_hash("a"));
    CHECK(secret_hash(text("a")) == secret_string_hash("a"));
    CHECK(strong_hash(text("abcdefghijklmnopqrs")) == strong_string_hash("abcdefghijklmnopqrs"));
}
