// What text reads as: each rule of docs/language.md, section 1.
#include "data/print.hpp"
#include "heap/kept.hpp"
#include "reader/reader.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

using namespace qi;

namespace {

/// The forms of a text as data, each in its readable spelling; or the error.
std::string read(std::string_view text) {
    Store store(kinds());
    const Names names(store);
    FormArena arena(store);
    const Source source("t", std::string(text));
    Reader reader(arena, names, source);
    std::string out;
    for (;;) {
        Form* form = nullptr;
        if (auto error = reader.next(form))
            return describe(source, *error).substr(0, describe(source, *error).find('\n'));
        if (form == nullptr) return out;
        if (!out.empty()) out += ' ';
        out += readable(store, datum_of(arena, form));
    }
}

} // namespace

TEST_CASE("space and comments") {
    CHECK(read("") == "");
    CHECK(read(" \t\r\n\f\v; only a comment") == "");
    CHECK(read("1;c\n2 ;\xE3\x81\x82\n") == "1 2");
    CHECK(read("\xEF\xBB\xBF"
               "1\xE3\x80\x80"
               "2\xC2\xA0"
               "3") == "1 2 3"); // byte order mark, ideographic and no-break space
    CHECK(read("#!/usr/bin/env qi\n1") == "1");
    CHECK(read("#!only") == "");
    CHECK(read("1 #!") == "t:1:3: syntax error: did not expect # here");
    CHECK(read("(comment a (b) \"c\")") == "(comment a (b) \"c\")");
}

TEST_CASE("arrows, dots and bars are tokens at a token's start") {
    CHECK(read("a->b ->b n->x") == "a->b -> b n->x");
    CHECK(read("=> =>x a=>b == =") == "=> => x a=>b == =");
    CHECK(read("...r & r &r") == "... r & r &r");
    CHECK(read("a | b") == "a | b");
    CHECK(read("- -a -1 -->") == "- -a -1 -->");
}

TEST_CASE("numbers") {
    CHECK(read("0 -0 007 42 -9223372036854775808 9223372036854775807") ==
          "0 0 7 42 -9223372036854775808 9223372036854775807");
    CHECK(read("9223372036854775808") == "t:1:1: syntax error: integer 9223372036854775808 does not fit in 64 bits");
    CHECK(read("3. 2.50 -0.0 1e3 1E+3 1.5e-7 1_000_000 1_0.2_5") == "3.0 2.5 -0.0 1000.0 1000.0 1.5e-7 1000000 10.25");
    CHECK(read("+5 +") == "+5 +");
    CHECK(read(".5") == "t:1:1: syntax error: did not expect . here: a number begins with a digit, as in 0.5");
    CHECK(read("8-2 (list 8-2)") == "8 -2 (list 8 -2)");
    CHECK(read("1->x") == "1 -> x");
    for (const char* bad : {"0x10", "1a", "1__0", "1_", "1.2.3", "1/2", "1e", "5x-1"})
        CHECK(read(bad).find("syntax error") != std::string::npos);
}

