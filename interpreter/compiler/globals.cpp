#include "compiler/globals.hpp"

#include "base/near.hpp"

namespace qi {

Variable* Globals::make(Table& table, Value symbol) {
    auto* variable = store_.heap.make_fixed<Variable>(ObjectKind::Variable);
    variable->flags = &table == &core_ ? Variable::Core : std::uint16_t{0};
    variable->value = Value::absent();
    variable->name = symbol;
    variable->doc = Value::nil();
    table.emplace(symbol.object(), variable);
    return variable;
}

Variable* Globals::find(Value symbol) {
    if (!defining_core_)
        if (const auto own = program_.find(symbol.object()); own != program_.end()) return own->second;
    auto core = core_.find(symbol.object());
    if (core == core_.end() && source_ != nullptr && source_->provide(symbol)) core = core_.find(symbol.object());
    return core == core_.end() ? nullptr : core->second;
}

const Variable* Globals::find_made(Value symbol) const {
    for (const Table* table : {&program_, &core_})
        if (const auto found = table->find(symbol.object()); found != table->end()) return found->second;
    return nullptr;
}

Variable* Globals::refer(Value symbol) {
    if (Variable* known = find(symbol)) return known;
    return make(defining_core_ ? core_ : program_, symbol);
}

Variable* Globals::define(Value symbol) {
    Table& table = defining_core_ ? core_ : program_;
    if (const auto own = table.find(symbol.object()); own != table.end()) return own->second;
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

std::vector<std::string> Globals::near_names(std::string_view name) const {
    NearNames near(name);
    offer_names(near);
    return near.best();
}

void Globals::offer_names(NearNames& near) const {
    each([&](const Variable* variable) {
        const auto text = as_symbol(variable->name)->text();
        if (!variable->value.is_absent() && !text.starts_with('%')) near.offer(text);
    });
    if (source_ != nullptr) source_->offer_names(near);
}

void Globals::trace_all(Tracer& tracer) {
    for (Table* table : {&program_, &core_})
        for (auto& [symbol, variable] : *table) tracer.visit(variable);
}

} // namespace qi
