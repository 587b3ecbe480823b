#include "data/symbol.hpp"

#include "data/hashing.hpp"

#include <cstring>
#include <string>

namespace qi {

SymbolTable::SymbolTable(Heap& heap) : heap_(heap) {
    symbols_.slots.resize(2048);
    keywords_.slots.resize(256);
    heap_.add_roots(this);
}

SymbolTable::~SymbolTable() { heap_.remove_roots(this); }

Symbol* SymbolTable::make(ObjectKind kind, std::string_view name, std::uint32_t hash) {
    auto* symbol = heap_.make_fixed<Symbol>(kind, Symbol::size_of(name.size()), static_cast<std::uint32_t>(name.size()));
    symbol->hash = hash;
    symbol->serial = 0;
    std::memcpy(symbol->name(), name.data(), name.size());
    return symbol;
}

void SymbolTable::insert(Table& table, Symbol* symbol) {
    const std::size_t mask = table.slots.size() - 1;
    std::size_t i = symbol->hash & mask;
    while (table.slots[i] != nullptr) i = (i + 1) & mask;
    table.slots[i] = symbol;
    ++table.used;
}

Value SymbolTable::find(const Table& table, std::string_view name) {
    const std::uint32_t hash = hash_bytes(name);
    const std::size_t mask = table.slots.size() - 1;
    for (std::size_t i = hash & mask; table.slots[i] != nullptr; i = (i + 1) & mask)
        if (table.slots[i]->hash == hash && table.slots[i]->text() == name) return Value{table.slots[i]};
    return Value::absent();
}

Value SymbolTable::intern(Table& table, ObjectKind kind, std::string_view name) {
    const Value known = find(table, name);
    if (!known.is_absent()) {
        // Marking may have begun without seeing it: the table alone doesn't keep it.
        heap_.revive(known.object());
        return known;
    }
    if (table.used * 2 >= table.slots.size()) {
        std::vector<Symbol*> old(table.slots.size() * 2);
        old.swap(table.slots);
        table.used = 0;
        for (Symbol* symbol : old)
            if (symbol != nullptr) insert(table, symbol);
    }
    // Keywords and symbols of one name are different values: their hashes differ too.
    Symbol* symbol = make(kind, name, hash_bytes(name));
    insert(table, symbol);
    return Value{symbol};
}

Value SymbolTable::fresh(std::string_view stem) {
    ++serial_;
    const std::string name = std::string(stem) + "__" + std::to_string(serial_);
    Symbol* symbol = make(ObjectKind::Symbol, name, hash_bytes(name));
    symbol->serial = serial_;
    return Value{symbol};
}

void SymbolTable::purge(Table& table, const Heap& heap) {
    std::vector<Symbol*> old(table.slots.size());
    old.swap(table.slots);
    table.used = 0;
    for (Symbol* symbol : old)
        if (symbol != nullptr && heap.is_live(symbol)) insert(table, symbol);
}

void SymbolTable::after_mark(Heap& heap) {
    purge(symbols_, heap);
    purge(keywords_, heap);
}

} // namespace qi
