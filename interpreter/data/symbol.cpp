#include "data/symbol.hpp"

#include "base/sip_hash.hpp"
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
    auto* symbol =
        heap_.make_fixed<Symbol>(kind, Symbol::size_of(name.size()), static_cast<std::uint32_t>(name.size()));
    symbol->hash = hash;
    symbol->serial = 0;
    std::memcpy(symbol->name(), name.data(), name.size());
    return symbol;
}

std::uint64_t SymbolTable::place(const Table& table, const Symbol* symbol) {
    return table.secret ? SecretHash()(symbol->text()) : symbol->hash;
}

void SymbolTable::insert(Table& table, Symbol* symbol) {
    // Half the places are free at least, so this many in a row are taken when somebody chose the names.
    constexpr std::size_t crowded = 64;
    const std::size_t mask = table.slots.size() - 1;
    std::size_t i = place(table, symbol) & mask, taken = 0;
    for (; table.slots[i] != nullptr; ++taken) i = (i + 1) & mask;
    table.slots[i] = symbol;
    ++table.used;
    if (taken < crowded || table.secret) return;
    table.secret = true;
    rebuild(table, table.slots.size(), [](const Symbol*) { return true; });
}

template <typename Keep>
void SymbolTable::rebuild(Table& table, std::size_t size, Keep keep) {
    std::vector<Symbol*> old(size);
    old.swap(table.slots);
    table.used = 0;
    for (Symbol* symbol : old)
        if (symbol != nullptr && keep(symbol)) insert(table, symbol);
}

Value SymbolTable::find(const Table& table, std::string_view name) {
    const std::size_t mask = table.slots.size() - 1;
    if (table.secret) {
        for (std::size_t i = SecretHash()(name) & mask; table.slots[i] != nullptr; i = (i + 1) & mask)
            if (table.slots[i]->text() == name) return Value{table.slots[i]};
        return Value::absent();
    }
    const std::uint32_t hash = hash_bytes(name);
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
    if (table.used * 2 >= table.slots.size())
        rebuild(table, table.slots.size() * 2, [](const Symbol*) { return true; });
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

void SymbolTable::after_mark(Heap& heap) {
    for (Table* table : {&symbols_, &keywords_})
        rebuild(*table, table->slots.size(), [&](const Symbol* symbol) { return heap.is_live(symbol); });
}

} // namespace qi
