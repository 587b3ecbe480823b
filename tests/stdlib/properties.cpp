// What must hold for any data, tried with random data in fixed seeds: texts of JSON come back as they were, sorting is
// the C++ library's, sets are those of the C++ library, what pr-str writes read reads.
#include "base/utf8.hpp"
#include "data/equality.hpp"
#include "data/number.hpp"
#include "data/print.hpp"
#include "data/random_value.hpp"
#include "native/native.hpp"
#include "vm/program.hpp"
#include "json/library.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <set>

using namespace qi;

namespace {

using Random = std::mt19937_64;

std::string random_text(Random& random) {
    static constexpr char32_t points[] = {U'a', U'Z', U'"',  U'\\',         U'\n',   U'\t', U'\x1',
                                          U' ', U'é', U'日', U'\U0001F600', U'\x7F', U'{',  U'/'};
    std::string text;
    for (std::size_t n = random() % 12; n > 0; --n) utf8::append(text, points[random() % std::size(points)]);
    return text;
}

std::int64_t random_integer(Random& random) { return static_cast<std::int64_t>(random()) >> (random() % 64); }

double random_float(Random& random) {
    for (;;) {
        const double d =
            static_cast<double>(random_integer(random)) / static_cast<double>(std::uint64_t{1} << random() % 64);
        if (d == d) return d;
    }
}

/// A string as json/stringify writes it: only what must be escaped is (RFC 8259, 7).
void append_string(std::string& out, std::string_view text) {
    constexpr std::string_view named = "\b\f\n\r\t\"\\", letters = "bfnrt\"\\";
    out += '"';
    for (const char c : text) {
        if (const std::size_t at = named.find(c); at != std::string_view::npos)
            (out += '\\') += letters[at];
        else if (static_cast<unsigned char>(c) < 0x20)
            (out += "\\u00") += {"01"[c >> 4], "0123456789abcdef"[c & 15]};
        else
            out += c;
    }
    out += '"';
}

/// JSON without blanks, with numbers and escapes as Qi writes them and no key twice.
void append_json(std::string& out, Random& random, int depth) {
    switch (random() % (depth > 0 ? 7 : 5)) {
    case 0: out += random() % 3 == 0 ? "null" : random() % 2 == 0 ? "true" : "false"; return;
    case 1: out += std::to_string(random_integer(random)); return;
    case 2: append_float(out, random_float(random)); return;
    case 3:
    case 4: append_string(out, random_text(random)); return;
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
            append_string(out, key);
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
        const std::string outcome = program.run("(let [text " + literal(text) +
                                                " v (json/parse text) again (json/stringify v)] (if (and (= text "
                                                "again) (= v (json/parse (json/pretty v)))) :same again))");
        if (outcome != ":same") FAIL(text << "\ncame back as\n" << outcome);
    }
}

namespace {

/// The text with some of its characters changed, gone or doubled: much of it is still JSON, or nearly.
std::string damaged(std::string text, Random& random) {
    constexpr std::string_view pieces[] = {"{",
                                           "}",
                                           "[",
                                           "]",
                                           "\"",
                                           ",",
                                           ":",
                                           " ",
                                           "\n",
                                           "0",
                                           "-",
                                           ".",
                                           "e",
                                           "E5",
                                           "+",
                                           "12",
                                           "true",
                                           "nul",
                                           "\\",
                                           "\\u00e9",
                                           "\\ud8",
                                           "\\ude00",
                                           "\\n",
                                           "\\",
                                           "\x01",
                                           "\x7F",
                                           "\xc3\xa9",
                                           "1e400",
                                           "\"\":",
                                           "5e-324",
                                           "1e-400",
                                           "\xEF\xBB\xBF",
                                           "-0",
                                           "00",
                                           "999999999999999999",
                                           "9223372036854775808"};
    for (std::size_t n = 1 + random() % 3; n > 0; --n) {
        const std::size_t at = random() % (text.size() + 1), count = random() % 3;
        const std::string_view piece = random() % 4 == 0 ? std::string_view{} : pieces[random() % std::size(pieces)];
        text.replace(at, count, piece);
    }
    return utf8::repaired(text);
}

/// An object of many keys, of which some come twice.
std::string large_object(Random& random) {
    std::string text = "{";
    for (std::size_t n = 60 + random() % 10, i = 0; i < n; ++i) {
        if (i > 0) text += ',';
        append_string(text, "k" + std::to_string(random() % 10 == 0 ? random() % 70 : i));
        text += ':';
        append_json(text, random, 1);
    }
    return text + "}";
}

} // namespace

TEST_CASE("JSON: what is read in one pass is what nlohmann/json reads, and nothing else is") {
    tests::Program program;
    const Call call(program.vm);
    Random random(14);
    const auto read = [&](const std::string& text, stdlib::JsonKeys keys) {
        const Value fast = stdlib::JsonReader(call, text, keys).read();
        if (fast.is_absent()) return false;
        const Value slow = stdlib::read_json_with_library(call, text, keys);
        if (!same(fast, slow) || readable(program.vm.store, fast) != readable(program.vm.store, slow))
            FAIL(text << "\nis read as\n"
                      << readable(program.vm.store, fast) << "\nand not as\n"
                      << readable(program.vm.store, slow));
        return true;
    };
    std::size_t damaged_and_read = 0, refused = 0;
    for (std::size_t i = tests::scaled(1500); i > 0; --i) {
        std::string text;
        if (random() % 20 == 0)
            text = large_object(random);
        else
            append_json(text, random, 4);
        for (const stdlib::JsonKeys keys : {stdlib::JsonKeys::String, stdlib::JsonKeys::Keyword}) {
            if (!read(text, keys)) FAIL(text << "\nisn't read in one pass");
            for (int k = 0; k < 5; ++k) ++(read(damaged(text, random), keys) ? damaged_and_read : refused);
        }
        if (i % 100 == 0) program.run("1"); // where garbage is collected
    }
    CHECK(damaged_and_read > tests::scaled(100));
    CHECK(refused > tests::scaled(100));
}

TEST_CASE("(= v (read (pr-str v)))") {
    tests::Program program;
    Random random(12);
    for (std::size_t i = tests::scaled(1500); i > 0; --i) {
        const std::string text = readable(program.vm.store, tests::random_value(program.vm.store, random, 3));
        const std::string outcome =
            program.run("(let [v '" + text +
                        " text (pr-str v)] (if (and (= v (read text)) (= text (pr-str (read text)))) :same text))");
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
        const auto pair = [](const auto& p) {
            return "[" + std::to_string(p.first) + " " + std::to_string(p.second) + "]";
        };
        const std::string given = vector_of(pairs, pair);
        std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        CHECK(program.run("(= (sort (fn [a b] (< (first a) (first b))) " + given + ") " + vector_of(pairs, pair) +
                          ")") == "true");
        CHECK(program.run("(= (to-vector (sort-by first " + given + ")) " + vector_of(pairs, pair) + ")") == "true");
    }
}

TEST_CASE("sets are those of the C++ library") {
    tests::Program program;
    program.run(
        "(defn apply-all [s steps] (reduce (fn [s [add x]] (if add (conj s x) (set/difference s #{x}))) s steps))"
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
            const std::string wanted = vector_of(std::vector<std::int64_t>(model.begin(), model.end()),
                                                 [](std::int64_t n) { return std::to_string(n); });
            const std::string outcome = program.run(
                "(reset! current (apply-all @current " + steps +
                "])) (let [all (sort (to-vector (map identity @current)))] (if (and (= all " + wanted +
                ") (= (len @current) " + std::to_string(model.size()) + ") (= @current (set all))) :same all))");
            if (outcome != ":same") FAIL("wanted " << wanted << "\ngot " << outcome);
        }
    }
}

