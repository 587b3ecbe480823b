// Global names. The standard library's are one table, the program's another that is looked at first; so a program
// may redefine any name, and the library itself never notices. Each module has its own table in front of both.
// Interpreter thread only.
#pragma once

#include "compiler/code.hpp"
#include "data/store.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace qi {

class NearNames;

/// Defines library names when they are first referred to.
class NameSource {
public:
    virtual ~NameSource() = default;
    /// Defines the name, if it knows it.
    virtual bool provide(Value symbol) = 0;
    virtual void offer_names(NearNames& near) const = 0;
    /// All names it knows.
    virtual std::vector<std::string_view> names() const = 0;
};

class Globals final : public Roots {
public:
    using Table = std::unordered_map<const Object*, Variable*>;
    /// Whose names a piece of code sees first: 0 the program's, else a module's.
    using Scope = std::size_t;
    static constexpr Scope program_scope = 0;

    explicit Globals(Store& store) : store_(store) { store.heap.add_roots(this); }
    ~Globals() override { store_.heap.remove_roots(this); }
    Globals(const Globals&) = delete;

    void set_source(NameSource* source) noexcept { source_ = source; }
    /// While true, definitions go to the standard library's table.
    void set_defining_core(bool on) noexcept { defining_core_ = on; }
    bool defining_core() const noexcept { return defining_core_; }

    Scope make_scope();
    /// Forgets the names of a module that could not be loaded.
    void drop_scope(Scope scope) { scopes_[scope].clear(); }
    /// Where names are looked up and defined now.
    Scope scope() const noexcept { return scope_; }
    /// Names are looked up and defined in this scope for as long as it lasts.
    class Within {
    public:
        Within(Globals& globals, Scope scope) : globals_(globals), outer_(std::exchange(globals.scope_, scope)) {}
        ~Within() { globals_.scope_ = outer_; }
        Within(const Within&) = delete;

    private:
        Globals& globals_;
        Scope outer_;
    };
    const Table& names_of(Scope scope) const noexcept { return scopes_[scope]; }

    /// The variable that a name refers to, or null.
    Variable* find(Value symbol);
    /// The same, but a library function that nothing has referred to yet is left alone.
    const Variable* find_made(Value symbol) const;
    /// As `find`; made, without a value, if there is none.
    Variable* refer(Value symbol);
    /// The variable that `def` of this name sets. A program's first definition of a library name makes a variable of
    /// its own, which has the library's value until then.
    Variable* define(Value symbol);
    /// The program's own names are gone; the library's stay.
    void forget_program() { scopes_[program_scope].clear(); }
    /// Gives the name, in the current scope, what the variable means.
    void import(Value symbol, const Variable* meaning);
    /// The value that a variable of a module has in the scope around it, if it has none itself. Absent: none there
    /// either.
    Value outer_value(const Variable* variable);
    void set(Variable* variable, Value value) {
        variable->value = value;
        store_.heap.wrote(variable, value);
    }

    /// Names near to one that isn't defined: at most three, edit distance up to a third of its length and 3. Those of
    /// the module, too, that this variable belongs to.
    std::vector<std::string> near_names(std::string_view name, const Variable* of = nullptr) const;
    void offer_names(NearNames& near, const Variable* of = nullptr) const;

    /// Every name that means something, except those that begin with %; sorted, each once.
    std::vector<std::string> all_names() const;

    /// Defines everything that the library can, for listings of all names.
    void provide_all();

    template <typename Visit>
    void each(Visit visit) const {
        for (const auto* table : {&scopes_[program_scope], &core_})
            for (const auto& [symbol, variable] : *table) visit(variable);
    }

    void trace_young(Tracer&) override {} // variables are born old, and remembered when written
    void trace_all(Tracer& tracer) override;

private:
    Variable* make(Table& table, Value symbol);

    Store& store_;
    Table core_;
    std::vector<Table> scopes_{1};
    Scope scope_ = program_scope;
    NameSource* source_ = nullptr;
    bool defining_core_ = false;
};

} // namespace qi
