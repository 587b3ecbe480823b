// Syntax errors: their text and their place.
#include "vm/program.hpp"

#include <doctest/doctest.h>

using qi::tests::run;

namespace {

/// The first line of what is said about the text.
std::string said(std::string_view text) {
    const std::string all = run(text);
    return all.substr(0, all.find('\n'));
}

} // namespace

TEST_CASE("brackets") {
    CHECK(said("(println 1") == "t:1:1: syntax error: input ends inside (");
    CHECK(said("(a\n  [b {c\n") == "t:2:6: syntax error: input ends inside {");
    CHECK(said("1)") == "t:1:2: syntax error: did not expect ) here: no bracket is open");
    CHECK(said("(あ [1)") == "t:1:6: syntax error: ) doesn't match [, opened at 1:4");
    CHECK(said("#{1]") == "t:1:4: syntax error: ] doesn't match #{, opened at 1:1");
    CHECK(said("{:a}") ==
          "t:1:1: syntax error: a map needs a value for each key: this one has an odd number of forms (1)");
    CHECK(said("(')") == "t:1:2: syntax error: ' must be followed by a form");
    CHECK(said("`") == "t:1:1: syntax error: ` must be followed by a form");
}

TEST_CASE("a file with a syntax error anywhere runs nothing") {
    qi::tests::Program program;
    CHECK_FALSE(program.outcome("(def ran 1) (").ok);
    CHECK(program.run("(try ran)") == "{:error \"no such variable: ran\" :kind :name}");
}

TEST_CASE("the place is that of the token, in lines and code points") {
    CHECK(said("日本 ~") == "t:1:4: syntax error: did not expect ~ here");
    CHECK(said("1\r\n  \"\\q\"") ==
          "t:2:4: syntax error: unknown escape \\q in a string: \\n \\t \\r \\0 \\\\ \\\" and \\u{...} are known");
    CHECK(said("f\"ab{(+ 1}\"") == "t:1:6: syntax error: input ends inside (");
    CHECK(said("\xFF").find("t:1:1: error: the source is not UTF-8") == 0);
    CHECK(said({"1 \0", 3}) == "t:1:3: syntax error: did not expect \\0 here");
}
