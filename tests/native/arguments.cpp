// How natives read their arguments, and what they say about wrong ones.
#include "native/native.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace qi;

namespace {

constexpr Native rows[] = {
    native("test/sum a b?", "a + b.",
           [](Call, std::int64_t a, std::optional<std::int64_t> b) { return a + b.value_or(100); }),
    native("test/count x...", "How many.", [](Call, Rest xs) { return static_cast<std::int64_t>(xs.size()); }),
    native("test/len s", "Bytes of s.", [](Call, std::string_view s) { return static_cast<std::int64_t>(s.size()); }),
    native("test/fail", "Fails.", [](Call) -> Result<Value> { return failure(kind::io, msg::interrupted); }),
    native("test/throw n", "Lets an exception out.",
           [](Call, std::int64_t n) -> std::int64_t {
               if (n == 0) throw 1;
               return static_cast<std::int64_t>(std::string("abc").substr(static_cast<std::size_t>(n)).size());
           }),
};

} // namespace

TEST_CASE("a row becomes a function") {
    tests::Program program;
    Setup(program.vm).define(rows);
    CHECK(program.run("(test/sum 1 2)") == "3");
    CHECK(program.run("(test/sum 1)") == "101");
    CHECK(program.run("(test/count)") == "0");
    CHECK(program.run("(apply test/count (range 1000))") == "1000");
    CHECK(program.run("(map test/len [\"a\" \"日\"])") == "[1 3]");
    CHECK(program.run("(try (test/sum))") ==
          "{:error \"test/sum: takes 1–2 argument(s), given 0: (test/sum a b?)\" :kind :arity}");
    CHECK(program.run("(get (try (test/sum 1 2 3)) :kind)") == ":arity");
    CHECK(program.run("(try (test/sum 1 \"b\"))") ==
          "{:error \"test/sum: integer expected, found the string \\\"b\\\" (argument 2, b)\" :kind :type}");
    CHECK(program.run("(try (test/sum 1 nil))") ==
          "{:error \"test/sum: integer expected, found nil (argument 2, b)\" :kind :type}");
    CHECK(program.run("(try (test/fail))") == "{:error \"interrupted\" :kind :io}");
}

TEST_CASE("an exception that a native lets out is an error of the program, which goes on") {
    tests::Program program;
    Setup(program.vm).define(rows);
    CHECK(program.run("(test/throw 1)") == "2");
    for (const char* call : {"(test/throw 9)", "(apply test/throw [9])", "(map test/throw [9])"})
        CHECK(program.run("(let [r (try " + std::string(call) +
                          ")] [(get r :kind) (str/starts-with? (get r :error) \"test/throw: \")])") ==
              "[:internal true]");
    CHECK(program.run("(get (try (test/throw 0)) :kind)") == ":internal");
    CHECK(program.run("(test/throw 9)").find("t:1:1: error: test/throw: a fault inside Qi itself") == 0);
    CHECK(program.run("(go/await (go (do (try (test/throw 9)) 5)))") == "5");
}
