// From one kind of value to another.
#include "core/core.hpp"

#include "data/print.hpp"
#include "data/type_name.hpp"

#include <cmath>

namespace qi::stdlib {

namespace {

Result<Value> to_int(Vm& vm, std::string_view who, Value x) {
    if (is_integer(x)) return x;
    if (x.is_boolean()) return Value::small(x.is_truthy() ? 1 : 0);
    if (x.is_double()) {
        const double whole = std::trunc(x.as_double());
        // 2^63 is the first float beyond the largest integer.
        if (!(whole >= -9223372036854775808.0 && whole < 9223372036854775808.0)) return failure_at(0, kind::range, msg::overflow, {who});
        return make_integer(vm.store, static_cast<std::int64_t>(whole));
    }
    if (is_string(x)) {
        const auto parsed = parse_integer(text_of(x));
        if (!parsed) return failure_at(0, kind::value, msg::bad_number, {shortened(vm.store, x)});
        return make_integer(vm.store, *parsed);
    }
    return failure_at(0, kind::type, msg::argument_type, {who, msg::type_number.text(), describe_value(vm.store, x)});
}

Result<Value> to_float(Vm& vm, std::string_view who, Value x) {
    if (is_number(x)) return Value::number(as_float(x));
    if (is_string(x)) {
        const auto parsed = parse_float(text_of(x));
        if (!parsed) return failure_at(0, kind::value, msg::bad_number, {shortened(vm.store, x)});
        return Value::number(*parsed);
    }
    return failure_at(0, kind::type, msg::argument_type, {who, msg::type_number.text(), describe_value(vm.store, x)});
}

constexpr Native rows[] = {
    native("to-int x", "An integer: a float truncated, a decimal string read, true 1 and false 0.\n(to-int \"12\") ;=> 12", [](Vm& vm, Value x) { return to_int(vm, "to-int", x); }),
    native("int x", "The same as to-int.\n(int 3.9) ;=> 3", [](Vm& vm, Value x) { return to_int(vm, "int", x); }),
    native("to-float x", "A float of a number or a string.\n(to-float \"2\") ;=> 2.0", [](Vm& vm, Value x) { return to_float(vm, "to-float", x); }),
    native("float x", "The same as to-float.\n(float 2) ;=> 2.0", [](Vm& vm, Value x) { return to_float(vm, "float", x); }),
    native("to-string x", "x as text: strings as they are, keywords without colon, the rest as printed.\n(to-string :k) ;=> \"k\"",
           [](Vm& vm, Value x) {
               if (is_keyword(x)) return make_string(vm.store, as_symbol(x)->text());
               std::string text;
               append_display(vm.store, text, x);
               return make_string(vm.store, std::move(text));
           }),
};

} // namespace

void define_conversion(Vm& vm) { define_natives(vm, rows); }

} // namespace qi::stdlib
