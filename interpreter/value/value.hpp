// Value: the one word that every Qi value is. NaN-boxed, after the observation (Gudeman 1993) that IEEE 754
// leaves 2^51 bit patterns unused among its NaNs:
//
//   a double          as itself; a NaN is always the positive quiet one
//   0xFFFC + 48 bits  pointer to an Object
//   0xFFFD + 48 bits  the same, and no other reference to that object will be used: it may be changed in place
//   0xFFFE + code     nil, false, true, the empty list, and marks that programs never see
//   0xFFFF + 48 bits  an integer in two's complement; wider ones are boxed (data/number.hpp)
//
// The integer tag is all ones, so "both are small integers" is one AND and one comparison.
//
// Unique references are only in registers, and within tries and sets (docs/internals/heap.md).
#pragma once

#include "value/object.hpp"

#include <bit>
#include <cstdint>
#include <limits>

namespace qi {

/// For what the machine's loop is made of: it is too large for compilers to inline all of that by themselves.
#define QI_INLINE [[gnu::always_inline]] inline

class Value {
public:
    constexpr Value() noexcept : bits_(nil_bits) {}
    Value(Object* object) noexcept : bits_(pointer_tag | reinterpret_cast<std::uint64_t>(object)) {}

    static constexpr Value nil() noexcept { return Value(nil_bits); }
    static constexpr Value boolean(bool b) noexcept { return Value(false_bits + (b ? 1 : 0)); }
    static constexpr Value empty_list() noexcept { return Value(empty_list_bits); }
    /// What no program sees: an unset binding, a missing entry.
    static constexpr Value absent() noexcept { return Value(absent_bits); }
    /// What a native returns instead of a value: it has parked its goroutine, or left an error in the VM.
    static constexpr Value parked() noexcept { return Value(parked_bits); }
    static constexpr Value thrown() noexcept { return Value(thrown_bits); }
    /// … or it asks the VM to call something in its place (`apply`).
    static constexpr Value call_instead() noexcept { return Value(call_bits); }
    static constexpr Value small(std::int64_t n) noexcept {
        return Value(integer_tag | (static_cast<std::uint64_t>(n) & payload_mask));
    }
    static constexpr Value number(double d) noexcept {
        return d != d ? Value(0x7FF8000000000000u) : Value(std::bit_cast<std::uint64_t>(d));
    }

    constexpr std::uint64_t bits() const noexcept { return bits_; }
    constexpr bool is_double() const noexcept { return bits_ < pointer_tag; }
    constexpr bool is_small() const noexcept { return bits_ >= integer_tag; }
    constexpr bool is_object() const noexcept { return (bits_ >> 49) == (pointer_tag >> 49); }
    constexpr bool is_unique() const noexcept { return (bits_ >> 48) == (unique_tag >> 48); }
    constexpr bool is_nil() const noexcept { return bits_ == nil_bits; }
    constexpr bool is_absent() const noexcept { return bits_ == absent_bits; }
    constexpr bool is_parked() const noexcept { return bits_ == parked_bits; }
    constexpr bool is_thrown() const noexcept { return bits_ == thrown_bits; }
    /// None of the three marks above.
    constexpr bool is_plain() const noexcept { return bits_ < parked_bits || bits_ > call_bits; }
    constexpr bool is_call_instead() const noexcept { return bits_ == call_bits; }
    constexpr bool is_boolean() const noexcept { return (bits_ | 1) == true_bits; }
    constexpr bool is_empty_list() const noexcept { return bits_ == empty_list_bits; }
    /// Everything but nil and false.
    constexpr bool is_truthy() const noexcept { return bits_ != nil_bits && bits_ != false_bits; }

    constexpr std::int64_t as_small() const noexcept { return static_cast<std::int64_t>(bits_ << 16) >> 16; }
    constexpr double as_double() const noexcept { return std::bit_cast<double>(bits_); }
    /// The same reference, as one of perhaps several.
    constexpr Value shared() const noexcept { return is_unique() ? Value(bits_ ^ (pointer_tag ^ unique_tag)) : *this; }
    /// The only reference to an object.
    static Value unique(Object* object) noexcept { return Value(unique_tag | reinterpret_cast<std::uint64_t>(object)); }
    /// The same kind of reference to where the object is now.
    Value moved_to(Object* object) const noexcept {
        return Value((bits_ & ~payload_mask) | reinterpret_cast<std::uint64_t>(object));
    }
    Object* object() const noexcept { return reinterpret_cast<Object*>(bits_ & payload_mask); }
    /// How far from `base` the object is that this refers to; a very large number if it refers to none or to one
    /// before.
    std::uint64_t address_beyond(const void* base) const noexcept {
        return (bits_ & ~(pointer_tag ^ unique_tag)) - (pointer_tag | reinterpret_cast<std::uint64_t>(base));
    }
    QI_INLINE bool is(ObjectKind kind) const noexcept { return is_object() && object()->kind == kind; }

    /// The same word: identity for objects, equality for interned and immediate values.
    friend constexpr bool operator==(Value a, Value b) noexcept { return a.bits_ == b.bits_; }

    static constexpr bool both_small(Value a, Value b) noexcept { return (a.bits_ & b.bits_) >= integer_tag; }
    static constexpr bool fits_small(std::int64_t n) noexcept { return (n << 16) >> 16 == n; }
    // Of small integers, in the upper 48 bits, where the processor says whether the result is one, too. False: it
    // isn't.
    static constexpr bool add_small(Value a, Value b, Value& sum) noexcept {
        std::int64_t n = 0;
        if (__builtin_add_overflow(a.shifted(), b.shifted(), &n)) return false;
        sum = Value(integer_tag | static_cast<std::uint64_t>(n) >> 16);
        return true;
    }
    static constexpr bool subtract_small(Value a, Value b, Value& difference) noexcept {
        std::int64_t n = 0;
        if (__builtin_sub_overflow(a.shifted(), b.shifted(), &n)) return false;
        difference = Value(integer_tag | static_cast<std::uint64_t>(n) >> 16);
        return true;
    }
    static constexpr bool multiply_small(Value a, Value b, Value& product) noexcept {
        std::int64_t n = 0;
        if (__builtin_mul_overflow(a.shifted(), b.as_small(), &n)) return false;
        product = Value(integer_tag | static_cast<std::uint64_t>(n) >> 16);
        return true;
    }

private:
    static constexpr std::uint64_t pointer_tag = 0xFFFC000000000000u;
    static constexpr std::uint64_t unique_tag = 0xFFFD000000000000u;
    static constexpr std::uint64_t special_tag = 0xFFFE000000000000u;
    static constexpr std::uint64_t integer_tag = 0xFFFF000000000000u;
    static constexpr std::uint64_t payload_mask = 0x0000FFFFFFFFFFFFu;
    static constexpr std::uint64_t nil_bits = special_tag | 0;
    static constexpr std::uint64_t false_bits = special_tag | 2;
    static constexpr std::uint64_t true_bits = special_tag | 3;
    static constexpr std::uint64_t empty_list_bits = special_tag | 4;
    static constexpr std::uint64_t absent_bits = special_tag | 5;
    static constexpr std::uint64_t parked_bits = special_tag | 6;
    static constexpr std::uint64_t thrown_bits = special_tag | 7;
    static constexpr std::uint64_t call_bits = special_tag | 8;

    explicit constexpr Value(std::uint64_t bits) noexcept : bits_(bits) {}
    constexpr std::int64_t shifted() const noexcept { return static_cast<std::int64_t>(bits_ << 16); }

    std::uint64_t bits_;
};

static_assert(sizeof(Value) == 8);

} // namespace qi
