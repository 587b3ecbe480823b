// What expressions come to, among them the corners of arithmetic and of collections.
#include "vm/program.hpp"

#include <doctest/doctest.h>

using qi::tests::run;

TEST_CASE("arithmetic") {
    CHECK(run("[(/ -7 2) (% -7 2) (% -7.5 2) (/ 1 2.0) (- 3) (+) (*) (* 4611686018427387904 -2)]") ==
          "[-3 -1 0.5 0.5 -3 0 1 -9223372036854775808]");
    CHECK(run("(map (fn [f] (get (try (f)) :kind)) [(fn [] (* 4611686018427387904 2)) (fn [] (- -9223372036854775808)) "
              "(fn [] (/ -9223372036854775808 -1)) (fn [] (dec -9223372036854775808))])") ==
          "[:overflow :overflow :overflow :overflow]");
    CHECK(run("(% -9223372036854775808 -1)") == "0");
    CHECK(run("[(+ 140737488355327 1) (- (+ 140737488355327 1) 1) (= (+ 140737488355327 1) 140737488355328)]") ==
          "[140737488355328 140737488355327 true]");
    CHECK(run("[(= 1 1.0) (= 9007199254740993 9007199254740992.0) (< 9007199254740992.0 9007199254740993) (< 1 2 3) (< "
              "1 3 2) (= [1] '(1))]") == "[true false true true false true]");
    CHECK(run("(get {1 :int 1.0 :float} 1.0)") == ":float");
}

TEST_CASE("maps beyond eight and beyond sixty-four entries") {
    CHECK(run("(let [m (reduce (fn [m i] (assoc m i (* i i))) {} (range 200))] [(len m) (get m 199) (len (reduce "
              "dissoc m (range 150))) (= m (into {} m))])") == "[200 39601 50 true]");
    CHECK(run("(keys (reduce (fn [m i] (assoc m (- 100 i) i)) {} (range 5)))") == "(100 99 98 97 96)");
    CHECK(run("(= (into {} (map (fn [i] [i i]) (range 64))) (into {} (reverse (map (fn [i] [i i]) (range 64)))))") ==
          "true");
    CHECK(run("(get (reduce (fn [m i] (assoc m i i)) {[] :empty} (range 100)) '())") == ":empty");
    CHECK(run("(len (into #{} (concat (range 1000) (range 1000))))") == "1000");
    CHECK(run("(merge (into {} (map (fn [i] [i i]) (range 60))) {:a 1} (into {} (map (fn [i] [i :new]) (range 50 "
              "70)))) |> len") == "71");
}

TEST_CASE("equal maps found as keys, however they were made") {
    CHECK(run("(let [a (into {} (map (fn [i] [i i]) (range 80))) b (reduce dissoc (into {} (map (fn [i] [i i]) (range "
              "200))) (range 80 200))] [(= a b) (get {a 1} b) (get (assoc (into {} (map (fn [i] [i i]) (range 80))) a "
              ":x) b)])") == "[true 1 :x]");
}

TEST_CASE("loops, branches, destructuring") {
    CHECK(run("(let [[a [b & c] {:k d :as m}] [1 '(2 3 4) {:k 5}]] [a b c d m])") == "[1 2 (3 4) 5 {:k 5}]");
    CHECK(run("[(and) (or) (and 1 nil 2) (or nil false) (or nil 3)]") == "[true nil nil nil 3]");
    CHECK(run("(def c (go/chan)) (each (fn [x] (go/send c x)) [1 false nil 4]) (def seen (atom [])) (while-some [x "
              "(go/recv c)] (swap! seen conj x)) (deref seen)") == "[1 false]");
    CHECK(run("(def n (atom 0)) (until-error [x (if (= (swap! n inc) 3) {:error :done} 1)] x)") == "{:error :done}");
    CHECK(run("(loop [[a b] [0 1] n 10] (if (= n 0) a (recur [b (+ a b)] (dec n))))") == "55");
}

TEST_CASE("what a native was applied to is forgotten by the next collection") {
    // A collection between the calls, and one right after the last.
    CHECK(run("(loop [i 0 n 0] (if (< i 30) (do (into [] (range 100000)) (recur (inc i) (+ n (len (apply str [(str "
              "\"x\" i)]))))) n))") == "80");
}
