// `match` against a naive interpreter of patterns: the first arm whose pattern fits, read off one by one.
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <vector>

using namespace qi;

namespace {

struct Datum {
    enum Kind { Atom, List, Vector, Map } kind = Atom;
    std::string atom; // of atoms
    std::vector<Datum> items;
    std::vector<std::string> keys; // of maps

    std::string text(bool quoted = true) const {
        if (kind == Atom) return atom;
        std::string out = kind == Vector ? "[" : kind == Map ? "{" : quoted ? "(" : "(list ";
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) out += ' ';
            if (kind == Map) out += keys[i] + " ";
            out += items[i].text(quoted);
        }
        return out + (kind == Vector ? "]" : kind == Map ? "}" : ")");
    }
};

struct Pattern {
    enum Kind { Any, Name, Literal, Sequence, Map, Either } kind = Any;
    std::string text; // of names and literals
    std::vector<Pattern> parts;
    std::vector<std::string> keys;
    std::string rest; // of sequences, if not empty

    std::string show() const {
        std::string out;
        switch (kind) {
        case Any: return "_";
        case Name:
        case Literal: return text;
        case Either:
            for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? " | " : "") + parts[i].show();
            return out;
        case Sequence:
            for (const Pattern& part : parts) out += (out.empty() ? "" : " ") + part.show();
            if (!rest.empty()) out += (out.empty() ? "& " : " & ") + rest;
            return "[" + out + "]";
        case Map:
            for (std::size_t i = 0; i < parts.size(); ++i) out += (i > 0 ? " " : "") + keys[i] + " " + parts[i].show();
            return "{" + out + "}";
        }
        return out;
    }
};

using Bound = std::map<std::string, std::string>; // name -> readable text of what it is bound to

bool fits(const Pattern& pattern, const Datum& datum, Bound& names) {
    switch (pattern.kind) {
    case Pattern::Any: return true;
    case Pattern::Name: names[pattern.text] = datum.text(); return true;
    case Pattern::Literal: return datum.kind == Datum::Atom && datum.atom == pattern.text;
    case Pattern::Either:
        for (const Pattern& part : pattern.parts)
            if (fits(part, datum, names)) return true;
        return false;
    case Pattern::Sequence: {
        if (datum.kind != Datum::List && datum.kind != Datum::Vector) return false;
        if (pattern.rest.empty() ? datum.items.size() != pattern.parts.size()
                                 : datum.items.size() < pattern.parts.size())
            return false;
        for (std::size_t i = 0; i < pattern.parts.size(); ++i)
            if (!fits(pattern.parts[i], datum.items[i], names)) return false;
        if (!pattern.rest.empty()) {
            Datum rest{Datum::List,
                       "",
                       {datum.items.begin() + static_cast<std::ptrdiff_t>(pattern.parts.size()), datum.items.end()},
                       {}};
            names[pattern.rest] = rest.text();
        }
        return true;
    }
    case Pattern::Map:
        if (datum.kind != Datum::Map) return false;
        for (std::size_t i = 0; i < pattern.parts.size(); ++i) {
            std::size_t at = 0;
            while (at < datum.keys.size() && datum.keys[at] != pattern.keys[i]) ++at;
            if (at == datum.keys.size() || !fits(pattern.parts[i], datum.items[at], names)) return false;
        }
        return true;
    }
    return false;
}

