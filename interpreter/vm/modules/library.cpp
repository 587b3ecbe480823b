#include "vm/modules/library.hpp"

#include "base/near.hpp"
#include "compiler/compiler.hpp"
#include "reader/reader.hpp"
#include "vm/vm.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace qi {

Library::Library(Vm& vm, std::span<const LibraryEntry> entries, std::span<const LibraryAlias> aliases) : vm_(vm) {
    entries_.reserve(entries.size());
    for (const LibraryEntry& entry : entries) entries_.emplace(entry.name, &entry);
    aliases_.reserve(aliases.size());
    for (const LibraryAlias& alias : aliases) aliases_.emplace(alias.name, alias.meaning);
}

bool Library::provide(Value symbol) {
    const std::string_view name = as_symbol(symbol)->text();
    const auto entry = entries_.find(name);
    const auto alias = entry == entries_.end() ? aliases_.find(name) : aliases_.end();
    if (entry == entries_.end() && alias == aliases_.end()) return false;
    Globals& globals = vm_.globals;
    const Heap::Hold hold(vm_.heap());
    const bool defining = globals.defining_core();
    globals.set_defining_core(true);
    if (entry != entries_.end()) {
        compile(*entry->second, symbol);
    } else if (const Variable* meant = globals.find(vm_.store.symbol(alias->second))) {
        Variable* variable = globals.define(symbol);
        globals.set(variable, meant->value);
        variable->doc = meant->doc;
        vm_.heap().wrote(variable, variable->doc);
    }
    globals.set_defining_core(defining);
    return true;
}

void Library::compile(const LibraryEntry& entry, Value symbol) {
    // The variable first: the function may refer to itself, also by way of others.
    Variable* variable = vm_.globals.define(symbol);
    const auto source = std::make_shared<Source>("qi:" + std::string(entry.file), std::string(entry.text));
    FormArena arena(vm_.store);
    Reader reader(arena, vm_.names, *source);
    Form* form = nullptr;
    auto problem = reader.next(form);
    if (!problem) {
        // Its nesting is small and known: the part of the stack that programs leave free is for it.
        Compiler compiler(arena, vm_.names, vm_.globals, StackBound(), source, nullptr);
        auto compiled = compiler.compile_definition(form);
        if (auto* prototype = std::get_if<Prototype*>(&compiled))
            return vm_.globals.set(variable, vm_.make_function(*prototype));
        problem = std::get<SyntaxError>(compiled);
    }
    // A bug of ours: the library is part of the program.
    std::fprintf(stderr, "%s\n", describe(*source, *problem).c_str());
    std::abort();
}

std::vector<std::string_view> Library::names() const {
    std::vector<std::string_view> all;
    all.reserve(entries_.size() + aliases_.size());
    for (const auto& [name, entry] : entries_) all.push_back(name);
    for (const auto& [name, meaning] : aliases_) all.push_back(name);
    std::sort(all.begin(), all.end()); // the same order in every run
    return all;
}

void Library::offer_names(NearNames& near) const {
    for (const auto& [name, entry] : entries_)
        if (!name.starts_with('%')) near.offer(name);
    for (const auto& [name, meaning] : aliases_) near.offer(name);
}

} // namespace qi
