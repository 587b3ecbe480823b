// What every heap object begins with. The heap knows this header and nothing else of an object; what a
// kind holds is known by the floor that defines it, and given to the heap in a KindTable.
// Interpreter thread only.
#pragma once

#include <cstdint>

namespace qi {

enum class ObjectKind : std::uint8_t {
    Free, // an unused cell of the old space
    // data/
    String,      // UTF-8 text
    Bytes,       // raw bytes
    Symbol,      // interned, or fresh from gensym
    Keyword,     // interned
    Integer,     // an integer beyond 48 bits
    Array,       // a run of values: trie node, tail, backing store of a builder
    Vector,      // up to 32 items, inline
    TrieVector,  // more: 32-way trie with a tail
    Cell,        // a list: one item in front of another list
    ChunkedList, // a list that begins somewhere in a chunk
    ListChunk,   // items of lists side by side, and what comes after them
    Shape,       // the keys of flat maps
    FlatMap,     // up to 64 entries
    HashMap,     // more: CHAMP trie
    HashNode,    // inner node of that trie
    HashBucket,  // entries whose hashes collide in all their bits
    Set,         // a map whose values don't matter
    Builder,     // a collection under construction, never seen by a program
    // vm/
    Prototype, // compiled function
    Closure,   // prototype with captured values
    Native,    // C++ function
    Variable,  // global binding
    Box,       // captured binding that is defined later or again
    Atom,
    Channel,
    Macro,
    Scope,
    Stream,
    Count
};

struct Object {
    // `space` bits. An object is born young, or old when it must not move.
    static constexpr std::uint8_t Old = 1;
    static constexpr std::uint8_t Remembered = 2; // in the heap's list of old objects that may point at young ones
    static constexpr std::uint8_t Forwarded = 4;  // moved; the new address is in the word after the header
    static constexpr std::uint8_t Stays = 8;      // large: becomes old where it is
    static constexpr std::uint8_t MarkA = 16;     // the two mark colours take turns, so that no mark need be cleared
    static constexpr std::uint8_t MarkB = 32;

    ObjectKind kind;
    std::uint8_t space;
    std::uint16_t flags;  // the kind's own
    std::uint32_t length; // the kind's own: items, bytes, entries

    bool is_old() const noexcept { return (space & Old) != 0; }
};

static_assert(sizeof(Object) == 8);

} // namespace qi
