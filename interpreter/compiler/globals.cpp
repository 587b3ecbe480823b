#include "compiler/globals.hpp"

#include "base/near.hpp"

#include <algorithm>

namespace qi {

Variable* Globals::make(Table& table, Value symbol) {
    auto* variable = store_.heap.make_fixed<Variable>(ObjectKind::Variable);
    variable->flags = &table == &core_                    ? Variable::Core
                      : &table == &scopes_[program_scope] ? std::uint16_t{0}
                                                          : Variable::OfModule;
    variable->value = Value::absent();
    variable->name = symbol;
    variable->doc = Value::nil();
    table.emplace(symbol.object(), variable);
    return variable;
}

Globals::Scope Globals::make_scope() {
    scopes_.emplace_back();
    return scopes_.size() - 1;
}

Variable* Globals::find(Value symbol) {
    if (!defining_core_) {
        if (const auto own = scopes_[scope_].find(symbol.object()); own != scopes_[scope_].end()) return own->second;
        const Table& program = scopes_[program_scope];
        if (const auto known = program.find(symbol.object()); known != program.end()) {
            // What a module calls by a name that nobody has defined yet may become its own.
            if (scope_ == program_scope || !known->second->value.is_absent()) return known->second;
        }
    }
    auto core = core_.find(symbol.object());
    if (core == core_.end() && source_ != nullptr && source_->provide(symbol)) core = core_.find(symbol.object());
    return core == core_.end() ? nullptr : core->second;
}

const Variable* Globals::find_made(Value symbol) const {
    for (const Table* table : {&scopes_[scope_], &scopes_[program_scope], &core_})
        if (const auto found = table->find(symbol.object()); found != table->end()) return found->second;
    return nullptr;
}

Variable* Globals::refer(Value symbol) {
    if (Variable* known = find(symbol)) return known;
    return make(defining_core_ ? core_ : scopes_[scope_], symbol);
}

Variable* Globals::define(Value symbol) {
    Table& table = defining_core_ ? core_ : scopes_[scope_];
    if (const auto own = table.find(symbol.object()); own != table.end()) {
        own->second->flags &= static_cast<std::uint16_t>(~Variable::Imported);
        return own->second;
    }
    const Variable* known = defining_core_ ? nullptr : find(symbol);
    Variable* variable = make(table, symbol);
    if (known != nullptr) set(variable, known->value);
    return variable;
}

void Globals::provide_all() {
    if (source_ == nullptr) return;
    for (const std::string_view name : source_->names())
        if (const Value symbol = store_.symbol(name); !core_.contains(symbol.object())) source_->provide(symbol);
}

void Globals::import(Value symbol, const Variable* meaning) {
    Variable* variable = define(symbol);
    set(variable, meaning->value);
    variable->doc = meaning->doc;
    store_.heap.wrote(variable, variable->doc);
    variable->flags |= Variable::Imported;
}

Value Globals::outer_value(const Variable* variable) {
    if ((variable->flags & Variable::OfModule) == 0) return Value::absent();
    const Table& program = scopes_[program_scope];
    const auto known = program.find(variable->name.object());
    return known == program.end() ? Value::absent() : known->second->value;
}

std::vector<std::string> Globals::near_names(std::string_view name, const Variable* of) const {
    NearNames near(name);
    offer_names(near, of);
    return near.best();
}

void Globals::offer_names(NearNames& near, const Variable* of) const {
    const auto offer = [&](const Variable* variable) {
        const auto text = as_symbol(variable->name)->text();
        if (!variable->value.is_absent() && !text.starts_with('%')) near.offer(text);
    };
    each(offer);
    if (of != nullptr && (of->flags & Variable::OfModule) != 0)
        for (const Table& table : scopes_) {
            const auto found = table.find(of->name.object());
            if (found == table.end() || found->second != of) continue;
            for (const auto& [symbol, variable] : table) offer(variable);
        }
    if (source_ != nullptr) source_->offer_names(near);
}

std::vector<std::string> Globals::all_names() const {
    std::vector<std::string> names;
    each([&](const Variable* variable) {
        if (!variable->value.is_absent()) names.emplace_back(as_symbol(variable->name)->text());
    });
    if (source_ != nullptr)
        for (const std::string_view name : source_->names()) names.emplace_back(name);
    std::erase_if(names, [](const std::string& name) { return name.starts_with('%'); });
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

void Globals::trace_all(Tracer& tracer) {
    for (auto& [symbol, variable] : core_) tracer.visit(variable);
    for (Table& table : scopes_)
        for (auto& [symbol, variable] : table) tracer.visit(variable);
}

} // namespace qi
