// Large maps: a compressed hash-array mapped prefix tree (CHAMP: Steindorfer and Vinju, OOPSLA 2015). Each node
// has two bitmaps over 32 branches: which hold an entry, which a child. Entries come first, then children.
// The fast hash of a key, 32 bits, leads through seven levels. Keys that agree in all of it (by chance two in a large
// map; thousands if an attacker chose them) are distinguished by 64 bits of the strong hash on thirteen more. So no
// choice of keys makes a path long, and the order is the same in every run.
#pragma once

#include "data/store.hpp"

#include <span>
#include <string_view>

namespace qi {

/// Without the processor's instruction, which not all have, a call of the compiler's library takes longer than this.
constexpr std::uint32_t bit_count(std::uint32_t bits) noexcept {
    bits -= bits >> 1 & 0x55555555u;
    bits = (bits & 0x33333333u) + (bits >> 2 & 0x33333333u);
    bits = (bits + (bits >> 4)) & 0x0F0F0F0Fu;
    return (bits * 0x01010101u) >> 24;
}

struct HashNode : Object {  // length: slots; flags: slots that there is room for, if those are more
    std::uint32_t entries;  // bitmap
    std::uint32_t children; // bitmap
    Value* slots() noexcept { return reinterpret_cast<Value*>(this + 1); }
    const Value* slots() const noexcept { return reinterpret_cast<const Value*>(this + 1); }

    std::uint32_t entry_count() const noexcept { return bit_count(entries); }
    std::uint32_t child_count() const noexcept { return bit_count(children); }
    static std::size_t size_of(std::size_t slots) noexcept { return sizeof(HashNode) + slots * sizeof(Value); }
};

/// Entries whose hashes are equal, the strong one too: below all levels. It takes 2^32 attempts to make it hold two.
struct HashBucket : Object { // length: slots, two for each entry
    Value* slots() noexcept { return reinterpret_cast<Value*>(this + 1); }
    const Value* slots() const noexcept { return reinterpret_cast<const Value*>(this + 1); }
    static std::size_t size_of(std::size_t slots) noexcept { return sizeof(HashBucket) + slots * sizeof(Value); }
};

/// As with vectors, what unique references lead to is changed in place.
struct HashMap : Object { // length: entries
    static constexpr std::uint16_t RootIsOwn = 1;
    HashNode* root;
};

Value hash_map_get(Value map, Value key) noexcept;
/// The same, and Store::last_entry is this one.
Value hash_map_get(Store& store, Value map, Value key) noexcept;
/// Whether that is so, of a map that has been unique since: it has the key then.
QI_INLINE bool is_last_entry(const Store& store, Value map, Value key) noexcept {
    const LastEntry& last = store.last_entry;
    return last.map == map.object() && last.key == key && last.collections == store.heap.collections();
}
/// The value at a string key with this text, and that key.
Value hash_map_get_string(Value map, std::string_view text, Value& key) noexcept;
Value hash_map_assoc(Store& store, Value map, Value key, Value value);
/// The same, but a map that is unique is changed in place. The result is unique.
Value hash_map_assoc_own(Store& store, Value map, Value key, Value value);
/// The map with entries added, key, value, key, value: as if one by one.
Value hash_map_with(Store& store, Value map, std::span<const Value> entries);
Value hash_map_dissoc(Store& store, Value map, Value key);
Value empty_hash_map(Store& store);

class HashMapCursor {
public:
    HashMapCursor() = default;
    explicit HashMapCursor(Value map) noexcept;
    /// Behind the entry with this key, which the map has.
    HashMapCursor(Value map, Value key) noexcept;
    bool next(Value& key, Value& value) noexcept;

private:
    struct Level {
        const Object* node;
        std::uint32_t entry; // next entry
        std::uint32_t child; // next child
    };
    static constexpr std::size_t deepest = 21; // 7 levels, 13 more, a bucket
    Level levels_[deepest];                    // up to depth_
    int depth_ = -1;
};

} // namespace qi
