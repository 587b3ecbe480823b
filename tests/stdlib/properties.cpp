// What must hold for any data, tried with random data in fixed seeds: texts of JSON come back as they were, sorting is
// the C++ library's, sets are those of the C++ library, what pr-str writes read reads.
#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "data/number.hpp"
#include "data/print.hpp"
#include "data/random_value.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>

using namespace qi;

namespace {

using Random = std::mt19937_64;

std::string random_text(Random& random) {
    static constexpr char32_t points[] = {U'a', U'Z', U'"', U'\\', U'\n', U'\t', U'\x1', U' ', U'é', U'日', U'\U0001F600', U'\x7F', U'{', U'/'};
    std::string text;
    for (std::size_t n = random() % 12; n > 0; --n) utf8::append(text, points[random() % std::size(points)]);
    return text;
}

std::int64_t random_integer(Random& random) { return static_cast<std::int64_t>(random()) >> (random() % 64); }

double random_float(Random& random) {
    for (;;) {
        const double d = static_cast<double>(random_integer(random)) / static_cast<double>(std::uint64_t{1} << random() % 64);
        if (d == d) return d;
    }
}

/// JSON without blanks, with numbers and escapes as Qi writes them and no key twice.
void append_json(std::string& out, Random& random, int depth) {
    switch (random() % (depth > 0 ? 7 : 5)) {
    case 0: out += random() % 3 == 0 ? "null" : random() % 2 == 0 ? "true" : "false"; return;
    case 1: out += std::to_string(random_integer(random)); return;
    case 2: append_float(out, random_float(random)); return;
    case 3:
    case 4: append_json_string(out, random_text(random)); return;
    case 5: {
        out += '[';
        for (std::size_t n = random() % 5, i = 0; i < n; ++i) {
            if (i > 0) out += ',';
            append_json(out, random, depth - 1);
        }
        out += ']';
        return;
    }
    default: {
        std::set<std::string> keys;
        out += '{';
        for (std::size_t n = random() % (random() % 20 == 0 ? 64 : 5), i = 0; i < n; ++i) {
            std::string key = random_text(random);
            if (!keys.insert(key).second) continue;
            if (keys.size() > 1) out += ',';
            append_json_string(out, key);
            out += ':';
            append_json(out, random, depth - 1);
        }
        out += '}';
    }
    }
}

/// As a literal of Qi.
std::string literal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

template <typename T, typename Show>
std::string vector_of(const std::vector<T>& items, Show show) {
    std::string out = "[";
    for (const T& item : items) {
        if (out.size() > 1) out += ' ';
        out += show(item);
    }
    return out + "]";
}

} // namespace

TEST_CASE("texts of JSON come back as they were, and so do the values") {
    tests::Program program;
    Random random(11);
    for (std::size_t i = tests::scaled(1500); i > 0; --i) {
        std::string text;
        append_json(text, random, 4);
        const std::string outcome = program.run("(let [text " + literal(text) + " v (json/parse text) again (json/stringify v)] (if (and (= text again) (= v (json/parse (json/pretty v)))) :same again))");
        if (outcome != ":same") FAIL(text << "\ncame back as\n" << outcome);
    }
}

TEST_CASE("(= v (read (pr-str v)))") {
    tests::Program program;
    Random random(12);
    for (std::size_t i = tests::scaled(1500); i > 0; --i) {
        const std::string text = readable(program.vm.store, tests::random_value(program.vm.store, random, 3));
        const std::string outcome = program.run("(let [v '" + text + " text (pr-str v)] (if (and (= v (read text)) (= text (pr-str (read text)))) :same text))");
        if (outcome != ":same") FAIL(text << "\ncame back as\n" << outcome);
    }
}

TEST_CASE("sort is the C++ library's") {
    tests::Program program;
    Random random(13);
    const auto integer = [](std::int64_t n) { return std::to_string(n); };
    const auto number = [](double d) {
        std::string text;
        append_float(text, d);
        return text;
    };
    for (std::size_t i = tests::scaled(50); i > 0; --i) {
        const std::size_t count = random() % (i % 10 == 0 ? 5000 : 60);
        std::vector<std::int64_t> integers;
        std::vector<double> floats;
        std::vector<std::string> texts;
        for (std::size_t n = 0; n < count; ++n) {
            integers.push_back(random() % 2 == 0 ? random_integer(random) : static_cast<std::int64_t>(random() % 8));
            floats.push_back(random_float(random));
            texts.push_back(random_text(random));
        }
        const auto sorted = [&](auto items, const auto& show) {
            const std::string given = vector_of(items, show);
            std::sort(items.begin(), items.end());
            const std::string wanted = vector_of(items, show);
            CHECK(program.run("(= (sort " + given + ") " + wanted + ")") == "true");
            std::reverse(items.begin(), items.end());
            CHECK(program.run("(= (sort > " + given + ") " + vector_of(items, show) + ")") == "true");
        };
        sorted(integers, integer);
        sorted(floats, number);
        sorted(texts, literal);
        // Stable: equals stay in their order.
        std::vector<std::pair<std::int64_t, std::size_t>> pairs;
        for (std::size_t n = 0; n < count; ++n) pairs.emplace_back(integers[n] % 5, n);
        const auto pair = [](const auto& p) { return "[" + std::to_string(p.first) + " " + std::to_string(p.second) + "]"; };
        const std::string given = vector_of(pairs, pair);
        std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        CHECK(program.run("(= (sort (fn [a b] (< (first a) (first b))) " + given + ") " + vector_of(pairs, pair) + ")") == "true");
        CHECK(program.run("(= (to-vector (sort-by first " + given + ")) " + vector_of(pairs, pair) + ")") == "true");
    }
}

TEST_CASE("sets are those of the C++ library") {
    tests::Program program;
    program.run("(defn apply-all [s steps] (reduce (fn [s [add x]] (if add (conj s x) (set/difference s #{x}))) s steps))"
                "(def current (atom #{}))");
    Random random(14);
    for (const std::int64_t space : {10, 100, 5000}) {
        std::set<std::int64_t> model;
        program.run("(reset! current #{})");
        for (std::size_t round = tests::scaled(20); round > 0; --round) {
            std::string steps = "[";
            for (int n = 0; n < 200; ++n) {
                const auto x = static_cast<std::int64_t>(random()) % space;
                const bool add = random() % 3 != 0;
                steps += std::string(add ? "[true " : "[false ") + std::to_string(x) + "]";
                if (add)
                    model.insert(x);
                else
                    model.erase(x);
            }
            const std::string wanted = vector_of(std::vector<std::int64_t>(model.begin(), model.end()), [](std::int64_t n) { return std::to_string(n); });
            const std::string outcome = program.run("(reset! current (apply-all @current " + steps + "])) (let [all (sort (to-vector (map identity @current)))] (if (and (= all " + wanted + ") (= (len @current) " +
                                                    std::to_string(model.size()) + ") (= @current (set all))) :same all))");
            if (outcome != ":same") FAIL("wanted " << wanted << "\ngot " << outcome);
        }
    }
}
