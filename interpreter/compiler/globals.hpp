// Global names. The standard library's are one table, the program's another that is looked at first; so a program
// may define any name anew, and the library itself never notices. Interpreter thread only.
#pragma once

#include "compiler/code.hpp"
#include "data/store.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi {

class NearNames;

/// Somebody who can define library names when they are first referred to.
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
    explicit Globals(Store& store) : store_(store) { store.heap.add_roots(this); }
    ~Globals() override { store_.heap.remove_roots(this); }
    Globals(const Globals&) = delete;

    void set_source(NameSource* source) noexcept { source_ = source; }
    /// While true, definitions go to the standard library's table.
    void set_defining_core(bool on) noexcept { defining_core_ = on; }
    bool defining_core() const noexcept { return defining_core_; }

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
    void forget_program() { program_.clear(); }
    void set(Variable* variable, Value value) {
        variable->value = value;
        store_.heap.wrote(variable, value);
    }

    /// Names near to one that isn't defined: at most three, edit distance up to a third of its length and 3.
    std::vector<std::string> near_names(std::string_view name) const;
    void offer_names(NearNames& near) const;

    /// Defines all that the library can, for whoever wants to see everything.
    void provide_all();

    template <typename Visit>
    void each(Visit visit) const {
        for (const auto* table : {&program_, &core_})
            for (const auto& [symbol, variable] : *table) visit(variable);
    }

    void trace_young(Tracer&) override {} // variables are born old, and remembered when written
    void trace_all(Tracer& tracer) override;

private:
    using Table = std::unordered_map<const Object*, Variable*>;
    Variable* make(Table& table, Value symbol);

    Store& store_;
    Table core_;
    Table program_;
    NameSource* source_ = nullptr;
    bool defining_core_ = false;
};

} // namespace qi
