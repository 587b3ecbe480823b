// Recursion as deep as memory, and large things in linear time.
#include "format/scopes.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <ctime>

using namespace qi;
using tests::run;

TEST_CASE("recursion a million deep is an ordinary thing") {
    const auto depth = std::to_string(tests::scaled(1000000));
    CHECK(run("(defn f [n] (if (= n 0) 0 (+ 1 (f (- n 1))))) (f " + depth + ")") == depth);
    CHECK(run("(defn f [n] (if (= n 0) [] (conj (f (- n 1)) n))) (len (f " + std::to_string(tests::scaled(100000)) +
              "))") == std::to_string(tests::scaled(100000)));
}

TEST_CASE("an endless recursion is an error with a short trace") {
    const std::string text = run("(defn f [] (inc (f))) (f)");
    CHECK(text.find("stack overflow: the recursion is too deep (") != std::string::npos);
    CHECK(text.size() < 700);
    CHECK(run("(defn f [] (inc (f))) [(get (try (f)) :kind) (get (try (f)) :kind)]") ==
          "[:stack-overflow :stack-overflow]");
    CHECK(run("(defn f [x] (inc (f (inc x)))) (go/await (go (get (try (f 0)) :kind)))") == ":stack-overflow");
}

TEST_CASE("calls with many arguments") {
    CHECK(run("(apply + (range 100000))") == "4999950000");
    CHECK(run("(apply (fn [a & r] (+ a (len r))) (range 100000))") == "99999");
    std::string call = "(list";
    for (int i = 0; i < 300; ++i) call += " 1";
    CHECK(run(call + ")").find("at most 200 arguments") != std::string::npos);
}

TEST_CASE("a function with more names than it has registers") {
    const auto with_names = [](int count) {
        std::string text = "(let [";
        for (int i = 0; i < count; ++i) text += "a" + std::to_string(i) + " " + std::to_string(i) + " ";
        return text + "] (+ a0 a" + std::to_string(count - 1) + "))";
    };
    CHECK(run(with_names(230)) == "229");
    CHECK(run(with_names(240)).find("more than 240 variables") != std::string::npos);
}

namespace {

/// Of the processor, not of the clock on the wall: what else the machine does is of no account.
double seconds_for(const std::string& text, std::string_view wanted) {
    const std::clock_t start = std::clock();
    const std::string got = run(text);
    CHECK(got.substr(0, 200) == wanted);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

std::string times(std::size_t count, std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

} // namespace

TEST_CASE("large sources are read in linear time") {
    // Ten times as much may take twenty times as long, and not a hundred: that would be a square.
    const auto linear = [](const auto& make, const auto& wanted) {
        const std::size_t size = tests::scaled(20000);
        const double small = seconds_for(make(size), wanted(size)),
                     large = seconds_for(make(10 * size), wanted(10 * size));
        CHECK(large < 40 * small + 0.5);
    };
    linear([](std::size_t n) { return times(n, "(def x (+ 1 2))\n") + "x"; },
           [](std::size_t) { return std::string("3"); });
    linear([](std::size_t n) { return "(len \"" + times(n, "ab\\n日") + "\")"; },
           [](std::size_t n) { return std::to_string(4 * n); });

    linear(
        [](std::size_t n) {
            std::string map = "(def y 1) (len {";
            for (std::size_t i = 0; i < n; ++i) map += " :k" + std::to_string(i) + " y";
            return map + "})";
        },
        [](std::size_t n) { return std::to_string(n); });
    linear([](std::size_t n) { return "(len (pr-str (to-vector (range " + std::to_string(n) + "))))"; },
           [](std::size_t n) {
               std::size_t digits = 0;
               for (std::size_t i = 0; i < n; ++i) digits += std::to_string(i).size() + 1;
               return std::to_string(digits + 1);
           });
    linear([](std::size_t n) { return "(do (def z 0) " + times(n, "(when (> z 1) (println f\"{z}\")) ") + " z)"; },
           [](std::size_t) { return std::string("0"); });
}

TEST_CASE("editors find the names of a large pattern in linear time") {
    const auto seconds = [](std::size_t names) {
        std::string text = "(match v\n";
        for (std::size_t i = 0; i < names; ++i) text += " n" + std::to_string(i);
        const std::clock_t start = std::clock();
        CHECK(layout::scopes_of(layout::parse(text)).bindings.size() == names);
        return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    };
    const std::size_t size = tests::scaled(10000);
    const double small = seconds(size);
    CHECK(seconds(10 * size) < 40 * small + 0.5);
}

TEST_CASE("ten megabytes of source, a million items printed, ten thousand brackets") {
    const std::size_t forms = tests::scaled(100000);
    const std::string line = "(def x \"" + std::string(88, 'a') + "\")\n";
    CHECK(run(times(forms, line) + "(len x)") == "88");
    const std::size_t items = tests::scaled(1000000);
    std::size_t digits = 0;
    for (std::size_t i = 0; i < items; ++i) digits += std::to_string(i).size() + 1;
    CHECK(run("(len (pr-str (to-vector (range " + std::to_string(items) + "))))") == std::to_string(digits + 1));
    CHECK(run("(len (pr-str '" + times(10000, "[") + times(10000, "]") + "))") == "20000");
    CHECK(run("(len (pr-str (read (pr-str '" + times(10000, "(") + times(10000, ")") + "))))") == "20000");
}
