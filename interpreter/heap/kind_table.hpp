// What the heap must know of each kind of object: its size, where its references are, and what it owns elsewhere.
// Most kinds are described by numbers, so that the collector follows them without a call; the odd ones have functions.
// Interpreter thread only.
#pragma once

#include "value/object.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace qi {

class Tracer;

/// Where references are, in words of 8 bytes from the beginning of the object: first pointers to objects (or null),
/// then values. And how large it is: what is fixed, and so much for each item.
struct ObjectLayout {
    static constexpr std::uint32_t by_length = 0xFFFFFFFFu;
    static constexpr std::uint16_t by_flags = 0xFFFF;

    std::uint32_t bytes = 0;       // the header included, items not
    std::uint32_t item_bytes = 0;  // of each of `length` items
    std::uint32_t value_count = 0; // by_length: there are `length` more values than `values`
    std::uint16_t room = 0;        // by_flags: there is room for `flags` items, if those are more
    std::uint8_t pointers_at = 0;
    std::uint8_t pointers = 0;
    std::uint8_t values_at = 0;
    std::uint8_t values = 0;

    std::size_t size(const Object* object) const noexcept {
        return bytes +
               std::size_t{item_bytes} * std::max(object->length, static_cast<std::uint32_t>(object->flags & room));
    }
    std::size_t count(const Object* object) const noexcept { return values + (object->length & value_count); }
    bool follows() const noexcept { return pointers != 0 || values != 0 || value_count != 0; }
};

struct KindTraits {
    ObjectLayout layout = {};
    std::size_t (*size)(const Object*) noexcept = nullptr;     // instead of the layout's
    void (*trace)(Object*, Tracer&) = nullptr;                 // visits every reference, instead of the layout
    void (*finalize)(Object*) noexcept = nullptr;              // gives back what it owns off the heap; null: nothing
    std::size_t (*external)(const Object*) noexcept = nullptr; // bytes it owns off the heap; with finalize

    bool follows = false; // has references: worked out by the heap

    std::size_t size_of(const Object* object) const noexcept {
        return size == nullptr ? layout.size(object) : size(object);
    }
};

struct KindTable {
    KindTraits of[static_cast<std::size_t>(ObjectKind::Count)];
    KindTraits& operator[](ObjectKind kind) noexcept { return of[static_cast<std::size_t>(kind)]; }
    const KindTraits& operator[](ObjectKind kind) const noexcept { return of[static_cast<std::size_t>(kind)]; }
};

/// A kind whose objects are all of one size, with so many values from word `values_at` on.
template <typename T>
constexpr ObjectLayout fixed_layout(std::uint8_t values_at = 0, std::uint8_t values = 0) {
    ObjectLayout layout;
    layout.bytes = sizeof(T);
    layout.values_at = values_at;
    layout.values = values;
    return layout;
}

/// A kind whose `length` values follow what `T` has.
template <typename T>
constexpr ObjectLayout items_layout(std::uint16_t room = 0) {
    ObjectLayout layout;
    layout.bytes = sizeof(T);
    layout.item_bytes = 8;
    layout.value_count = ObjectLayout::by_length;
    layout.room = room;
    layout.values_at = sizeof(T) / 8;
    return layout;
}

constexpr ObjectLayout with_pointers(ObjectLayout layout, std::uint8_t at, std::uint8_t count) {
    layout.pointers_at = at;
    layout.pointers = count;
    return layout;
}

} // namespace qi
