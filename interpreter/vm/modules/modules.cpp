#include "vm/modules/modules.hpp"

#include "base/files.hpp"
#include "base/messages.hpp"
#include "base/near.hpp"
#include "data/string.hpp"
#include "data/symbol.hpp"
#include "data/vector.hpp"
#include "vm/modules/loader.hpp"
#include "vm/modules/module_search.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>

namespace qi {

namespace fs = std::filesystem;

std::size_t Modules::module_of(Globals::Scope scope) const {
    for (std::size_t i = 0; i < modules_.size(); ++i)
        if (scope != Globals::program_scope && modules_[i].scope == scope) return i;
    return none;
}

std::size_t Modules::number_of(const std::string& file, std::string_view name) {
    const std::string identity = files::real_path(file);
    for (std::size_t i = 0; i < modules_.size(); ++i)
        if (modules_[i].identity == identity) return i;
    Module& added = modules_.emplace_back();
    added.file = file;
    added.identity = identity;
    added.name = module_name(name);
    return modules_.size() - 1;
}

Modules& Modules::of(Vm& vm) {
    if (Modules* found = vm.find_extension<Modules>()) return *found;
    const auto made = std::make_shared<Modules>(vm);
    vm.own(made);
    vm.set_extension(made.get());
    return *made;
}

// --- Loading

void Modules::leave(Ticket ticket) {
    const auto found = visits_.find(ticket);
    if (found == visits_.end()) return;
    const bool loads = found->second.unit != nullptr;
    const std::size_t target = found->second.target;
    visits_.erase(found);
    if (!loads || target == none) return;
    Module& module = modules_[target];
    if (module.state == Module::State::Loading) {
        module.state = Module::State::Absent;
        if (!module.was_loaded) vm_.globals.drop_scope(module.scope);
        module.exports.clear();
        module.exports_some = false;
    }
    vm_.scheduler.wake_all(module.loaded);
}

bool Modules::read(Ticket ticket, const std::string& file, Globals::Scope scope) {
    auto text = read_file(file);
    if (!text) {
        vm_.diagnosis.raise(text.error());
        return false;
    }
    Visit& visit = visits_[ticket];
    visit.unit = std::make_unique<Unit>(vm_, std::make_shared<Source>(file, std::move(*text), true), scope);
    return true;
}

Value Modules::open(Ticket ticket, std::string_view path) {
    const Source* caller = vm_.diagnosis.calling_source();
    const std::string user = caller != nullptr && caller->is_file() ? caller->name() : program_;
    const std::vector<std::string> tried = load_candidates(path, user);
    for (const std::string& file : tried)
        if (is_readable_file(file)) return read(ticket, file, Globals::program_scope) ? Value::nil() : Value::thrown();
    return vm_.diagnosis.raise(failure_at(0, kind::io, msg::module_not_found, {path}),
                               format(msg::looked_for, {join_names(tried)}));
}

Value Modules::not_found(std::string_view name, const std::string& user, const std::vector<std::string>& tried) {
    // Names like its own in the folder where it should be.
    const std::string folder(name.substr(0, name.rfind('/') + 1));
    NearNames near(name);
    std::error_code error;
    for (fs::directory_iterator entry(join_path(folder_of(user), folder + "."), error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".qi") near.offer(folder + entry->path().stem().string());
    std::string note;
    if (const auto names = near.best(); !names.empty()) note = format(msg::did_you_mean, {join_names(names)}) + "\n";
    // Where Qi itself is installed, and the home directory, are of no help to the reader.
    std::vector<std::string> told;
    for (const std::string& file : tried)
        if (!file.starts_with('/') || name.starts_with('/')) told.push_back(file);
    return vm_.diagnosis.raise(failure(kind::io, msg::module_not_found, {name}),
                               note + format(msg::looked_for, {join_names(told)}));
}

Value Modules::cycle(std::string_view name, const std::vector<std::string>& files) {
    std::string way;
    for (const std::string& file : files) way += (way.empty() ? "" : " → ") + file;
    return vm_.diagnosis.raise(failure(kind::cycle, msg::module_cycle, {name, way}));
}

std::vector<std::string> Modules::way(std::size_t from, Globals::Scope to) const {
    // Depth first; a loading module is tried once.
    std::vector<std::size_t> path{from};
    std::vector<bool> tried(modules_.size(), false);
    tried[from] = true;
    while (!path.empty()) {
        if (modules_[path.back()].scope == to) {
            std::vector<std::string> files;
            for (const std::size_t i : path) files.push_back(modules_[i].file);
            return files;
        }
        std::size_t further = none;
        for (const auto& [ticket, visit] : visits_)
            if (visit.target != none && !tried[visit.target] && visit.user == modules_[path.back()].scope)
                further = visit.target;
        if (further == none) {
            path.pop_back();
        } else {
            tried[further] = true;
            path.push_back(further);
        }
    }
    return {};
}

Value Modules::find(Ticket ticket, Globals::Scope user, std::string_view user_file, std::string_view name) {
    const std::string user_path = user_file.empty() ? program_ : std::string(user_file);
    const std::vector<std::string> candidates = module_candidates(name, user_path, program_);
    const auto file = std::find_if(candidates.begin(), candidates.end(), is_readable_file);
    if (file == candidates.end()) return not_found(name, user_path, candidates);
    const std::size_t number = number_of(*file, name);
    Module& module = modules_[number];
    if (module.state == Module::State::Loaded) return Value::small(static_cast<std::int64_t>(number));
    if (module.identity == files::real_path(program_)) {
        // The program runs until its end, so nothing can wait for it.
        std::vector<std::string> files{module.file};
        for (std::size_t i = 0; i < modules_.size() && files.size() == 1 && user != Globals::program_scope; ++i) {
            const bool by_program = std::any_of(visits_.begin(), visits_.end(), [&](const auto& v) {
                return v.second.user == Globals::program_scope && v.second.target == i;
            });
            if (by_program)
                for (const std::string& on_way : way(i, user)) files.push_back(on_way);
        }
        if (files.size() == 1 && user != Globals::program_scope) files.push_back(user_path);
        files.push_back(module.file);
        return cycle(name, files);
    }
    if (module.state == Module::State::Loading) {
        if (auto files = way(number, user); user != Globals::program_scope && !files.empty()) {
            files.push_back(module.file);
            return cycle(name, files);
        }
        visits_[ticket] = {user, number, nullptr, false};
        return vm_.scheduler.park(module.loaded);
    }
    if (!module.was_loaded) module.scope = vm_.globals.make_scope();
    module.name = module_name(name);
    module.exports.clear();
    module.exports_some = false;
    visits_[ticket] = {user, number, nullptr, false};
    if (!read(ticket, *file, module.scope)) return Value::thrown();
    module.text = std::hash<std::string_view>()(visits_[ticket].unit->source().text());
    module.state = Module::State::Loading;
    return Value::nil();
}

Value Modules::next_form(Ticket ticket) {
    const auto found = visits_.find(ticket);
    if (found == visits_.end() || found->second.unit == nullptr) return Value::nil();
    Visit& visit = found->second;
    Unit& unit = *visit.unit;
    if (!visit.was_read) {
        visit.was_read = true;
        if (const auto problem = unit.read()) {
            if (const auto* error = std::get_if<SyntaxError>(&*problem)) return vm_.make_function(unit.thrower(*error));
            return vm_.diagnosis.raise(std::get<Error>(*problem));
        }
    }
    auto compiled = unit.next();
    if (const auto* error = std::get_if<SyntaxError>(&compiled)) return vm_.make_function(unit.thrower(*error));
    if (Prototype* prototype = std::get<Prototype*>(compiled)) return vm_.make_function(prototype);
    if (visit.target != none) {
        modules_[visit.target].state = Module::State::Loaded;
        modules_[visit.target].was_loaded = true;
    }
    return Value::nil();
}

void Modules::forget_changed() {
    for (Module& module : modules_) {
        if (module.state != Module::State::Loaded) continue;
        const auto text = read_file(module.file);
        if (!text || std::hash<std::string_view>()(*text) != module.text) module.state = Module::State::Absent;
    }
}

std::vector<std::string> Modules::files() const {
    std::vector<std::string> files;
    for (const Module& module : modules_)
        if (module.text) files.push_back(module.file);
    return files;
}

// --- Names

bool Modules::is_public(const Module& module, const Variable* variable) const {
    if (variable->value.is_absent()) return false;
    if (module.exports_some)
        return std::find(module.exports.begin(), module.exports.end(), variable->name.object()) != module.exports.end();
    return (variable->flags & (Variable::Private | Variable::Imported)) == 0;
}

const Variable* Modules::look_up(const Module& module, std::string_view name) {
    const auto& names = vm_.globals.names_of(module.scope);
    const auto found = names.find(vm_.store.symbol(name).object());
    if (found != names.end() && is_public(module, found->second)) return found->second;
    NearNames near(name);
    std::vector<std::string> all;
    for (const auto& [symbol, variable] : names)
        if (is_public(module, variable)) {
            near.offer(as_symbol(variable->name)->text());
            all.emplace_back(as_symbol(variable->name)->text());
        }
    std::sort(all.begin(), all.end());
    std::string note;
    if (const auto best = near.best(); !best.empty())
        note = format(msg::did_you_mean, {join_names(best)});
    else if (!all.empty() && all.size() <= 10)
        note = format(msg::module_public_names, {join_names(all)});
    const bool there =
        found != names.end() && !found->second->value.is_absent() && (found->second->flags & Variable::Imported) == 0;
    vm_.diagnosis.raise(failure(kind::name, there ? msg::module_private : msg::module_no_name, {module.name, name}),
                        note);
    return nullptr;
}

Value Modules::bind_all(std::int64_t number, Globals::Scope user, std::string_view prefix) {
    const Module& module = modules_[static_cast<std::size_t>(number)];
    const Globals::Within scope(vm_.globals, user);
    const Globals::Table names = vm_.globals.names_of(module.scope);
    for (const auto& [symbol, variable] : names) {
        if (!is_public(module, variable)) continue;
        const Value name =
            prefix.empty()
                ? variable->name
                : vm_.store.symbol(std::string(prefix) + "/" + std::string(as_symbol(variable->name)->text()));
        vm_.globals.import(name, variable);
    }
    return Value::nil();
}

Value Modules::bind(std::int64_t number, Globals::Scope user, const std::vector<std::string_view>& names) {
    const Module& module = modules_[static_cast<std::size_t>(number)];
    std::vector<const Variable*> variables;
    for (const std::string_view name : names) {
        variables.push_back(look_up(module, name));
        if (variables.back() == nullptr) return Value::thrown();
    }
    const Globals::Within scope(vm_.globals, user);
    for (const Variable* variable : variables) vm_.globals.import(variable->name, variable);
    return Value::nil();
}

Value Modules::values(std::int64_t number, const std::vector<std::string_view>& names) {
    const Module& module = modules_[static_cast<std::size_t>(number)];
    std::vector<Value> found;
    for (const std::string_view name : names) {
        const Variable* variable = look_up(module, name);
        if (variable == nullptr) return Value::thrown();
        found.push_back(variable->value);
    }
    return make_vector(vm_.store, found);
}

void Modules::rename(Globals::Scope scope, std::string_view name) {
    if (const std::size_t number = module_of(scope); number != none) modules_[number].name = name;
}

Value Modules::export_names(Globals::Scope scope, const std::vector<std::string_view>& names) {
    const std::size_t number = module_of(scope);
    if (number == none || modules_[number].state != Module::State::Loading)
        return vm_.diagnosis.raise(failure(kind::value, msg::export_outside));
    Module& module = modules_[number];
    const auto& known = vm_.globals.names_of(scope);
    std::vector<const Object*> symbols;
    for (const std::string_view name : names) {
        const Object* symbol = vm_.store.symbol(name).object();
        const auto found = known.find(symbol);
        if (found == known.end() || found->second->value.is_absent()) {
            NearNames near(name);
            for (const auto& [other, variable] : known)
                if (!variable->value.is_absent()) near.offer(as_symbol(variable->name)->text());
            const auto best = near.best();
            return vm_.diagnosis.raise(failure(kind::name, msg::export_undefined, {name}),
                                       best.empty() ? "" : format(msg::did_you_mean, {join_names(best)}));
        }
        symbols.push_back(symbol);
    }
    module.exports.insert(module.exports.end(), symbols.begin(), symbols.end());
    module.exports_some = true;
    return Value::nil();
}

} // namespace qi
