// How natives read their arguments, and what they say about wrong ones.
#include "native/native.hpp"
#include "vm/program.hpp"

#include <doctest/doctest.h>

using namespace qi;

namespace {

constexpr Native rows[] = {
    native("test/sum a b?", "a + b.", [](Vm&, std::int64_t a, std::optional<std::int64_t> b) { return a + b.value_or(100); }),
    native("test/count x...", "How many.", [](Vm&, Rest xs) { return static_cast<std::int64_t>(xs.size()); }),
    native("test/len s", "Bytes of s.", [](Vm&, std::string_view s) { return static_cast<std::int64_t>(s.size()); }),
    native("test/fail", "Fails.", [](Vm&) -> Result<Value> { return failure(kind::io, msg::interrupted); }),
};

} // namespace

TEST_CASE("a row becomes a function") {
    tests::Program program;
    define_natives(program.vm, rows);
    CHECK(program.run("(test/sum 1 2)") == "3");
    CHECK(program.run("(test/sum 1)") == "101");
    CHECK(program.run("(test/count)") == "0");
    CHECK(program.run("(apply test/count (range 1000))") == "1000");
    CHECK(program.run("(map test/len [\"a\" \"日\"])") == "[1 3]");
    CHECK(program.run("(try (test/sum))") == "{:error \"test/sum: takes 1–2 argument(s), given 0: (test/sum a b?)\" :kind :arity}");
    CHECK(program.run("(get (try (test/sum 1 2 3)) :kind)") == ":arity");
    CHECK(program.run("(try (test/sum 1 \"b\"))") == "{:error \"test/sum: integer expected, found the string \\\"b\\\" (argument 2, b)\" :kind :type}");
    CHECK(program.run("(try (test/sum 1 nil))") == "{:error \"test/sum: integer expected, found nil (argument 2, b)\" :kind :type}");
    CHECK(program.run("(try (test/fail))") == "{:error \"interrupted\" :kind :io}");
}
