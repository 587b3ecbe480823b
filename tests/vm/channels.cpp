// Goroutines, channels, timers: what the language promises of them.
#include "vm/program.hpp"

#include <doctest/doctest.h>

using qi::tests::run;

TEST_CASE("capacity: none, some, any") {
    // A rendezvous: the sender goes on when its value was taken.
    CHECK(run("(def log (atom [])) (def c (go/chan 0)) (go (do (go/send c 1) (swap! log conj :sent)))"
              "(go/sleep 5) (swap! log conj :before) (go/recv c) (go/sleep 5) (deref log)") == "[:before :sent]");
    CHECK(run("(def n (atom 0)) (def c (go/chan 2)) (go (while true (go/send c 1) (swap! n inc))) (go/sleep 10) (deref "
              "n)") == "2");
    CHECK(run("(def c (go/chan)) (each (fn [i] (go/send c i)) (range 10000)) (reduce + 0 (map (fn [_] (go/recv c)) "
              "(range 10000)))") == "49995000");
    CHECK(run("(def c (go/chan 1)) (go (each (fn [i] (go/send c i)) (range 100))) (= (map (fn [_] (go/recv c)) (range "
              "100)) (range 100))") == "true");
}

TEST_CASE("blocked senders and receivers are served in order of arrival") {
    CHECK(run("(def c (go/chan 0)) (each (fn [i] (go (go/send c i))) (range 5)) (go/sleep 5) (map (fn [_] (go/recv c)) "
              "(range 5))") == "(0 1 2 3 4)");
    CHECK(run("(def c (go/chan 0)) (def out (go/chan)) (each (fn [i] (go (go/send out [i (go/recv c)]))) (range 3)) "
              "(go/sleep 5)"
              "(each (fn [v] (go/send c v)) [:a :b :c]) (map (fn [_] (go/recv out)) (range 3))") ==
          "([0 :a] [1 :b] [2 :c])");
}

TEST_CASE("closing") {
    CHECK(run("(def c (go/chan)) (go/send c 1) (go/send c nil) (go/close c) (go/close c) [(go/recv c) (go/recv c) (get "
              "(try (go/recv c)) :kind)]") == "[1 nil :closed]");
    CHECK(run("(def c (go/chan)) (go/close c) (get (try (go/send c 1)) :kind)") == ":closed");
    CHECK(run("(def c (go/chan)) (go/close c) (go/recv c :else :none)") == ":none");
    // Whoever waits learns of it.
    CHECK(
        run("(def c (go/chan 0)) (def p (go (try (go/recv c)))) (go/sleep 5) (go/close c) (get (go/await p) :kind)") ==
        ":closed");
    CHECK(run("(def c (go/chan 0)) (def p (go (try (go/send c 1)))) (go/sleep 5) (go/close c) (get (go/await p) "
              ":kind)") == ":closed");
    CHECK(run("(def c (go/chan 0)) (def p (go (go/select c -> :woken))) (go/sleep 5) (go/close c) (go/await p)") ==
          ":woken");
}

TEST_CASE("waiting for several") {
    CHECK(run("(def a (go/chan)) (def b (go/chan)) (go/send b 2) (go/select a -> (go/recv a) b -> (go/recv b))") ==
          "2");
    // The first that is ready in the order of the text; the value stays until the arm takes it.
    CHECK(run("(def a (go/chan)) (def b (go/chan)) (go/send a 1) (go/send b 2) [(go/select b -> :b a -> :a) (go/recv "
              "a) (go/recv b)]") == "[:b 1 2]");
    CHECK(run("(def a (go/chan)) (go (do (go/sleep 5) (go/send a 1))) (go/select a -> (go/recv a) (go/timeout \"1h\") "
              "-> :late)") == "1");
    CHECK(run("(def a (go/chan)) (go/select a -> (go/recv a) (go/timeout 5) -> :late)") == ":late");
    CHECK(run("(def a (go/chan 0)) (go (go/send a 7)) (go/select a -> (go/recv a))") == "7");
    CHECK(run("(def a (go/chan)) (def over (go/chan)) (def ps (map (fn [_] (go (go/select a -> (go/recv a) over -> "
              "nil))) [1 2 3])) (go/sleep 5) (go/send a 1)"
              "(def one (go/await (first ps))) (go/close over) (conj (map go/await (rest ps)) one)") == "[nil nil 1]");
    CHECK(run("(get (try (go/select 5 -> 1)) :kind)") == ":type");
}