namespace {

__extension__ using Wide = __int128;

/// As Qi shows it: the integer, or the kind of the error.
std::string shown(std::optional<Wide> exact, const char* otherwise = ":divide-by-zero") {
    if (!exact) return otherwise;
    if (*exact < INT64_MIN || *exact > INT64_MAX) return ":overflow";
    return std::to_string(static_cast<std::int64_t>(*exact));
}

/// The ends of the ranges of 8, 32, 48 (where Qi begins to box), 53 and 64 bits, and what is beside them.
std::vector<std::int64_t> edges() {
    std::vector<std::int64_t> numbers{INT64_MIN, INT64_MIN + 1, INT64_MIN + 2, INT64_MAX - 1, INT64_MAX};
    for (const int bits : {0, 1, 7, 8, 31, 32, 46, 47, 48, 53, 62})
        for (const std::int64_t beside : {-1, 0, 1})
            for (const std::int64_t sign : {-1, 1}) numbers.push_back(sign * ((std::int64_t{1} << bits) + beside));
    return numbers;
}

} // namespace

TEST_CASE("integers are those of 128 bits as long as they fit, at the ends of the range too") {
    tests::Program program;
    program.run("(mac told [x] `(let [r (try ,x)] (if (error? r) (get r :kind) r)))"
                "(defn all [a b] [(told (+ a b)) (told (apply + [a b])) (told (- a b)) (told (apply - [a b])) (told (* "
                "a b)) (told (apply * [a b]))"
                " (told (/ a b)) (told (apply / [a b])) (told (quot a b)) (told (% a b)) (told (apply % [a b])) (told "
                "(rem a b)) (told (mod a b))"
                " (told (sum [a b])) (told (inc a)) (told (dec a)) (told (apply inc [a])) (told (apply dec [a])) (told "
                "(+ a 100)) (told (- a 100)) (told (- a)) (told (abs a))"
                " (< a b) (> a b) (<= a b) (>= a b) (= a b) (min a b) (max a b) (bit-and a b) (bit-or a b) (bit-xor a "
                "b) (bit-not a)"
                " (bit-shift-left a (bit-and b 63)) (bit-shift-right a (bit-and b 63))])");
    Random random(15);
    std::vector<std::int64_t> numbers = edges();
    for (std::size_t n = tests::scaled(20); n > 0; --n) numbers.push_back(random_integer(random));
    for (const std::int64_t a : numbers) {
        std::string pairs = "[", wanted = "[";
        for (const std::int64_t b : numbers) {
            const Wide x = a, y = b;
            const auto by = [&](Wide n) { return y == 0 ? std::nullopt : std::optional<Wide>(n); };
            const Wide divisor = y == 0 ? 1 : y, left = x % divisor,
                       modulus = left != 0 && (left < 0) != (y < 0) ? left + y : left;
            const auto truth = [](bool holds) { return std::string(holds ? "true" : "false"); };
            std::vector<std::string> results;
            for (const Wide exact : {x + y, x - y, x * y}) results.insert(results.end(), 2, shown(exact));
            results.insert(results.end(), 3, shown(by(x / divisor)));
            results.insert(results.end(), 3, shown(by(left)));
            results.push_back(shown(by(modulus)));
            for (const Wide exact : {x + y, x + 1, x - 1, x + 1, x - 1, x + 100, x - 100, -x, x < 0 ? -x : x})
                results.push_back(shown(exact));
            for (const bool holds : {x<y, x> y, x <= y, x >= y, x == y}) results.push_back(truth(holds));
            for (const std::int64_t exact : {std::min(a, b), std::max(a, b), a & b, a | b, a ^ b, ~a})
                results.push_back(std::to_string(exact));
            results.push_back(std::to_string(static_cast<std::int64_t>(static_cast<std::uint64_t>(a) << (b & 63))));
            results.push_back(std::to_string(a >> (b & 63)));
            pairs += (pairs.size() > 1 ? " " : "") + std::to_string(b);
            wanted += (wanted.size() > 1 ? " " : "") + vector_of(results, [](const std::string& text) { return text; });
        }
        const std::string outcome = program.run("(map (fn [b] (all " + std::to_string(a) + " b)) " + pairs + "])");
        if (outcome != wanted + "]") FAIL("with " << a << "\nwanted " << wanted << "]\ngot    " << outcome);
    }
}

