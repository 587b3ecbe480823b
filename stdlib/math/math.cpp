#include "math/math.hpp"

#include "data/print.hpp"
#include "math/messages.hpp"
#include "namespaces.hpp"

#include <cmath>

namespace qi::stdlib {

namespace {

/// Of integers exactly, as long as it fits; else as floats.
Value power(Call call, Value base, Value exponent) {
    const Value inexact = Value::number(std::pow(as_float(base), as_float(exponent)));
    if (base.is_double() || exponent.is_double() || as_integer(exponent) < 0) return inexact;
    std::int64_t result = 1, square = as_integer(base);
    for (auto left = static_cast<std::uint64_t>(as_integer(exponent)); left > 0; left >>= 1) {
        if ((left & 1) != 0 && __builtin_mul_overflow(result, square, &result)) return inexact;
        if (left > 1 && __builtin_mul_overflow(square, square, &square)) return inexact;
    }
    return make_integer(call.store(), result);
}

Result<Value> whole(Call call, Value x, double (*rounded)(double)) {
    if (!x.is_double()) return x;
    constexpr double limit = 9223372036854775808.0; // 2^63
    const double d = rounded(x.as_double());
    if (!(d >= -limit && d < limit))
        return failure_at(0, kind::range, msg::no_integer_near, {readable(call.store(), x)});
    return make_integer(call.store(), static_cast<std::int64_t>(d));
}

Result<Value> clamp(Call call, Value x, Value low, Value high) {
    if (compare_numbers(low, high) == 1)
        return failure_at(2, kind::range, msg::argument_range,
                          {"high", "≥ " + readable(call.store(), low), readable(call.store(), high)});
    return compare_numbers(x, low) == -1 ? low : compare_numbers(x, high) == 1 ? high : x;
}

constexpr Native math_natives[] = {
    native("math/pow a b",
           "a to the power of b: an integer if both are, b isn't negative and it fits, else a float.\n(math/pow 2 8) "
           ";=> 256",
           [](Call call, Number a, Number b) { return power(call, a, b); }),
    native("math/sqrt x", "The square root of x, a float; NaN if x is negative.\n(math/sqrt 16) ;=> 4.0",
           [](Call, double x) { return std::sqrt(x); }),
    native(
        "math/round x",
        "The integer nearest to x; halves go away from 0. Fails with :range beyond 64 bits.\n(math/round -2.5) ;=> -3",
        [](Call call, Number x) { return whole(call, x, [](double d) { return std::round(d); }); }),
    native("math/floor x", "The largest integer that isn't above x. Fails with :range.\n(math/floor -0.5) ;=> -1",
           [](Call call, Number x) { return whole(call, x, [](double d) { return std::floor(d); }); }),
    native("math/ceil x", "The smallest integer that isn't below x. Fails with :range.\n(math/ceil 1.2) ;=> 2",
           [](Call call, Number x) { return whole(call, x, [](double d) { return std::ceil(d); }); }),
    native("math/clamp x low high",
           "x, or low if it is below that, or high if it is above. Fails with :range if low is above high.\n"
           "(math/clamp 12 0 10) ;=> 10",
           [](Call call, Number x, Number low, Number high) { return clamp(call, x, low, high); }),
};

} // namespace

void define_math(Setup setup) {
    setup.define(math_natives);
    define_random(setup);
    define_stats(setup);
}

} // namespace qi::stdlib
