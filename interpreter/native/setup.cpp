#include "native/setup.hpp"

#include "data/string.hpp"

namespace qi {

void Setup::finish_library(std::span<const LibraryEntry> entries, std::span<const LibraryAlias> aliases) const {
    vm_->globals.set_defining_core(false);
    vm_->bind_core_functions();
    vm_->set_library(std::make_unique<Library>(*vm_, entries, aliases));
}

void Setup::define(std::span<const Native> rows) const {
    for (const Native& row : rows) {
        Variable* variable = vm_->globals.define(store().symbol(row.name()));
        if (row.borrows) variable->flags |= Variable::Borrows;
        vm_->globals.set(variable, vm_->make_native(row));
    }
}

void Setup::define(std::string_view name, Value value, std::string_view doc) const {
    Variable* variable = vm_->globals.define(store().symbol(name));
    vm_->globals.set(variable, value);
    if (doc.empty()) return;
    variable->doc = make_string(store(), doc);
    store().heap.wrote(variable, variable->doc);
}

} // namespace qi