TEST_CASE("numbers as counts, widths and positions, at the ends of the range") {
    tests::Program program;
    const std::string low = std::to_string(INT64_MIN), high = std::to_string(INT64_MAX);
    const auto holds = [&](std::string expression, const char* wanted) {
        for (const auto& [name, number] : {std::pair{"LOW", low}, std::pair{"HIGH", high}})
            for (std::size_t at; (at = expression.find(name)) != std::string::npos;)
                expression.replace(at, std::string_view(name).size(), number);
        INFO(expression);
        CHECK(program.run("(let [r (try " + expression + ")] (if (error? r) (get r :kind) r))") == wanted);
    };
    for (const char* pad : {"str/pad-left", "str/pad-right", "str/pad"}) {
        holds("(" + std::string(pad) + " \"ab\" LOW)", "\"ab\"");
        holds("(" + std::string(pad) + " \"ab\" HIGH)", ":limit");
    }
    holds("(str/slice \"abc\" LOW HIGH)", "\"abc\"");
    holds("(str/slice \"añc\" HIGH LOW)", "\"\"");
    holds("(bytes/to-vec (bytes/slice (bytes [1 2]) LOW HIGH))", "[1 2]");
    holds("(str/truncate \"abc\" LOW)", "\"\"");
    holds("(str/truncate \"abc\" HIGH)", "\"abc\"");
    holds("(str/trunc-words \"a b\" HIGH)", "\"a b\"");
    holds("(str/indent \"a\" HIGH)", ":limit");
    holds("(str/expand-tabs \"\\t\" HIGH)", ":limit");
    holds("(str/repeat \"ab\" HIGH)", ":limit");
    holds("(str/wrap \"a b\" HIGH)", "\"a b\"");
    holds("(take HIGH [1 2])", "[1 2]");
    holds("(drop HIGH [1 2])", "[]");
    holds("(nth [1 2] HIGH)", "nil");
    holds("(get [1 2] LOW)", "nil");
    holds("(list/chunk HIGH [1 2])", "((1 2))");
    holds("(list/take-nth HIGH [1 2])", "(1)");
    holds("(list/drop-last HIGH [1 2])", "()");
    holds("(list/split-at HIGH [1 2])", "[(1 2) ()]");
    holds("(range LOW HIGH)", ":range");
    holds("(range LOW HIGH HIGH)", "(-9223372036854775808 -1 9223372036854775806)");
    holds("(range HIGH LOW LOW)", "(9223372036854775807 -1)");
    holds("(time/add-days 0 HIGH)", ":overflow");
    holds("(time/sub-minutes 0 LOW)", ":overflow");
    holds("(time/from-unix LOW)", ":range");
    holds("(bit-shift-left 1 HIGH)", ":range");
    holds("(math/pow LOW 1)", low.c_str());
    holds("(math/pow -2 63)", low.c_str());
    holds("(math/pow 2 63)", "9.223372036854776e18");
    holds("(math/pow 1 HIGH)", "1");
    holds("(<= LOW (math/random-range LOW HIGH))", "true");
    holds("(math/rand-int LOW)", ":range");
    for (const char* cast : {"to-int", "math/floor", "math/ceil", "math/round"}) {
        holds("(" + std::string(cast) + " -9223372036854775808.0)", low.c_str());
        holds("(" + std::string(cast) + " 9223372036854775808.0)", ":range");
        holds("(" + std::string(cast) + " -9223372036854777856.0)", ":range");
    }
    holds("(= HIGH 9223372036854775808.0)", "false");
    holds("(< HIGH 9223372036854775808.0)", "true");
    holds("(go/chan HIGH)", ":range");
    holds("(args/get HIGH :none)", ":none");
}

