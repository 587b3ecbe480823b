// The one layout, by example: what is written, and what becomes of it.
#include "format/difference.hpp"
#include "format/format.hpp"
#include "format/tree.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

using namespace qi;

namespace {

std::string laid_out(std::string_view text) {
    static tests::Program program;
    const auto result = format_source(program.vm.store, program.vm.names, Source("t", std::string(text)));
    if (const auto* error = std::get_if<SyntaxError>(&result)) return "error at " + std::to_string(error->span.begin);
    return std::get<std::string>(result);
}

/// What is in the layout stays so; returns the layout of the text.
std::string stable(std::string_view text) {
    const std::string once = laid_out(text);
    CHECK(laid_out(once) == once);
    return once;
}

} // namespace

TEST_CASE("the tree of a text that ends in the midst of a form, as editors have it") {
    for (const std::string_view text : {",", "(a ,", ",@", "(f `", "'", "#{", "{:a", "f\"{", "(a |>"}) {
        const layout::Tree tree = layout::parse(text);
        for (const layout::Node& node : tree.nodes) CHECK(tree.opener(node).size() <= 2);
    }
}

TEST_CASE("blanks within a line, at its end, and lines between forms") {
    CHECK(stable("  ( +  1\t2 )  \n\n\n\n[ 1 2 ]( f )\n\n") == "(+ 1 2)\n\n[1 2]\n(f)\n");
    CHECK(stable("") == "");
    CHECK(stable("\n \n") == "");
    CHECK(stable("x") == "x\n");
    CHECK(stable("(a)\r\n(b)\r\n") == "(a)\n(b)\n");
    CHECK(stable("#!/usr/bin/env qi\n\n\n(a)") == "#!/usr/bin/env qi\n\n(a)\n");
    CHECK(stable("(list 8-2 ' x ` ( a , b ,@ c , @d ) @ e #{ 1 })") == "(list 8 -2 'x `(a ,b ,@c , @d) @e #{1})\n");
    CHECK(stable("(fn [[a ... r]] [a & r])") == "(fn [[a ...r]] [a & r])\n");
    CHECK(stable("(f　全角　x)") == "(f 全角 x)\n");
}

TEST_CASE("strings, f-strings, numbers and names stay as they are written") {
    const std::string text =
        "(f \"a\\n  b\n   c\" \"\"\"x \" y\"\"\" f\"{ (g  \\\"x\\\") }  {{:a  1}}\" 1_000 1.50e3 -0.0 :k 名前)\n";
    CHECK(stable(text) == text);
}

TEST_CASE("comments: on lines of their own, behind code, inside forms, between entries") {
    CHECK(stable("; one   \n;; two\n\n\n(a) ; three\n  ; four\n") == "; one\n;; two\n\n(a) ; three\n; four\n");
    CHECK(stable("(do\n; first\n(a) ; behind\n\n\n; last\n)") == "(do\n  ; first\n  (a) ; behind\n\n  ; last\n  )\n");
    CHECK(stable("{:a 1 ; one\n ; two\n:b 2}") == "{:a 1 ; one\n ; two\n :b 2}\n");
    CHECK(stable("(let [a 1 ; one\nb 2] (+ a b))") == "(let [a 1 ; one\n      b 2]\n  (+ a b))\n");
    CHECK(stable("(match x\n1 -> ; one\n:a\n; the rest\n_ -> :b)") ==
          "(match x\n  1 -> ; one\n    :a\n  ; the rest\n  _ -> :b)\n");
    CHECK(stable("(x ; start\n|> f\n; between\n|> g)") == "(x ; start\n |> f\n ; between\n |> g)\n");
    CHECK(stable("( ; why\nf x)") == "( ; why\n f x)\n");
    CHECK(stable("' ; why\nx") == "' ; why\n x\n");
}

TEST_CASE("comments behind code on neighbouring lines are aligned if one was set apart") {
    CHECK(stable("(def a 1)   ; one\n(def long 2) ; two\n(f) ; three") ==
          "(def a 1)    ; one\n(def long 2) ; two\n(f)          ; three\n");
    CHECK(stable("(def a 1) ; one\n(def long 2) ; two\n") == "(def a 1) ; one\n(def long 2) ; two\n");
}

TEST_CASE("bodies are two columns in") {
    CHECK(stable("(defn f [x]\n(g x)\n      (h x))") == "(defn f [x]\n  (g x)\n  (h x))\n");
    CHECK(stable("(defn f \"doc\" [x]\n(g x))") == "(defn f\n  \"doc\"\n  [x]\n  (g x))\n");
    CHECK(stable("(defn f\n  \"doc\"\n  [x] (g x))") == "(defn f\n  \"doc\"\n  [x] (g x))\n");
    CHECK(stable("(if (a)\n(b) (c))") == "(if (a)\n  (b)\n  (c))\n");
    CHECK(stable("(if\n(a) (b))") == "(if (a) (b))\n");
    CHECK(stable("(when-let [v (f)] (g v)\n(h v))") == "(when-let [v (f)]\n  (g v)\n  (h v))\n");
    CHECK(stable("(def x\n(f))") == "(def x\n  (f))\n");
    CHECK(stable("(def x (f\n1))") == "(def x (f\n         1))\n");
}

