// Integers of 64 bits (those beyond 48 are boxed, which no program can see) and floats; their text.
#pragma once

#include "data/store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace qi {

struct Integer : Object {
    std::int64_t value;
};

QI_INLINE bool is_integer(Value v) noexcept { return v.is_small() || v.is(ObjectKind::Integer); }
inline bool is_number(Value v) noexcept { return v.is_double() || is_integer(v); }
QI_INLINE std::int64_t as_integer(Value v) noexcept {
    return v.is_small() ? v.as_small() : static_cast<const Integer*>(v.object())->value;
}
inline double as_float(Value v) noexcept { return v.is_double() ? v.as_double() : static_cast<double>(as_integer(v)); }

inline Value box_integer(Store& store, std::int64_t n) {
    auto* boxed = store.heap.make<Integer>(ObjectKind::Integer);
    boxed->value = n;
    return Value{boxed};
}
QI_INLINE Value make_integer(Store& store, std::int64_t n) {
    return Value::fits_small(n) ? Value::small(n) : box_integer(store, n);
}

/// -1, 0, 1 by exact value, also between integer and float; 2 when one is NaN.
int compare_numbers(Value a, Value b) noexcept;

/// The shortest digits that read back as the same float: `1.0`, `0.1`, `1e16`, `inf`, `-inf`, `NaN`. An exponent
/// from 1e16 up and below 1e-4.
void append_float(std::string& out, double d);
void append_integer(std::string& out, std::int64_t n);

/// Decimal digits with an optional sign; nothing else, nothing left over.
std::optional<std::int64_t> parse_integer(std::string_view text) noexcept;
/// A decimal float or integer, perhaps with an exponent.
std::optional<double> parse_float(std::string_view text) noexcept;

} // namespace qi
