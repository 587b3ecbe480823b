// Errors: catching, deferred code, traces, hints.
#include "base/elsewhere.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

using qi::tests::run;

TEST_CASE("try gives the error as a map") {
    CHECK(run("(try (error \"x\"))") == "{:error \"x\"}");
    CHECK(run("(try (error {:error \"x\" :code 7}))") == "{:error \"x\" :code 7}");
    CHECK(run("(try (+ 1 \"a\"))") == "{:error \"+: number expected, found the string \\\"a\\\"\" :kind :type}");
    CHECK(run("(map (fn [f] (get (try (f)) :kind)) [(fn [] (+ 9223372036854775807 1)) (fn [] (/ 1 0)) (fn [] "
              "(no-such)) (fn [] ((fn [x] x))) (fn [] (1 2)) (fn [] (match 1 2 -> 3))"
              " (fn [] (:a {})) (fn [] (let [[a] [1 2]] a)) (fn [] (let [{:a x} {}] x))])") ==
          "[:overflow :divide-by-zero :name :arity :type :no-match :key :range :key]");
    CHECK(run("(try (error \"a\") |>? (fn [x] x) |> (fn [_] 2))") == "{:error \"a\"}");
    CHECK(run("(loop [i 0] (if (< i 5) (try (if (= i 3) (error \"x\") (recur (inc i)))) i))") == "{:error \"x\"}");
}

TEST_CASE("a comparison and an increment are named as they were written") {
    CHECK(run("(get (try (> 1 \"a\")) :error)") == "\">: number expected, found the string \\\"a\\\"\"");
    CHECK(run("(get (try (> \"a\" 1)) :error)") == "\">: string expected, found the integer 1\"");
    CHECK(run("(get (try (>= nil 1)) :error)") == "\">=: number expected, found nil\"");
    CHECK(run("(get (try (if (> nil 5) 1 2)) :error)") == "\">: number expected, found nil\"");
    CHECK(run("(get (try (inc \"a\")) :error)") ==
          "\"inc: number expected, found the string \\\"a\\\" (argument 1, x)\"");
    CHECK(run("(get (try (dec nil)) :error)") == "\"dec: number expected, found nil (argument 1, x)\"");
    CHECK(run("(get (try (+ nil -1)) :error)") == "\"+: number expected, found nil\"");
    CHECK(run("(get (try (inc 9223372036854775807)) :error)") == "\"inc: result does not fit in 64 bits\"");
    CHECK(run("[(inc 1) (dec 1) (+ 1 -1) (- 1 -1) (inc 1.5) (inc 140737488355327) (dec -140737488355328)]") ==
          "[2 0 0 2 2.5 140737488355328 -140737488355329]");
}

TEST_CASE("deferred code runs last in first out, whatever happens") {
    CHECK(run("(def log (atom [])) (do (defer (swap! log conj 1)) (defer (swap! log conj 2)) (swap! log conj 3)) "
              "(deref log)") == "[3 2 1]");
    CHECK(run("(def log (atom [])) (try (do (defer (swap! log conj 1)) (error \"x\"))) (deref log)") == "[1]");
    CHECK(run("(def log (atom [])) (loop [i 0] (do (defer (swap! log conj i)) (if (< i 3) (recur (inc i)) nil))) "
              "(deref log)") == "[0 1 2 3]");
    CHECK(run("(def log (atom [])) (defn f [] (defer (swap! log conj :f)) 5) [(f) (deref log)]") == "[5 [:f]]");
    CHECK(run("(def log (atom [])) (def i (atom 0)) (while (< (swap! i inc) 3) (defer (swap! log conj (deref i)))) "
              "(deref log)") == "[1 2]");
    CHECK(run("(defn f [] (defer (try (error \"inner\"))) (error \"outer\")) (try (f))") == "{:error \"outer\"}");
}

TEST_CASE("a trace is that of the error, whatever deferred code does") {
    const std::string text = run("(defn f []\n  (defer (try (error \"inner\")))\n  (error \"outer\"))\n(f)");
    CHECK(text.find("t:3:3: error: outer") == 0);
    CHECK(text.find("at f (t:3:3)") != std::string::npos);
    // Another goroutine's error in between.
    const std::string other =
        run("(defn g []\n  (defer (do (go (try (error \"other\"))) (go/sleep 5)))\n  (error \"mine\"))\n(g)");
    CHECK(other.find("t:3:3: error: mine") == 0);
}

TEST_CASE("frames, folded where they repeat") {
    CHECK(run("(defn f [x]\n  (+ x 1))\n(defn g [x] (inc (f x)))\n(g nil)") ==
          "t:2:6: error: +: number expected, found nil\n      2 |   (+ x 1))\n        |      ^\n  at f (t:2:3)\n  at g "
          "(t:3:18)\n  at top level (t:4:1)");
    const std::string deep = run("(defn f [n] (if (= n 0) (error \"deep\") (inc (f (- n 1)))))\n(f 1000)");
    CHECK(deep.find("… 999 more of the same") != std::string::npos);
    CHECK(deep.size() < 600);
    const std::string started = run("(def p (go\n  (error \"x\")))\n(error (go/await p))");
    CHECK(started.find("t:3:1: error: x") == 0);
}

TEST_CASE("debug/stack shows the calls that are under way, the newest first") {
    CHECK(run("(debug/stack)") == R"("top level (t:1:1)\n")");
    CHECK(run("(defn f [] (debug/stack))\n(defn g [h]\n  (str (h)))\n(g (fn [] (str (f))))") ==
          R"("f (t:1:12)\nfn (t:4:16)\ng (t:3:8)\ntop level (t:4:1)\n")");
    // 200 lines at most
    CHECK(run("(defn f [n] (if (= n 0) (debug/stack) (str (f (- n 1)))))\n(str/replace (f 198) \"f (t:1:44)\\n\" "
              "\"\")") == R"("f (t:1:25)\ntop level (t:2:14)\n")");
    CHECK(run("(defn f [n] (if (= n 0) (debug/stack) (str (f (- n 1)))))\n(str/replace (f 200) \"f (t:1:44)\\n\" "
              "\"\")") == R"("f (t:1:25)\n")");
}

TEST_CASE("a name that isn't known suggests near ones, a wrong call shows the function") {
    CHECK(run("(printn 1)").find("println, eprint?") != std::string::npos);
    CHECK(run("(defn area [w h] (* w h))\n(area 1)").find("(area w h)") != std::string::npos);
}

TEST_CASE("what other languages call otherwise is unknown here, and what is named instead is known") {
    qi::tests::Program program;
    qi::Vm& vm = program.vm;
    const auto known = [&](std::string_view name) {
        return vm.names.form(vm.store.symbol(name)) != nullptr ||
               program.run("(" + std::string(name) + ")").find("no such variable") == std::string::npos;
    };
    std::string_view before;
    for (const qi::Elsewhere& each : qi::names_elsewhere()) {
        const std::string_view name = each.name, here = each.here;
        CAPTURE(name);
        CHECK(before < name);
        before = name;
        CHECK_FALSE(known(name));
        if (here.front() == '(' && here[1] != 'x' && !here.starts_with("(ws/"))
            CHECK(known(here.substr(1, here.find(' ') - 1)));
        CHECK(qi::here(name) == here);
    }
    CHECK(run("(lambda 1)").find("in Qi: (fn [x] …)") != std::string::npos);
    CHECK(run("(-> 5)").find("in Qi: (x |> f |> (g 1))") != std::string::npos);
}
