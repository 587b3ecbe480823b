// The store: the heap together with what is interned in it. Everything that makes data gets one.
// Interpreter thread only.
#pragma once

#include "data/shape.hpp"
#include "data/symbol.hpp"
#include "heap/heap.hpp"

#include <cstring>
#include <string>

namespace qi {

/// How the printer shows kinds that this floor doesn't know.
struct Description {
    std::string text;              // shown between `#<` and `>` (in f-strings between `<` and `>`)
    std::string short_text;        // f-strings, where that differs
    Value inner = Value::absent(); // printed after the text, e.g. what an atom holds
};
using Describe = Description (*)(const Object*);

/// Where the last look-up in a large map that may be changed in place found its key: what comes next is often a new
/// value for it, as in (assoc m k (inc (get m k 0))). Valid until objects move, or the nodes of any such map change.
struct LastEntry {
    const Object* map = nullptr;
    Value key;
    Value* entry = nullptr; // key and value, in the node
    Object* node = nullptr;
    std::size_t collections = 0; // of the heap until then
};

class Store {
public:
    explicit Store(const KindTable& kinds, Describe describe = nullptr)
        : heap(kinds), symbols(heap), shapes(heap), describe_(describe) {}

    Heap heap;
    bool in_place = true; // code that is compiled from now on may change what is unique in place
    LastEntry last_entry;
    SymbolTable symbols;
    ShapeTable shapes;

    Value symbol(std::string_view name) { return symbols.symbol(name); }
    Value keyword(std::string_view name) { return symbols.keyword(name); }
    Description describe(const Object* object) const { return describe_ ? describe_(object) : Description{}; }

private:
    Describe describe_;
};

/// From one object to another that isn't in use yet.
inline void copy_values(Value* to, const Value* from, std::size_t count) noexcept {
    if (count != 0) std::memcpy(static_cast<void*>(to), from, count * sizeof(Value));
}

/// Fills in the kinds of this floor.
void add_data_kinds(KindTable& kinds);

} // namespace qi