TEST_CASE("strings") {
    CHECK(read(R"("a\n\t\r\\\"\0\u{1F600}\u{e9}")") == "\"a\\n\\t\\r\\\\\\\"\\0\xF0\x9F\x98\x80\xC3\xA9\"");
    CHECK(read("\"two\nlines {x}\"") == "\"two\\nlines {x}\"");
    CHECK(read("\"\" \"\"\"a \"b\" 'c'\n\\t\"\"\" \"\"") == "\"\" \"a \\\"b\\\" 'c'\\n\\t\" \"\"");
    CHECK(read("\"\"\"\"\"\"") == "\"\"");
    for (const char* bad : {R"("\q")", R"("\{")", R"("\u")", R"("\u{}")", R"("\u{D800}")", R"("\u{110000}")",
                            R"("\u{1234567890}")", R"("\日")", "\"", "\"\\", "\"\"\"a\"\""})
        CHECK(read(bad).find("syntax error") != std::string::npos);
}

TEST_CASE("symbols and keywords") {
    CHECK(read("str/upper even? go/send! a.b x:y 日付 $x %y <=> _ &a") ==
          "str/upper even? go/send! a.b x:y 日付 $x %y <=> _ &a");
    CHECK(read(":id :a/b :1 ::x :a? :日") == ":id :a/b :1 ::x :a? :日");
    CHECK(read(": x") == "t:1:1: syntax error: did not expect : here");
    CHECK(read("a'b") == "a (quote b)");
    CHECK(read("a@b a|b") == "a (deref b) a | b");
    CHECK(read("f g\"x\" (f \"x\")") == "f g \"x\" (f \"x\")");
    CHECK(read("nil true false nilly") == "nil true false nilly");
    CHECK(read("a#").find("a# is a fresh name") != std::string::npos);
    CHECK(read("`(a# b)") == "`(a# b)");
    // Punctuation that looks like ASCII but isn't.
    for (const char* bad : {"（a）", "“a”", "a，b", "「a」"})
        CHECK(read(bad).find("syntax error") != std::string::npos);
}

TEST_CASE("collections and prefixes") {
    CHECK(read("() [] {} #{}") == "() [] {} #{}");
    CHECK(read("(a [b {:c 1}] #{2 2})") == "(a [b {:c 1}] #{2})");
    CHECK(read("{:a 1 :a 2}") == "{:a 2}");
    CHECK(read("'x '(1 2) @a ''x") == "(quote x) (quote (1 2)) (deref a) (quote (quote x))");
    CHECK(read("`(a ,b ,@c)") == "`(a ,b ,@c)");
    CHECK(read("[1, 2]") == "[1 ,2]");
    CHECK(read("'(1 2) |> len") == "(len (quote (1 2)))");
    CHECK(read("@a |> inc") == "(inc (deref a))");
    CHECK(read("f\"a{b}\"") == "(f\" \"a\" b)");
    CHECK(read("'(f\"{x}y\" `a)") == "(quote ((f\" x \"y\") `a))");
}

TEST_CASE("f-strings") {
    CHECK(read(R"(f"a\{b\}c}\n")") == R"((f" "a{b}c}\n"))");
    CHECK(read(R"(f"{(get m \"id\")}")") == R"((f" (get m "id")))");
    CHECK(read(R"(f"{(get m "id")}")") == R"((f" (get m "id")))");
    CHECK(read(R"(f"{(str \"a{b}\")}")") == R"((f" (str "a{b}")))");
    CHECK(read(R"(f"{f"n={(+ 1 1)}"}")") == R"((f" (f" "n=" (+ 1 1))))");
    CHECK(read(R"(f"{{:k 7}}")") == R"((f" {:k 7}))");
    CHECK(read(R"(f"{3 |> inc}")") == R"((f" (inc 3)))");
    CHECK(read(R"(f"{1 2}")") == R"((f" 1))");
    CHECK(read("f\"\"\"a\"b{c}\"\"\"") == R"((f" "a\"b" c))");
    CHECK(read(R"(f"")") == R"((f"))");
    for (const char* bad :
         {R"(f"{}")", R"(f"{ }")", R"(f"{a")", R"(f"{(a}")", R"(f"a)", R"(f"\q")", R"(f"{"a}")", R"(f"{.5}")"})
        CHECK(read(bad).find("syntax error") != std::string::npos);
}

TEST_CASE("pipes") {
    CHECK(read("x |> f") == "(f x)");
    CHECK(read("x |> f |> (g 1)") == "(g 1 (f x))");
    CHECK(read("x\n  |> f\n  |> (g _ 1)") == "(g (f x) 1)");
    CHECK(read("(+ 1 2 |> (* 10))") == "(+ 1 (* 10 2))");
    CHECK(read("(5 |> inc)") == "(inc 5)");
    CHECK(read("(f |> g)") == "(g f)");
    CHECK(read("[1 |> inc 2]") == "[(inc 1) 2]");
    CHECK(read("{:a 1 |> inc}") == "{:a (inc 1)}");
    CHECK(read("(if c |> not 1 2)") == "(if (not c) 1 2)");
    CHECK(read("(try (f x) |> g)") == "(try (g (f x)))");
    CHECK(read("x |> (fn [y] y)") == "((fn [y] y) x)");
    CHECK(read("m |> :id |> \"k\"") == "(\"k\" (:id m))");
    CHECK(read("x |> ((mk 1))") == "((mk 1) x)");
    CHECK(read("x |> (partial + 1)") == "(partial + 1 x)");
    CHECK(read("x |>? f") == "(%pipe-if-ok x f)");
    CHECK(read("xs ||> f") == "(pmap f xs)");
    CHECK(read("(x ~> f |> g)") == "(go (fn [] (g (f x))))");
    CHECK(read("x |> (if _ 1 2)") == "(if x 1 2)");
    CHECK(read("x |> [_ 1]") == "[x 1]");
    CHECK(read("x |> {:a _}") == "{:a x}");
    CHECK(read("x |> (f (g [_]))") == "(f (g [x]))");
    CHECK(read("x |> (match _ _ -> 1)") == "(match x _ -> 1)");
    CHECK(read("x |> (when _ 1)") == "(when x 1)");
    CHECK(read("x |> (f f\"{_}\")") == "(f (f\" _) x)");      // in an f-string it is no placeholder
    CHECK(read("x |> (let [_ 1] 2)") == "((let [_ 1] 2) x)"); // nor in a pattern
    CHECK(read("(flow x |> f |> g)") == "(flow (g (f x)))");
    CHECK(read("(x |> f y)").find("nothing may follow") != std::string::npos);
    CHECK(read("(flow |> f y)").find("nothing may follow") != std::string::npos);
    for (const char* bad : {"|> f", "x |>", "(|> f)", "(x |>)", "x ~> f", "(f x ~> g)", "[x ~> f]", "x |> |> f",
                            "'|> f", "(flow |> f ~> g)"})
        CHECK(read(bad).find("syntax error") != std::string::npos);
    // Evaluated once, however often it is wanted.
    CHECK(tests::run("(def n (atom 0)) ((swap! n inc) |> (+ _ _ _))") == "3");
    CHECK(tests::run("(def n (atom 0)) ((swap! n inc) |> ((fn [] (+ _ 10)))) (deref n)") == "1");
    CHECK(tests::run("((flow |> inc |> (* 2 _)) 4)") == "10");
}