class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    std::size_t pick(std::size_t n) { return random_() % n; }

    Datum datum(int depth) {
        static const char* const atoms[] = {"0", "1", "1.0", "nil", "true", "\"a\"", ":a", "1000000000000000"};
        const std::size_t kind = depth > 0 ? pick(6) : 0;
        if (kind < 2) return {Datum::Atom, atoms[pick(std::size(atoms))], {}, {}};
        Datum made{kind < 4 ? Datum::Vector : kind == 4 ? Datum::List : Datum::Map, "", {}, {}};
        for (std::size_t n = pick(4); n > 0; --n) {
            if (made.kind == Datum::Map)
                made.keys.push_back(":" + std::string(1, static_cast<char>('a' + made.keys.size())));
            made.items.push_back(datum(depth - 1));
        }
        return made;
    }

    /// A pattern, often one that fits `like` at least in part..
    Pattern pattern(const Datum& like, int depth, bool binds, bool inside) {
        const std::size_t kind = pick(12);
        if (kind < 2) return {Pattern::Any, "_", {}, {}, ""};
        if (kind < 4 && binds) return {Pattern::Name, name(), {}, {}, ""};
        if (kind == 4 && inside && depth > 0) {
            Pattern either{Pattern::Either, "", {}, {}, ""};
            for (std::size_t n = 2 + pick(2); n > 0; --n)
                either.parts.push_back(pattern(pick(2) == 0 ? like : datum(1), depth - 1, false, false));
            return either;
        }
        const Datum shape = pick(5) == 0 ? datum(depth) : like;
        if (shape.kind == Datum::Atom || depth == 0) {
            if (shape.kind == Datum::Atom) return {Pattern::Literal, shape.atom, {}, {}, ""};
            return {Pattern::Any, "_", {}, {}, ""};
        }
        Pattern made{shape.kind == Datum::Map ? Pattern::Map : Pattern::Sequence, "", {}, {}, ""};
        const std::size_t count = shape.items.empty() ? 0 : shape.items.size() - (pick(3) == 0 ? 1 : 0);
        for (std::size_t i = 0; i < count; ++i) {
            if (made.kind == Pattern::Map) made.keys.push_back(shape.keys[i]);
            made.parts.push_back(pattern(shape.items[i], depth - 1, binds, true));
        }
        if (made.kind == Pattern::Sequence && binds && pick(3) == 0) made.rest = name();
        return made;
    }

private:
    std::string name() { return "n" + std::to_string(pick(3)); } // sometimes the same one twice: the last wins

    std::mt19937_64 random_;
};

} // namespace

TEST_CASE("match takes the arm that a naive interpreter takes, with the same bindings") {
    tests::Program program;
    Generator make(12);
    for (std::size_t round = 0; round < tests::scaled(3000); ++round) {
        const Datum subject = make.datum(3);
        std::string source = "(match " + subject.text(false);
        std::string wanted;
        const std::size_t arms = 1 + make.pick(make.pick(8) == 0 ? 60 : 8); // long ones are decided in another way
        for (std::size_t arm = 0; arm <= arms; ++arm) {
            const bool last = arm == arms;
            std::vector<Pattern> alternatives;
            if (last) {
                alternatives.push_back({Pattern::Any, "_", {}, {}, ""});
            } else {
                const bool several = make.pick(4) == 0;
                for (std::size_t n = several ? 2 + make.pick(3) : 1; n > 0; --n)
                    alternatives.push_back(
                        make.pattern(make.pick(3) == 0 ? make.datum(3) : subject, 3, !several, false));
            }
            // The names that the arm binds: found by fitting it to what its pattern says.
            Bound all;
            const auto collect = [&](const auto& self, const Pattern& p) -> void {
                if (p.kind == Pattern::Name) all[p.text];
                if (!p.rest.empty()) all[p.rest];
                for (const Pattern& part : p.parts) self(self, part);
            };
            for (const Pattern& p : alternatives) collect(collect, p);
            source += "\n ";
            for (std::size_t i = 0; i < alternatives.size(); ++i)
                source += (i > 0 ? " | " : "") + alternatives[i].show();
            std::string guard;
            if (!last && !all.empty() && make.pick(4) == 0) {
                guard = all.begin()->first;
                source += " when (= " + guard + " 1)";
            } else if (!last && make.pick(8) == 0) {
                guard = "-";
                source += " when nil";
            }
            source += " -> (list " + std::to_string(arm);
            for (const auto& [name, value] : all) source += " " + name;
            source += ")";
            if (!wanted.empty()) continue;
            for (const Pattern& p : alternatives) {
                Bound names;
                if (!fits(p, subject, names)) continue;
                if (guard == "-" || (!guard.empty() && names[guard] != "1" && names[guard] != "1.0")) continue;
                wanted = "(" + std::to_string(arm);
                for (const auto& [name, value] : names) wanted += " " + value;
                wanted += ")";
                break;
            }
        }
        source += ")";
        const std::string got = program.run(source);
        if (got != wanted) FAIL(source << "\n got " << got << "\n wanted " << wanted);
    }
}