TEST_CASE("timers fire in order of their time") {
    CHECK(run("(def log (atom [])) (def ps (map (fn [ms] (go (do (go/sleep ms) (swap! log conj ms)))) [40 10 30 20])) "
              "(map go/await ps) (deref log)") == "[10 20 30 40]");
    CHECK(run("(def c (go/chan)) (go/recv c :timeout 5)") == "nil");
    CHECK(run("(def t (go/timeout 5)) [(go/recv t) (get (try (go/recv t)) :kind)]") == "[nil :closed]");
    // A timeout's channel that the program itself closed or filled.
    CHECK(run("(def t (go/timeout 5)) (go/close t) (go/sleep 10) (loop [i 0] (if (< i 20000) (recur (inc i)) i))") ==
          "20000");
    CHECK(run("(def t (go/timeout 300)) (go/send t 1) (go/sleep 350) [(go/recv t) (get (try (go/recv t)) :kind)]") ==
          "[1 :closed]");
}

TEST_CASE("a timer whose channel nobody has goes with it") {
    qi::tests::Program program;
    const std::string count = std::to_string(qi::tests::scaled(100'000));
    CHECK(program.run("(def c (go/chan)) (each (fn [i] (go/send c i) (go/select c -> (go/recv c) (go/timeout 60000) -> "
                      "(error \"late\"))) (range " +
                      count + "))") == "nil");
    program.vm.heap().collect_all();
    CHECK(program.vm.heap().statistics().old_bytes < 5'000'000);
    // One that somebody has, or waits for, stays.
    CHECK(program.run(
              "(def kept (go/timeout 300)) (def waits (go (go/select (go/chan) -> :no (go/timeout 200) -> :fired)))"
              "(def receives (go (go/recv (go/timeout 100)))) (go/sleep 1)") == "nil");
    program.vm.heap().collect_all();
    CHECK(program.run("[(go/await receives) (go/await waits) (go/recv kept)]") == "[nil :fired nil]");
}

TEST_CASE("promises keep their value") {
    CHECK(run("(def p (go (+ 1 2))) [(go/await p) (go/await p)]") == "[3 3]");
    CHECK(run("(def p (go (error \"no\"))) (get (go/await p) :error)") == "\"no\"");
    CHECK(run("(go/await (go (fn [] 5)))") == "5");
    CHECK(run("(go/await (go/all [(go 1) (go 2)]))") == "(1 2)");
}

TEST_CASE("a goroutine that never waits can't starve the others") {
    CHECK(run("(def stop (atom false)) (def n (atom 0)) (go (while (not (deref stop)) (swap! n inc)))"
              "(go (loop [] (recur))) (go/sleep 20) (reset! stop true) (> (deref n) 0)") == "true");
    // Equal shares, roughly.
    CHECK(run("(def a (atom 0)) (def b (atom 0)) (go (while true (swap! a inc))) (go (while true (swap! b inc)))"
              "(while (< (+ (deref a) (deref b)) 40000) (go/sleep 1))"
              "(let [x (deref a) y (deref b)] (and (< x (* 3 y)) (< y (* 3 x))))") == "true");
}

TEST_CASE("a program in which nothing can run any more is told so") {
    const std::string text = run("(def c (go/chan))\n(go (go/recv c))\n(go/recv c)");
    CHECK(text.find("deadlock: nothing can ever run again") != std::string::npos);
    CHECK(text.find("goroutine 1 waits in (go/recv c) (t:2:5)") != std::string::npos);
    CHECK(text.find("the main program waits in (go/recv c) (t:3:1)") != std::string::npos);
    CHECK(run("(def c (go/chan)) [(get (try (go/recv c)) :kind) 2]") == "[:deadlock 2]");
}

TEST_CASE("many goroutines") {
    const auto count = std::to_string(qi::tests::scaled(20000));
    CHECK(run("(def c (go/chan 0)) (def n " + count +
              ") (each (fn [i] (go (go/send c i))) (range n)) (= (reduce + 0 (map (fn [_] (go/recv c)) (range n))) "
              "(reduce + 0 (range n)))") == "true");
    // Used again and again.
    CHECK(run("(loop [i 0 sum 0] (if (< i " + count +
              ") (recur (inc i) (+ sum (go/await (go (let [x i] x))))) (= sum (reduce + 0 (range i)))))") == "true");
}
