// Arithmetic and comparison as functions; their two-argument calls are instructions of the VM.
#include "core/core.hpp"
#include "core/seq.hpp"

#include "data/equality.hpp"
#include "data/type_name.hpp"

#include <cmath>

namespace qi::stdlib {

namespace {

/// `first`: which argument the first of the numbers is.
Result<Value> fold(Call call, Opcode op, Value start, Rest numbers, int first = 0) {
    Value total = start;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (!is_number(numbers[i]))
            return failure_at(first + static_cast<int>(i), kind::type, msg::argument_type,
                              {msg::type_number.text(), describe_value(call.store(), numbers[i])});
        if (i == 0 && op == Opcode::Add && total == Value::small(0)) { // 0 + -0.0 would be 0.0
            total = numbers[i];
            continue;
        }
        if (total.is_double() || numbers[i].is_double()) {
            const double x = as_float(total), y = as_float(numbers[i]);
            total = Value::number(op == Opcode::Add ? x + y : op == Opcode::Subtract ? x - y : x * y);
            continue;
        }
        std::int64_t sum = 0;
        const std::int64_t x = as_integer(total), y = as_integer(numbers[i]);
        const bool overflow = op == Opcode::Add        ? __builtin_add_overflow(x, y, &sum)
                              : op == Opcode::Subtract ? __builtin_sub_overflow(x, y, &sum)
                                                       : __builtin_mul_overflow(x, y, &sum);
        if (overflow) return failure(kind::overflow, msg::overflow);
        total = make_integer(call.store(), sum);
    }
    return total;
}

Result<Value> quotient(Call call, Value a, Value b, double (*floats)(double, double)) {
    if (as_float(b) == 0) return failure_at(1, kind::divide, msg::divide_by_zero);
    if (a.is_double() || b.is_double()) return Value::number(floats(as_float(a), as_float(b)));
    const std::int64_t x = as_integer(a), y = as_integer(b);
    if (x == INT64_MIN && y == -1) return failure(kind::overflow, msg::overflow);
    return make_integer(call.store(), x / y);
}

Result<Value> remainder(Call call, Value a, Value b, std::int64_t (*integers)(std::int64_t, std::int64_t),
                        double (*floats)(double, double)) {
    if (as_float(b) == 0) return failure_at(1, kind::divide, msg::divide_by_zero);
    if (a.is_double() || b.is_double()) return Value::number(floats(as_float(a), as_float(b)));
    const std::int64_t y = as_integer(b);
    if (y == -1) return Value::small(0); // the machine's division can't divide the least integer by it
    return make_integer(call.store(), integers(as_integer(a), y));
}

std::int64_t remainder_of(std::int64_t x, std::int64_t y) { return x % y; }
std::int64_t modulus_of(std::int64_t x, std::int64_t y) {
    const std::int64_t r = x % y;
    return r != 0 && (r < 0) != (y < 0) ? r + y : r; // their signs differ: the sum fits
}

double positive_remainder(double x, double y) {
    const double r = std::fmod(x, y);
    return r < 0 ? r + std::fabs(y) : r;
}

/// Whether each neighbouring pair stands in the order that `test` asks for.
template <typename Test>
Result<Value> chain(Call call, Value first, Rest others, Test test) {
    Value last = first;
    for (std::size_t i = 0; i < others.size(); ++i) {
        const Order order = compare(last, others[i]);
        if (order == Order::Incomparable) {
            const bool first_is_fine = is_number(last) || is_string(last);
            const Message& wanted = is_string(last) ? msg::type_string : msg::type_number;
            return failure_at(static_cast<int>(i) + (first_is_fine ? 1 : 0), kind::type, msg::argument_type,
                              {wanted.text(), describe_value(call.store(), first_is_fine ? others[i] : last)});
        }
        if (!test(order)) return Value::boolean(false);
        last = others[i];
    }
    return Value::boolean(true);
}

bool is_nan(Value v) noexcept { return v.is_double() && std::isnan(v.as_double()); }

Result<Value> extreme(Call call, Value first, Rest others, Order wanted) {
    Value best = first;
    bool any_float = first.is_double();
    if (!is_number(first))
        return failure_at(0, kind::type, msg::argument_type,
                          {msg::type_number.text(), describe_value(call.store(), first)});
    for (std::size_t i = 0; i < others.size(); ++i) {
        if (!is_number(others[i]))
            return failure_at(static_cast<int>(i) + 1, kind::type, msg::argument_type,
                              {msg::type_number.text(), describe_value(call.store(), others[i])});
        any_float = any_float || others[i].is_double();
        // What is no number has no place among them: it is the result wherever it comes.
        if (is_nan(best)) continue;
        if (is_nan(others[i]) || compare(others[i], best) == wanted) best = others[i];
    }
    return any_float ? Value::number(as_float(best)) : best;
}

constexpr Native numbers_natives[] = {
    native("+ x...",
           "The sum of all x; 0 of nothing. One float makes it a float. Fails with :overflow beyond 64 bits.\n(+ 1 2 "
           "3) ;=> 6",
           [](Call call, Rest xs) { return fold(call, Opcode::Add, Value::small(0), xs); }),
    native("* x...",
           "The product of all x; 1 of nothing. One float makes it a float. Fails with :overflow beyond 64 bits.\n"
           "(* 2 3 4) ;=> 24",
           [](Call call, Rest xs) { return fold(call, Opcode::Multiply, Value::small(1), xs); }),
    native(
        "- x y...",
        "x minus all y; with x alone, its negative. One float makes it a float. Fails with :overflow beyond 64 bits.\n"
        "(- 10 3 2) ;=> 5",
        [](Call call, Number x, Rest ys) -> Result<Value> {
            if (ys.empty() && x.value.is_double()) return Value::number(-x.value.as_double());
            return ys.empty() ? fold(call, Opcode::Subtract, Value::small(0), {&x.value, 1})
                              : fold(call, Opcode::Subtract, x, ys, 1);
        }),
    native(
        "/ a b",
        "a divided by b; integers truncate toward zero. Fails with :divide-by-zero, and with :overflow beyond 64 "
        "bits.\n"
        "(/ 7 2) ;=> 3",
        [](Call call, Number a, Number b) { return quotient(call, a, b, [](double x, double y) { return x / y; }); }),
    native(
        "% a b",
        "The remainder of a by b: of integers with the sign of a, of floats in [0, |b|). Fails with :divide-by-zero.\n"
        "(% -7 2) ;=> -1",
        [](Call call, Number a, Number b) { return remainder(call, a, b, remainder_of, positive_remainder); }),
    native("quot a b",
           "The quotient of a by b, truncated toward zero. Fails with :divide-by-zero, and with :overflow beyond 64 "
           "bits.\n"
           "(quot -7 2) ;=> -3",
           [](Call call, Number a, Number b) {
               return quotient(call, a, b, [](double x, double y) { return std::trunc(x / y); });
           }),
    native("rem a b",
           "What quot leaves of a by b: it has the sign of a. Fails with :divide-by-zero.\n"
           "(rem -7 2) ;=> -1",
           [](Call call, Number a, Number b) {
               return remainder(call, a, b, remainder_of, [](double x, double y) { return std::fmod(x, y); });
           }),
    native("mod a b",
           "The remainder of a by b, with the sign of b. Fails with :divide-by-zero.\n"
           "(mod -7 2) ;=> 1",
           [](Call call, Number a, Number b) {
               return remainder(call, a, b, modulus_of, [](double x, double y) {
                   const double r = std::fmod(x, y);
                   return r != 0 && (r < 0) != (y < 0) ? r + y : r;
               });
           }),
    native("inc x", "x + 1. Fails with :overflow beyond 64 bits.\n(inc 41) ;=> 42",
           [](Call call, Number x) {
               return fold(call, Opcode::Add, Value::small(1), {&x.value, 1});
           }),
    native("dec x", "x - 1. Fails with :overflow beyond 64 bits.\n(dec 43) ;=> 42",
           [](Call call, Number x) {
               const Value one = Value::small(1);
               return fold(call, Opcode::Subtract, x, {&one, 1});
           }),
    native("abs x", "The absolute value of x. Fails with :overflow for the least integer.\n(abs -3) ;=> 3",
           [](Call call, Number x) -> Result<Value> {
               if (x.value.is_double()) return Value::number(std::fabs(x.value.as_double()));
               return as_integer(x) < 0 ? fold(call, Opcode::Subtract, Value::small(0), {&x.value, 1})
                                        : Result<Value>(x.value);
           }),
    native("sum xs",
           "The sum of the numbers xs; 0 of nothing. Fails with :overflow beyond 64 bits.\n(sum [1 2 3]) ;=> 6",
           [](Call call, Seqable xs) { return fold(call, Opcode::Add, Value::small(0), items_of_seqable(call, xs)); }),
    native("min x y...", "The smallest of x and all y; a float if any is, and NaN if any is that.\n(min 3 1 2) ;=> 1",
           [](Call call, Value x, Rest ys) { return extreme(call, x, ys, Order::Less); }),
    native("max x y...", "The largest of x and all y; a float if any is, and NaN if any is that.\n(max 3 1 2) ;=> 3",
           [](Call call, Value x, Rest ys) { return extreme(call, x, ys, Order::Greater); }),
    native(
        "= x y...",
        "Whether x and all y are equal: numbers by value, the rest by content.\n(= [1 2] (list 1 2)) ;=> true",
        [](Call, Value x, Rest ys) {
            for (const Value y : ys)
                if (!equal(x, y)) return false;
            return true;
        },
        borrows),
    native(
        "!= x y...", "Whether x and all y aren't equal: the opposite of =.\n(!= 1 2) ;=> true",
        [](Call, Value x, Rest ys) {
            for (const Value y : ys)
                if (!equal(x, y)) return true;
            return false;
        },
        borrows),
    native("< x y...",
           "Whether x is less than y, and so on: numbers, strings, or vectors item by item.\n(< 1 2 3) ;=> true",
           [](Call call, Value x, Rest ys) { return chain(call, x, ys, [](Order o) { return o == Order::Less; }); }),
    native("> x y...",
           "Whether x is more than y, and so on: numbers, strings, or vectors item by item.\n(> 3 2 1) ;=> true",
           [](Call call, Value x, Rest ys) { return chain(call, x, ys, [](Order o) { return o == Order::Greater; }); }),
    native("<= x y...",
           "Whether x is at most y, and so on: numbers, strings, or vectors item by item.\n(<= 1 1 2) ;=> true",
           [](Call call, Value x, Rest ys) {
               return chain(call, x, ys, [](Order o) { return o == Order::Less || o == Order::Equal; });
           }),
    native(">= x y...",
           "Whether x is at least y, and so on: numbers, strings, or vectors item by item.\n(>= 2 1 1) ;=> true",
           [](Call call, Value x, Rest ys) {
               return chain(call, x, ys, [](Order o) { return o == Order::Greater || o == Order::Equal; });
           }),
};

} // namespace

void define_numbers(Setup setup) { setup.define(numbers_natives); }

} // namespace qi::stdlib
