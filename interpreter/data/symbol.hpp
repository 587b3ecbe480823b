// Symbols and keywords: interned, so that equality is one comparison. The tables hold them weakly.
// Interpreter thread only.
#pragma once

#include "heap/heap.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace qi {

/// A symbol or keyword. Never moves.
struct Symbol : Object { // length: bytes of the name
    std::uint32_t hash;
    std::uint32_t serial; // > 0: made by gensym, equal to itself alone
    char* name() noexcept { return reinterpret_cast<char*>(this + 1); }
    const char* name() const noexcept { return reinterpret_cast<const char*>(this + 1); }

    std::string_view text() const noexcept { return {name(), length}; }
    static std::size_t size_of(std::size_t bytes) noexcept { return sizeof(Symbol) + bytes; }
};

class SymbolTable final : public Roots {
public:
    explicit SymbolTable(Heap& heap);
    ~SymbolTable() override;

    Value symbol(std::string_view name) { return intern(symbols_, ObjectKind::Symbol, name); }
    Value keyword(std::string_view name) { return intern(keywords_, ObjectKind::Keyword, name); }
    /// The keyword of that name if there is one already, else absent.
    Value find_keyword(std::string_view name) const { return find(keywords_, name); }
    /// The names of all keywords there are.
    template <typename Visit>
    void each_keyword(Visit visit) const {
        for (const Symbol* keyword : keywords_.slots)
            if (keyword != nullptr) visit(keyword->text());
    }
    /// A fresh symbol, equal to no other, that shows its stem and a number.
    Value fresh(std::string_view stem);

    void trace_young(Tracer&) override {}
    void trace_all(Tracer&) override {}
    void after_mark(Heap& heap) override;

private:
    struct Table { // open addressing, a power of two
        std::vector<Symbol*> slots;
        std::size_t used = 0;
        bool secret = false; // places go by the secret hash: the fast one crowded them
    };
    Symbol* make(ObjectKind kind, std::string_view name, std::uint32_t hash);
    Value intern(Table& table, ObjectKind kind, std::string_view name);
    static Value find(const Table& table, std::string_view name);
    static std::uint64_t place(const Table& table, const Symbol* symbol);
    static void insert(Table& table, Symbol* symbol);
    template <typename Keep>
    static void rebuild(Table& table, std::size_t size, Keep keep);

    Heap& heap_;
    Table symbols_;
    Table keywords_;
    std::uint32_t serial_ = 0;
};

inline const Symbol* as_symbol(Value v) noexcept { return static_cast<const Symbol*>(v.object()); }
inline bool is_symbol(Value v) noexcept { return v.is(ObjectKind::Symbol); }
inline bool is_keyword(Value v) noexcept { return v.is(ObjectKind::Keyword); }

} // namespace qi
