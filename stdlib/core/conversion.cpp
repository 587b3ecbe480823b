// From one kind of value to another.
#include "core/core.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"
#include "str/messages.hpp"

#include <cmath>

namespace qi::stdlib {

namespace {

std::string to_string(Call call, Value x) {
    if (is_keyword(x)) return std::string(as_symbol(x)->text());
    std::string text;
    append_display(call.store(), text, x);
    return text;
}

Result<Value> to_int(Call call, Value x) {
    constexpr double limit = 9223372036854775808.0; // 2^63
    if (is_integer(x)) return x;
    if (x.is_boolean()) return Value::small(x.is_truthy() ? 1 : 0);
    if (x.is_double()) {
        const double d = std::trunc(x.as_double());
        if (!(d >= -limit && d < limit))
            return failure_at(0, kind::range, msg::not_an_integer, {readable(call.store(), x)});
        return make_integer(call.store(), static_cast<std::int64_t>(d));
    }
    if (!is_string(x))
        return failure_at(0, kind::type, msg::argument_type,
                          {msg::type_number_or_string.text(), describe_value(call.store(), x)});
    if (const auto n = parse_integer(text_of(x))) return make_integer(call.store(), *n);
    return failure_at(0, kind::value, msg::not_an_integer, {shortened(call.store(), x)});
}

Result<Value> to_float(Call call, Value x) {
    if (is_number(x)) return Value::number(as_float(x));
    if (!is_string(x))
        return failure_at(0, kind::type, msg::argument_type,
                          {msg::type_number_or_string.text(), describe_value(call.store(), x)});
    if (const auto d = parse_float(text_of(x))) return Value::number(*d);
    return failure_at(0, kind::value, msg::not_a_number, {shortened(call.store(), x)});
}

constexpr Native conversion_natives[] = {
    native("to-string x", "x as text: keywords without their colon, the rest as str does.\n(to-string :k) ;=> \"k\"",
           [](Call call, Value x) { return to_string(call, x); }),
    native(
        "to-int x",
        "x as an integer: of a float its integer part, of a string what it says, of true and false 1 and 0. Fails with "
        ":range or :value.\n"
        "(to-int -3.9) ;=> -3",
        [](Call call, Value x) { return to_int(call, x); }),
    native("int x", "The same as (to-int x). Fails with :range or :value.\n(int \"12\") ;=> 12",
           [](Call call, Value x) { return to_int(call, x); }),
    native("to-float x",
           "x, a number or a string that says one, as a float. Fails with :value.\n(to-float \"1e3\") ;=> 1000.0",
           [](Call call, Value x) { return to_float(call, x); }),
    native("float x", "The same as (to-float x). Fails with :value.\n(float 2) ;=> 2.0",
           [](Call call, Value x) { return to_float(call, x); }),
};

} // namespace

void define_conversion(Setup setup) { setup.define(conversion_natives); }

} // namespace qi::stdlib