TEST_CASE("large matches") {
    tests::Program program;
    // Thousands of literals: the code grows with them and no faster.
    std::string source = "(defn f [v] (match v";
    for (int i = 0; i < 1500; ++i) source += " " + std::to_string(i * 7) + " -> " + std::to_string(i);
    source += " _ -> :none)) [(f 0) (f 7) (f 10493) (f 8) (f \"x\")]";
    CHECK(program.run(source) == "[0 1 1499 :none :none]");
    // … and so does the time.
    const auto started = std::chrono::steady_clock::now();
    for (const bool nested : {false, true}) {
        const int arms = static_cast<int>(tests::scaled(20000));
        source = "(defn f [v] (match v";
        for (int i = 0; i < arms; ++i) {
            const std::string number = std::to_string(i);
            source += nested ? " {:type \"t" + number + "\" :data d} -> [d " + number + "]"
                             : " :k" + number + " -> " + number;
        }
        const std::string last = std::to_string(arms - 1);
        source += nested ? " _ -> :none)) [(f {:type \"t0\" :data 5}) (f {:type \"t" + last +
                               "\" :data 6}) (f {:type \"t0\"}) (f {})]"
                         : " _ -> :none)) [(f :k0) (f :k" + last + ") (f {}) (f :k)]";
        CHECK(program.run(source) ==
              (nested ? "[[5 0] [6 " + last + "] :none :none]" : "[0 " + last + " :none :none]"));
    }
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(20)); // the square of it: minutes
    // Alternatives multiply: too many are an error, not a hang.
    std::string wide = "(match 1 [";
    for (int i = 0; i < 30; ++i) wide += "1 | 2 ";
    CHECK(program.run(wide + "] -> 1 _ -> 2)").find("more than 1024 combinations") != std::string::npos);
    // Guarded arms that overlap in every way: trees of these can grow exponentially.
    source = "(defn g [m] (match m";
    for (int i = 0; i < 40; ++i)
        source += " {:k" + std::to_string(i % 13) + " " + std::to_string(i % 3) + " :k" +
                  std::to_string((i * 5 + 1) % 13) + " x} when (= x " + std::to_string(i) + ") -> " + std::to_string(i);
    source += " _ -> :none)) [(g {:k0 0 :k1 0}) (g {:k3 0 :k3 0}) (g {:k1 2 :k6 14 :k2 1}) (g {})]";
    CHECK(program.run(source) == "[0 :none 14 :none]");
    // Many keys.
    source = "(defn h [m] (match m";
    for (int i = 0; i < 150; ++i) source += " {:a" + std::to_string(i) + " x} -> x";
    source += " _ -> :none)) [(h {:a149 5}) (h {:b 1})]";
    CHECK(program.run(source) == "[5 :none]");
}

TEST_CASE("a function with more constants and caches than 16 bits count") {
    tests::Program program;
    std::string source = "(defn f [m] [(let [x 1]";
    for (int i = 0; i < 70000; ++i) source += " (get m :k" + std::to_string(i) + ")";
    source += ") (match m {:k1 v} -> v _ -> :none) (get m :k69999)])";
    CHECK(program.run(source + " (f {:k1 5 :k69999 6})") == "[6 5 6]");
}

TEST_CASE("bindings and guards") {
    CHECK(tests::run("(match [1 2] [a a] -> a)") == "2");
    CHECK(tests::run("(match {:k 3} {:k n => inc} when (= n 3) -> n)") == "4");
    CHECK(tests::run("(match '(1 2 3) [a & r] -> [a r])") == "[1 (2 3)]");
    CHECK(tests::run("(match [1] [a ...r] -> r)") == "()");
    CHECK(tests::run("(match {:a 1 :b 2} {:a x :as m} -> m)") == "{:a 1 :b 2}");
    CHECK(tests::run("(match {\"a\" 1} {:a x} -> x)") == "1");
    CHECK(tests::run("(match [[1 :x] 2] [[1 | 2 t] n] -> [t n])") == "[:x 2]");
    CHECK(tests::run("(match 15 n when (= 0 (% n 15)) -> \"both\" _ -> \"no\")") == "\"both\"");
    CHECK(tests::run("(map (fn [x] (match x [] -> 0 {} -> 1 nil -> 2 -1 -> 3 1.5 -> 4 \"s\" -> 5 :k -> 6 true -> 7 _ "
                     "-> 8)) [[] '() {} {:a 1} nil -1 1.5 \"s\" :k true false])") == "[0 0 1 1 2 3 4 5 6 7 8]");
    CHECK(tests::run("(loop [l '(1 2 3) n 0] (match l [] -> n [x & r] -> (recur r (+ n x))))") == "6");
    CHECK(tests::run("(defn f [x] (match x n when (> n 0) -> (def y n) _ -> :neg)) [(f 1) (f -1)]") == "[1 :neg]");
}
