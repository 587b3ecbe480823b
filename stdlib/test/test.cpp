#include "test/test.hpp"

#include "data/equality.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "namespaces.hpp"
#include "native/units.hpp"
#include "test/difference.hpp"
#include "test/messages.hpp"

#include <chrono>

namespace qi::stdlib {

namespace {

constexpr Kind assertion{"assertion"};

Result<bool> asserted(bool holds, const Message& message, std::initializer_list<std::string_view> arguments) {
    if (!holds) return failure(assertion, message, arguments);
    return true;
}

Result<bool> assert_same(Call call, Value expected, Value actual) {
    if (same(expected, actual)) return true;
    Error error = failure(assertion, msg::expected_equal,
                          {shortened(call.store(), expected, 400), shortened(call.store(), actual, 400)});
    error.verbatim = difference(call.store(), expected, actual);
    return error;
}

/// The :timeout among the options of test/run, in milliseconds.
Result<std::int64_t> limit_of(Call call, Value options, std::int64_t otherwise) {
    if (options.is_nil()) return otherwise;
    if (!is_map(options))
        return failure(kind::type, msg::argument_type, {msg::type_map.text(), describe_value(call.store(), options)});
    MapCursor cursor(options);
    for (Value key, value; cursor.next(key, value);) {
        if (!is_keyword(key) || as_symbol(key)->text() != "timeout")
            return failure(kind::value, msg::unknown_option, {shortened(call.store(), key), ":timeout"});
        auto duration = duration_of(call, -1, value);
        if (!duration) {
            duration.error().callee = "test/run :timeout";
            return duration.error();
        }
        otherwise = std::chrono::ceil<std::chrono::milliseconds>(*duration).count();
    }
    return otherwise;
}

/// Prints what became of each test; how many passed. Fails if one didn't.
Value report(Call call, Value tests) {
    std::string text;
    std::int64_t passed = 0, failed = 0;
    for (const Value test : items_of(tests)) {
        const auto record = items_of(test);
        std::string name;
        append_display(call.store(), name, record[0]);
        if (record[1].is_nil()) {
            ++passed;
            text += "✓ " + name + "\n";
            continue;
        }
        ++failed;
        text += "✗ " + name + "\n";
        std::string why;
        const Value said = is_map(record[1]) ? map_get(record[1], call.error_key()) : Value::absent();
        append_display(call.store(), why, said.is_absent() ? record[1] : said);
        text += "    ";
        for (const char c : why) text.append(1, c).append(c == '\n' ? "    " : "");
        text += '\n';
    }
    const std::string count = std::to_string(passed + failed);
    if (passed + failed == 0)
        text += std::string(msg::no_tests.text()) + "\n";
    else
        text += std::to_string(passed) + " passed, " + std::to_string(failed) + " failed\n";
    call.out().write(text);
    if (failed > 0) return call.raise(failure(assertion, msg::tests_failed, {std::to_string(failed), count}));
    return make_integer(call.store(), passed);
}

constexpr OptionRow run_options[] = {
    {":timeout",
     {"a duration", "時間"},
     "",
     {"how long the test may take, in place of a minute, or of what qi test --timeout says",
      "テストにかけてよい時間。1 分、または qi test --timeout の値に代わる"}},
};

constexpr Native test_natives[] = {
    native("test/assert-eq expected actual",
           "true if expected and actual are strictly equal (1 and 1.0 aren't), else fails.\n"
           "(test/assert-eq [1 2] (list 1 2)) ;=> true",
           [](Call call, Value expected, Value actual) { return assert_same(call, expected, actual); }),
    native("test/assert-ne unexpected actual",
           "true if unexpected and actual aren't strictly equal, else fails.\n"
           "(test/assert-ne 1 1.0) ;=> true",
           [](Call call, Value unexpected, Value actual) {
               return asserted(!same(unexpected, actual), msg::expected_different,
                               {shortened(call.store(), unexpected, 400)});
           }),
    native("test/assert x", "true if x is neither nil nor false, else fails.\n(test/assert 0) ;=> true",
           [](Call call, Value x) {
               return asserted(x.is_truthy(), msg::expected_true, {shortened(call.store(), x, 400)});
           }),
    native("test/assert-not x", "true if x is nil or false, else fails.\n(test/assert-not nil) ;=> true",
           [](Call call, Value x) {
               return asserted(!x.is_truthy(), msg::expected_false, {shortened(call.store(), x, 400)});
           }),
    native(
        "test/assert-true x", "true if x is true itself, else fails.\n(test/assert-true (= 1 1)) ;=> true",
        [](Call call, Value x) {
            return asserted(x == Value::boolean(true), msg::expected_equal, {"true", shortened(call.store(), x, 400)});
        }),
    native("test/assert-false x", "true if x is false itself, else fails.\n(test/assert-false (= 1 2)) ;=> true",
           [](Call call, Value x) {
               return asserted(x == Value::boolean(false), msg::expected_equal,
                               {"false", shortened(call.store(), x, 400)});
           }),
    native("test/assert-nil x", "true if x is nil, else fails.\n(test/assert-nil (first [])) ;=> true",
           [](Call call, Value x) {
               return asserted(x.is_nil(), msg::expected_equal, {"nil", shortened(call.store(), x, 400)});
           }),
    native("%assert-thrown outcome", "true unless it is nil.",
           [](Call, Value outcome) { return asserted(!outcome.is_nil(), msg::expected_error, {}); }),
    native("%test-limit options otherwise", "The milliseconds that a test may take by its options.",
           [](Call call, Value options, std::int64_t otherwise) { return limit_of(call, options, otherwise); }),
    native("%test-timeout milliseconds", "Fails: a test took longer.",
           [](Call, std::int64_t limit) -> Result<bool> {
               return failure(kind::timeout, msg::test_timeout, {std::to_string(limit)});
           }),
    native("%report tests", "Prints what became of the tests.",
           [](Call call, VectorValue tests) { return report(call, tests); }),
};

} // namespace

void define_test(Setup setup) {
    setup.define(test_natives);
    setup.declare_options("test/run", 2, [](Language in) { return docs_of(run_options, in); });
    define_test_session(setup);
    // The record of the whole program.
    setup.define("%tests", setup.make_atom(make_vector(setup.store(), {})));
}

} // namespace qi::stdlib
