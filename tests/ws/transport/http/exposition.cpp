// Metrics as text, to the letter of the format.
#include "ws/transport/http/exposition.hpp"

#include <doctest/doctest.h>

namespace qi::ws::test {

TEST_CASE("metrics: what a metric is stands before its values") {
    Exposition text;
    text.begin("a_total", Exposition::Kind::Counter, "How often.");
    text.add(std::uint64_t{18446744073709551615u});
    text.begin("b", Exposition::Kind::Gauge, "How much.");
    text.add(0.5);
    CHECK(text.text() == "# HELP a_total How often.\n# TYPE a_total counter\na_total 18446744073709551615\n"
                         "# HELP b How much.\n# TYPE b gauge\nb 0.5\n");
}

TEST_CASE("metrics: nothing in a label or a help ends it") {
    Exposition text;
    text.begin("c", Exposition::Kind::Gauge, "a \\ \"b\"\nc");
    text.add("topic", "a \"room\" \\ with\na line やあ", std::uint64_t{1});
    CHECK(text.text() == "# HELP c a \\\\ \"b\"\\nc\n# TYPE c gauge\n"
                         "c{topic=\"a \\\"room\\\" \\\\ with\\na line やあ\"} 1\n");
}

} // namespace qi::ws::test