TEST_CASE("pairs: bindings, maps, cond") {
    CHECK(stable("(let [a 1 b 2\nc 3] a)") == "(let [a 1\n      b 2\n      c 3]\n  a)\n");
    CHECK(stable("(let [a   1 long 2\nc 3] a)") == "(let [a    1\n      long 2\n      c    3]\n  a)\n");
    CHECK(stable("{:a 1 :b 2\n:c 3}") == "{:a 1\n :b 2\n :c 3}\n");
    CHECK(stable("(cond (a) 1\n(b)\n2 :else 3)") == "(cond\n  (a) 1\n  (b)\n    2\n  :else 3)\n");
    CHECK(stable("(match x {:k n => inc\n:j 1 | 2} -> n)") == "(match x\n  {:k n => inc\n   :j 1 | 2} -> n)\n");
}

TEST_CASE("arms") {
    CHECK(stable("(match x 1 -> :a\n\"long\" | 2 when (f x) ->\n:b _ -> :c)") ==
          "(match x\n  1 -> :a\n  \"long\" | 2 when (f x) ->\n    :b\n  _ -> :c)\n");
    CHECK(stable("(match x\n1   -> :a\n100 -> :b)") == "(match x\n  1   -> :a\n  100 -> :b)\n");
    CHECK(stable("(match x\n1  -> :a\n100 -> :b)") == "(match x\n  1   -> :a\n  100 -> :b)\n");
    CHECK(stable("(go/select\nch -> (go/recv ch) t -> 1)") == "(go/select\n  ch -> (go/recv ch)\n  t -> 1)\n");
}

TEST_CASE("pipes: one stage on each line, beneath each other") {
    CHECK(stable("(x |> f |>? g)") == "(x |> f |>? g)\n");
    CHECK(stable("(x |> f\n|>? g ||> h ~> i)") == "(x\n |> f\n |>? g\n ||> h\n ~> i)\n");
    CHECK(stable("x |>\nf\n   |> g") == "x\n|> f\n|> g\n");
    CHECK(stable("(try\n(f x)\n|>? g)") == "(try\n  (f x)\n  |>? g)\n");
    CHECK(stable("(flow |> f\n|> g)") == "(flow\n |> f\n |> g)\n");
}

TEST_CASE("arguments stand beneath the first one, or two columns in") {
    CHECK(stable("(f a\nb\n  c)") == "(f a\n  b\n  c)\n");
    CHECK(stable("(f a\n     b c\n  d)") == "(f a\n   b c\n   d)\n");
    CHECK(stable("(f\na b)") == "(f\n  a b)\n");
    CHECK(stable("[1 2\n3]") == "[1 2\n 3]\n");
}

TEST_CASE("a line holds 100 columns, of which wide characters take two") {
    const std::string name(40, 'x');
    CHECK(stable("(f " + name + " " + name + " 12345678901234)") == "(f " + name + " " + name + " 12345678901234)\n");
    CHECK(stable("(f " + name + " " + name + " 123456789012345)") ==
          "(f " + name + " " + name + "\n   123456789012345)\n");
    std::string wide;
    for (int i = 0; i < 45; ++i) wide += "あ";
    CHECK(stable("(f \"" + wide + "\" 123)") == "(f \"" + wide + "\" 123)\n");
    CHECK(stable("(f \"" + wide + "\" 1234)") == "(f \"" + wide + "\"\n   1234)\n");
}

TEST_CASE("what can't be read is told of") {
    CHECK(laid_out("(a") == "error at 0");
    CHECK(laid_out("(a))") == "error at 3");
    CHECK(laid_out("{:a}") == "error at 0");
}

TEST_CASE("nesting is bounded by memory alone") {
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "(f ";
    deep += "x\n y" + std::string(100000, ')');
    CHECK(laid_out(deep).size() > deep.size());
}

TEST_CASE("differences as diff -u shows them") {
    CHECK(layout::unified_difference("a.qi", "(a)\n(b)\n(c)\n(d)\n  (e)\n(f)", "(a)\n(b)\n(c)\n(d)\n(e)\n(f)\n") ==
          "--- a.qi\n+++ a.qi\n@@ -2,5 +2,5 @@\n (b)\n (c)\n (d)\n-  (e)\n-(f)\n\\ No newline at end of "
          "file\n+(e)\n+(f)\n");
    CHECK(layout::unified_difference("a.qi", "(a)\n", "(a)\n") == "");
    CHECK(layout::unified_difference("a.qi", "(a)\n\n\n(b)\n", "(a)\n\n(b)\n") ==
          "--- a.qi\n+++ a.qi\n@@ -1,4 +1,3 @@\n (a)\n \n-\n (b)\n");
}