TEST_CASE("string functions stay within a string that isn't UTF-8") {
    tests::Program program;
    Vm& vm = program.vm;
    // One that no way into the language lets in, with as many code points as make_string counts, and more.
    std::vector<std::string> functions;
    vm.globals.provide_all();
    vm.globals.each([&](const Variable* variable) {
        if (variable->value.is(ObjectKind::Native))
            functions.emplace_back(static_cast<const NativeFunction*>(variable->value.object())->native->name());
    });
    std::erase_if(functions, [](const std::string& name) {
        return name.find('/') == std::string::npos ? name[0] == '%' || name == "exit" : !name.starts_with("str/");
    });
    for (const char* waits :
         {"sleep", "load", "read-line", "quit", "println", "print", "eprintln", "eprint", "inspect"})
        std::erase(functions, waits);
    CHECK(functions.size() > 150);
    for (const std::string_view bytes : {"\xFF\xFE\xFD", "a\xF0\x9F", "\xE6\x97", "ab\xC3", "\x80\x80",
                                         "\xF8\x88\x80\x80\x80 \xFF", "日\xF7\xBF\xBF\xBF"}) {
        for (const std::size_t extra : {0, 3}) {
            vm.globals.set(vm.globals.define(vm.store.symbol("odd")),
                           make_string(vm.store, bytes, utf8::count(bytes) + extra));
            for (const std::string& function : functions) {
                for (const char* arguments :
                     {"odd", "odd odd", "odd 1", "1 odd", "odd 0 2", "odd odd odd", "odd 4 odd", "odd 9 odd"}) {
                    const std::string outcome = program.run("(let [r (try (" + function + " " + arguments +
                                                            "))] (if (error? r) (get r :kind) nil))");
                    if (outcome == ":internal") FAIL(function << " " << arguments);
                }
            }
            CHECK(program.run("(len (str/chars (str odd odd odd)))") != "");
            CHECK(program.run("(map identity odd)") != "");
        }
    }
}

