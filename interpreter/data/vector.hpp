// Vectors: up to 32 items inline; beyond that a 32-way trie with a tail (after Bagwell's and Clojure's).
// Persistent: every change gives a new vector that shares what didn't change. A part of a large vector shares its
// leaves, too, and begins inside the first of them; leaves outside the part aren't kept.
#pragma once

#include "data/store.hpp"

#include <span>

namespace qi {

struct Array : Object { // length: items
    Value* items() noexcept { return reinterpret_cast<Value*>(this + 1); }
    const Value* items() const noexcept { return reinterpret_cast<const Value*>(this + 1); }
    static std::size_t size_of(std::size_t count) noexcept { return sizeof(Array) + count * sizeof(Value); }
};

Array* make_array(Store& store, std::size_t count);

struct Vector : Object { // length: items, at most 32
    static constexpr std::uint32_t max_items = 32;
    Value* items() noexcept { return reinterpret_cast<Value*>(this + 1); }
    const Value* items() const noexcept { return reinterpret_cast<const Value*>(this + 1); }
    static std::size_t size_of(std::size_t count) noexcept { return sizeof(Vector) + count * sizeof(Value); }
};

struct TrieVector : Object { // length: items; flags: bits above the leaves, 5 for one level
    std::uint64_t start;     // index in the trie of item 0; what is before it is nil
    Array* root;
    Array* tail;
    std::uint64_t shift() const noexcept { return flags; }
    /// Index in the trie.
    std::uint64_t tail_offset() const noexcept { return (start + length - 1) & ~std::uint64_t{31}; }
};

inline bool is_vector(Value v) noexcept { return v.is(ObjectKind::Vector) || v.is(ObjectKind::TrieVector); }
inline std::size_t vector_count(Value v) noexcept { return v.object()->length; }

/// The run of items that holds item `index`, and the index of its first one.
std::span<const Value> vector_run(Value vector, std::size_t index, std::size_t& first) noexcept;

inline Value vector_get(Value vector, std::size_t index) noexcept {
    if (vector.object()->kind == ObjectKind::Vector) return static_cast<const Vector*>(vector.object())->items()[index];
    std::size_t first = 0;
    const auto run = vector_run(vector, index, first);
    return run[index - first];
}

Value make_vector(Store& store, std::span<const Value> items);
Value vector_push(Store& store, Value vector, Value item);
/// All items added at the end.
Value vector_append(Store& store, Value vector, std::span<const Value> items);
/// The items from `from` up to but without `to`: from <= to <= count.
Value vector_slice(Store& store, Value vector, std::size_t from, std::size_t to);
/// index < count
Value vector_set(Store& store, Value vector, std::size_t index, Value item);

} // namespace qi
