// Quasiquotes and macros, and what the compiler knows of scopes.
#include "vm/program.hpp"

#include <doctest/doctest.h>

using qi::tests::run;

TEST_CASE("quasiquotes build data") {
    CHECK(run("(let [x 1 xs [2 3]] `(a ,x ,@xs [,x] {:k ,x} #{,x}))") == "(a 1 2 3 [1] {:k 1} #{1})");
    CHECK(run("`(a `(b ,(c ,(+ 1 2))))") == "(a `(b ,(c 3)))");
    CHECK(run("`,(+ 1 2)") == "3");
    CHECK(run("`()") == "()");
    CHECK(run("'(a `(b ,c ,@d))") == "(a `(b ,c ,@d))");
    CHECK(run("(let [list 5 x 1] `(a ,x))") == "(a 1)"); // whatever the program calls its own
}

TEST_CASE("macros get what was written, and give it back as code") {
    CHECK(run("(mac twice [e] `(do ,e ,e)) (def n (atom 0)) (twice (swap! n inc)) (deref n)") == "2");
    CHECK(run("(mac my-if [c a b] `(if ,c ,a ,b)) (my-if false 1 f\"x{(+ 1 2)}y\")") == "\"x3y\"");
    CHECK(run("(mac hi [name] `(str f\"hi {,name}\" \"!\")) (hi \"you\")") == "\"hi you!\"");
    CHECK(run("(mac same [x] x) (same `(a ,(+ 1 2)))") == "(a 3)");
    CHECK(run("(mac rest-of [a & r] `(list ,@r)) (rest-of 1 2 3)") == "(2 3)");
    CHECK(run("(mac unless [c e] `(if ,c nil ,e)) (unless false 1)") == "1");
    CHECK(run("(mac count-down [n] (if (= n 0) :done `(count-down ,(- n 1)))) (count-down 50)") == ":done");
}

TEST_CASE("name# is one fresh symbol for each expansion") {
    CHECK(run("(mac add [x] `(let [a# 1] (+ a# ,x))) (let [a 10] (add a))") == "11");
    CHECK(run("(defn f [] `(a# a# b#)) (let [[x y z] (f) [u v w] (f)] [(= x y) (= x z) (= x u)])") ==
          "[true false false]");
}

TEST_CASE("macros may define and defer") {
    CHECK(run("(mac d [n v] `(def ,n ,v)) (defn f [] (d x 5) (+ x 1)) (f)") == "6");
    CHECK(run("(mac d [n v] `(def ,n ,v)) (defn f [] (do (d x 5)) (let [y 1] (d z 2) (+ x y z))) (f)") == "8");
    CHECK(run("(def log (atom [])) (mac later [e] `(defer (swap! log conj ,e))) (defn f [] (later 2) (swap! log conj "
              "1)) (f) (deref log)") == "[1 2]");
    CHECK(run("(def log (atom [])) (mac later [e] `(defer (swap! log conj ,e))) (do (later 2) (swap! log conj 1)) "
              "(deref log)") == "[1 2]");
    CHECK(run("(mac fn0 [e] `(fn [] ,e)) (defn f [] (def g (fn0 (h))) (defn h [] 7) (g)) (f)") == "7");
    // A name that the body gives another meaning is no macro there.
    CHECK(run("(mac m [x] 1) (defn f [] (def m inc) (m 5)) (f)") == "6");
    CHECK(run("(mac m [x] 1) (let [m inc] (m 5))") == "6");
    CHECK(run("(mac m [x] 1) ((fn [m] (m 5)) inc)") == "6");
    CHECK(run("(mac m [x] 1) (do (mac m [x] 2) (m 5))") == "2");
}

TEST_CASE("definitions are visible where they should be") {
    CHECK(run("(defn f [] (if-let [x nil] 1 (def y 2)) y) (f)") == "2");
    CHECK(run("(defn f [] (loop [i (def y 2)] (+ i y))) (f)") == "4");
    CHECK(run("(defn f [] (match (def y 2) n -> (+ n y))) (f)") == "4");
    CHECK(run("(let [x 1] (def x 10) (+ x (do (def x 5) x)))") == "15");
    CHECK(run("(defn f [n] (defn even [n] (if (= n 0) true (odd (- n 1)))) (defn odd [n] (if (= n 0) false (even (- n "
              "1)))) (even n)) [(f 10) (f 7)]") == "[true false]");
    CHECK(run("(defn f [] (def fs []) (def i 0) (while (< i 3) (let [j i] (def fs2 nil) (def g (fn [] j))) (def i (+ i "
              "1))) i) (f)") == "3");
    CHECK(run("(let [x 1 x (+ x 1) f (fn [] x) x 10] [(f) x])") == "[2 10]");
    CHECK(
        run("(def fs (loop [i 0 fs []] (if (< i 3) (recur (inc i) (conj fs (fn [] i))) fs))) (map (fn [f] (f)) fs)") ==
        "[0 1 2]");
}

TEST_CASE("nesting has a limit, and says so") {
    const auto nested = [](std::string_view open, std::string_view inside, std::string_view close, int times) {
        std::string text;
        for (int i = 0; i < times; ++i) text += open;
        text += inside;
        for (int i = 0; i < times; ++i) text += close;
        const std::string said = run(text);
        return said.find("nested more than") != std::string::npos ||
               said.find("this function is too large") != std::string::npos;
    };
    CHECK(nested("(inc ", "1", ")", 100000));
    CHECK(nested("`(a ", "1", ")", 100000));
    CHECK(nested("`(", "b", ")", 100000));
    CHECK(nested("(if (not ", "1", ") 1)", 100000));
    CHECK(nested("(if (and ", "1", ") 1)", 100000));
    CHECK(nested("(not ", "1", ")", 100000));
    CHECK(nested("f\"{", "1", "}\"", 10000));
    CHECK(run("(let [" + std::string(100000, '[') + "x" + std::string(100000, ']') + " 1] x)").find("syntax error") !=
          std::string::npos);
    CHECK(
        run("(match 1 " + std::string(100000, '[') + "x" + std::string(100000, ']') + " -> 1)").find("syntax error") !=
        std::string::npos);
    // Data and constants may nest as deep as they like.
    CHECK(run("(len '" + std::string(100000, '(') + "1" + std::string(100000, ')') + ")") == "1");
    CHECK(run("(len " + std::string(100000, '[') + "1" + std::string(100000, ']') + ")") == "1");
}