namespace {

bool was_kept = false;

constexpr Native interrupting[] = {
    native("test/interrupt", "As Ctrl-C does.",
           [](Call call) {
               call.extension<tests::Program>().vm.scheduler.interrupt(2);
               return Value::nil();
           }),
    native("test/keep x", "What went well.", [](Call, Value) { return was_kept = true; }),
};

} // namespace

TEST_CASE("what works long hears Ctrl-C in the middle of it") {
    for (const char* call :
         {"(str/pad-left \"\" 3000000 \"é\")", "(str/pad-right \"a\" 3000000)", "(str/pad \"a\" 6000000 \"日\")",
          "(str/repeat \"abc\" 3000000)", "(str/indent \"a\" 3000000)", "(str/indent lines 1000)",
          "(str/expand-tabs tabs 1000)", "(sort numbers)", "(range 3000000)", "(repeat 3000000 1)"}) {
        tests::Program program;
        program.vm.set_extension(&program);
        Setup(program.vm).define(interrupting);
        program.run("(def lines (str/repeat \"a\\n\" 3000)) (def tabs (str/repeat \"\\t\" 3000)) (def numbers (map (fn "
                    "[i] (% (* i 7919) 20011)) (range 20000)))");
        was_kept = false;
        CHECK(program.run("(test/keep 1)") == "true");
        CHECK(was_kept);
        was_kept = false;
        program.run("(do (test/interrupt) (test/keep " + std::string(call) + "))");
        INFO(call);
        CHECK_FALSE(was_kept);
    }
}
