// Equality, hashing and order of values.
#pragma once

#include "data/hashing.hpp"
#include "value/value.hpp"

#include <cstdint>
#include <string_view>

namespace qi {

/// The strict equality of keys, sets, patterns and tests: 1 and 1.0 differ, [1] equals (1), NaN equals NaN, -0.0
/// equals 0.0; functions, atoms and their like by identity.
bool same(Value a, Value b);
/// `=`: the same, but numbers by exact value.
bool equal(Value a, Value b);
/// Equal under `same` implies equal hashes. Fast, but an attacker who chooses the values can give thousands of them one
/// hash: what is ordered by it needs one of the next two for those.
std::uint32_t hash_of_any(Value v);
inline std::uint32_t hash_value(Value v) {
    return v.is_small() ? static_cast<std::uint32_t>(mix(v.bits()) >> 8) : hash_of_any(v);
}
/// Nobody is known to find many values of one hash, though it is the same in every run; several times as slow.
std::uint64_t strong_hash(Value v);
/// The same with the process's secret key: places in tables whose order isn't visible.
std::uint64_t secret_hash(Value v);
/// Those of a string with this text.
std::uint64_t strong_string_hash(std::string_view text) noexcept;
std::uint64_t secret_string_hash(std::string_view text) noexcept;

/// True when equality with `v` is a comparison of words.
inline bool compares_by_identity(Value v) noexcept {
    if (!v.is_object()) return !v.is_double() && !v.is_empty_list();
    return v.object()->kind == ObjectKind::Keyword || v.object()->kind == ObjectKind::Symbol;
}
inline bool same_key(Value a, Value b) {
    return a == b || (!compares_by_identity(a) && !compares_by_identity(b) && same(a, b));
}

/// Order of two values for `<` and `sort`: numbers among numbers, strings among strings (by code point), booleans,
/// keywords and symbols by name, vectors and lists item by item.
enum class Order { Less, Equal, Greater, Unordered, Incomparable };
Order compare(Value a, Value b);

/// Two values that `compare` gives no order, perhaps out of vectors; absent: none were met.
struct Unrelated {
    Value a = Value::absent(), b = Value::absent();
    bool met() const noexcept { return !a.is_absent(); }
};
/// Whether a is before b in an order of all values: as `compare` has it, but NaN after all other numbers, and
/// values without an order by their kind. A sort that meets no such pair has compared everything.
bool sorts_before(Value a, Value b, Unrelated& unrelated);

} // namespace qi
