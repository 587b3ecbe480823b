// Numbers from text and as text.
#include "str/messages.hpp"
#include "str/str.hpp"
#include "str/unicode.hpp"

#include "data/print.hpp"

#include <charconv>
#include <cmath>

namespace qi::stdlib {

namespace {

Result<Value> parse_int(Call call, Value text) {
    if (const auto n = parse_integer(unicode::trim(text_of(text)))) return make_integer(call.store(), *n);
    return failure_at(0, kind::value, msg::not_an_integer, {shortened(call.store(), text)});
}

Result<Value> parse_number(Call call, Value text) {
    if (const auto x = parse_float(unicode::trim(text_of(text)))) return Value::number(*x);
    return failure_at(0, kind::value, msg::not_a_number, {shortened(call.store(), text)});
}

/// Without an exponent; `places` decimals, or as many as it takes to read back.
std::string fixed(double x, std::optional<int> places) {
    char buffer[1600]; // 309 digits, a point, at most 1002 decimals
    const auto end = places ? std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::fixed, *places)
                            : std::to_chars(buffer, buffer + sizeof buffer, x, std::chars_format::fixed);
    return std::string(buffer, end.ptr);
}

Result<int> places_of(std::int64_t n) {
    if (n < 0 || n > 1000)
        return failure_at(1, kind::range, msg::argument_range,
                          {"n", format(msg::between, {"0", "1000"}), std::to_string(n)});
    return static_cast<int>(n);
}

Result<std::string> decimal(Value x, std::int64_t n) {
    const auto places = places_of(n);
    if (!places) return places.error();
    if (!x.is_double())
        return std::to_string(as_integer(x))
            .append(*places > 0 ? "." : "")
            .append(static_cast<std::size_t>(*places), '0');
    return fixed(x.as_double(), *places);
}

/// x * 100 with n decimals and a percent sign, exactly: the point moves in the text.
std::string percent(Value x, int places) {
    if (!x.is_double()) {
        std::string text = std::to_string(as_integer(x));
        if (text != "0") text += "00";
        return text.append(places > 0 ? "." : "").append(static_cast<std::size_t>(places), '0') + "%";
    }
    if (!std::isfinite(x.as_double())) return fixed(x.as_double(), places) + "%";
    std::string text = fixed(x.as_double(), places + 2);
    const std::size_t point = text.find('.');
    text.erase(point, 1);
    if (places > 0) text.insert(point + 2, 1, '.');
    // Without the zeros that now stand in front.
    const std::size_t first = text[0] == '-' ? 1 : 0;
    while (first + 1 < text.size() && text[first] == '0' && text[first + 1] != '.') text.erase(first, 1);
    return text + "%";
}

std::string with_commas(Value x) {
    std::string text = x.is_double() ? fixed(x.as_double(), std::nullopt) : std::to_string(as_integer(x));
    if (x.is_double() && !std::isfinite(x.as_double())) return text;
    const std::size_t first = text[0] == '-' ? 1 : 0;
    std::size_t point = text.find('.');
    if (point == std::string::npos) {
        point = text.size();
        if (x.is_double()) text += ".0";
    }
    for (std::size_t at = point; at > first + 3;) text.insert(at -= 3, 1, ',');
    return text;
}

constexpr Native str_numbers_natives[] = {
    native("str/parse-int s",
           "The integer in s; white space around it is ignored, and the sign may also be +. Fails with "
           ":value.\n(str/parse-int \" -12 \") ;=> -12",
           [](Call call, StringValue s) { return parse_int(call, s); }),
    native("str/parse-float s",
           "The number in s as a float; white space around it is ignored. Fails with :value.\n(str/parse-float "
           "\"1e3\") ;=> 1000.0",
           [](Call call, StringValue s) { return parse_number(call, s); }),
    native("str/format-decimal x n",
           "x with n decimals. Fails with :range if n is negative or too large.\n"
           "(str/format-decimal 3.14159 2) ;=> \"3.14\"",
           [](Call, Number x, std::int64_t n) { return decimal(x, n); }),
    native(
        "str/format-comma x",
        "x with a comma between each three digits of its integer part.\n(str/format-comma 1234567) ;=> \"1,234,567\"",
        [](Call, Number x) { return with_commas(x); }),
    native("str/format-percent x n?",
           "x as percent with n (0) decimals. Fails with :range if n is negative or too large.\n"
           "(str/format-percent 0.1234 1) ;=> \"12.3%\"",
           [](Call, Number x, std::optional<std::int64_t> n) -> Result<std::string> {
               const auto places = places_of(n.value_or(0));
               if (!places) return places.error();
               return percent(x, *places);
           }),
};

} // namespace

void define_str_numbers(Setup setup) { setup.define(str_numbers_natives); }

} // namespace qi::stdlib
