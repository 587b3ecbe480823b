// Vectors: up to 32 items inline; beyond that a 32-way trie with a tail (after Bagwell's and Clojure's).
// Persistent: every change gives a new vector that shares what didn't change. A part of a large vector shares its
// leaves, too, and begins inside the first of them; leaves outside the part aren't kept.
//
// A vector that a unique reference leads to is changed in place by those functions that say so. So are the nodes of its
// trie that no other trie has: a node's references to its children are unique, too, as long as they are the only ones.
// That counts only if all references on the way from the register to the node are unique.
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

struct Vector : Object { // length: items, at most 32; flags: items that there is room for, if those are more
    static constexpr std::uint32_t max_items = 32;
    Value* items() noexcept { return reinterpret_cast<Value*>(this + 1); }
    const Value* items() const noexcept { return reinterpret_cast<const Value*>(this + 1); }
    static std::size_t size_of(std::size_t count) noexcept { return sizeof(Vector) + count * sizeof(Value); }
};

struct TrieVector : Object { // length: items; flags: bits above the leaves, 5 for one level, and what is unique
    static constexpr std::uint16_t RootIsOwn = 0x100;
    static constexpr std::uint16_t TailIsOwn = 0x200;
    std::uint64_t start; // index in the trie of item 0; what is before it is nil
    Array* root;
    Array* tail; // may have room for more items than it holds; those are nil
    std::uint64_t shift() const noexcept { return flags & 0xFF; }
    /// Index in the trie.
    std::uint64_t tail_offset() const noexcept { return (start + length - 1) & ~std::uint64_t{31}; }
    std::size_t tail_count() const noexcept { return start + length - tail_offset(); }
};

QI_INLINE bool is_vector(Value v) noexcept { return v.is(ObjectKind::Vector) || v.is(ObjectKind::TrieVector); }
inline std::size_t vector_count(Value v) noexcept { return v.object()->length; }

/// The run of items that holds item `index`, and the index of its first one.
std::span<const Value> vector_run(Value vector, std::size_t index, std::size_t& first) noexcept;

Value trie_get(const TrieVector* trie, std::size_t index) noexcept;
QI_INLINE Value vector_get(Value vector, std::size_t index) noexcept {
    const Object* object = vector.object();
    return object->kind == ObjectKind::Vector ? static_cast<const Vector*>(object)->items()[index]
                                              : trie_get(static_cast<const TrieVector*>(object), index);
}

Value make_vector(Store& store, std::span<const Value> items);
Value vector_push(Store& store, Value vector, Value item);
/// All items added at the end.
Value vector_append(Store& store, Value vector, std::span<const Value> items);
/// The items from `from` up to but without `to`: from <= to <= count.
Value vector_slice(Store& store, Value vector, std::size_t from, std::size_t to);
/// index < count
Value vector_set(Store& store, Value vector, std::size_t index, Value item);
/// As vector_push and vector_set, but a vector that is unique is changed in place. The result is unique.
Value vector_push_own(Store& store, Value vector, Value item);
Value vector_set_own(Store& store, Value vector, std::size_t index, Value item);

} // namespace qi
