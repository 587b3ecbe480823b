// Random numbers: not for secrets.
#include "math/math.hpp"

#include "core/seq.hpp"
#include "data/print.hpp"
#include "math/messages.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace qi::stdlib {

namespace {

/// One generator for each interpreter thread, seeded by the system.
std::mt19937_64& generator() {
    static thread_local std::mt19937_64 engine{[] {
        std::random_device device;
        return std::uint64_t{device()} << 32 | device();
    }()};
    return engine;
}

/// In [0, 1): the 53 bits that a float has.
double unit() { return static_cast<double>(generator()() >> 11) * 0x1p-53; }

/// In [low, high).
std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high - 1)(generator());
}

Result<Value> range(Call call, Value low, Value high) {
    if (compare_numbers(low, high) != -1)
        return failure_at(1, kind::range, msg::argument_range,
                          {"high", "> " + readable(call.store(), low), readable(call.store(), high)});
    if (is_integer(low) && is_integer(high))
        return make_integer(call.store(), between(as_integer(low), as_integer(high)));
    const double a = as_float(low), b = as_float(high);
    for (int i = 0; i < 2; ++i)
        if (!std::isfinite(i == 0 ? a : b))
            return failure_at(
                i, kind::range, msg::argument_range,
                {i == 0 ? "low" : "high", msg::finite.text(), readable(call.store(), i == 0 ? low : high)});
    const double part = unit(), width = b - a;
    const double x = std::isfinite(width) ? a + part * width : a * (1 - part) + b * part; // the widest have no width
    return Value::number(x < b ? x : a);                                                  // rounding may reach b
}

constexpr Native random_natives[] = {
    native("rand n?", "A random float from 0 up to but without n (1).\n(< (rand) 1) ;=> true",
           [](Call, std::optional<double> n) { return unit() * n.value_or(1); }),
    native("math/rand", "A random float from 0 up to but without 1.\n(<= 0 (math/rand)) ;=> true",
           [](Call) { return unit(); }),
    native("math/rand-int n",
           "A random integer from 0 up to n, which is excluded. Fails with :range unless n is positive.\n"
           "(math/rand-int 1) ;=> 0",
           [](Call, std::int64_t n) -> Result<std::int64_t> {
               if (n < 1) return failure_at(0, kind::range, msg::argument_range, {"n", "≥ 1", std::to_string(n)});
               return between(0, n);
           }),
    native("math/random-range low high",
           "A random number from low up to high, which is excluded; an integer if both are. Fails with :range unless "
           "both are "
           "finite and high is above low.\n"
           "(math/random-range 5 6) ;=> 5",
           [](Call call, Number low, Number high) { return range(call, low, high); }),
    native("math/shuffle xs", "The items of xs in a random order.\n(sort (math/shuffle [3 1 2])) ;=> [1 2 3]",
           [](Call call, Seqable xs) {
               auto items = items_of_seqable(call, xs);
               std::shuffle(items.begin(), items.end(), generator());
               return like(call, xs, items);
           }),
};

} // namespace

void define_random(Setup setup) { setup.define(random_natives); }

} // namespace qi::stdlib
