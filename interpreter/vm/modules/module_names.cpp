#include "vm/modules/module_names.hpp"

#include "base/files.hpp"
#include "reader/reader.hpp"
#include "vm/modules/loader.hpp"
#include "vm/modules/module_search.hpp"

#include <algorithm>

namespace qi {

namespace {

const OtherFiles::Interface missing{OtherFiles::Interface::State::Missing, {}, {}};

} // namespace

ModuleNames::ModuleNames(Vm& vm, std::string file, std::shared_ptr<Known> known)
    : vm_(vm), file_(std::move(file)), program_(file_),
      known_(known != nullptr ? std::move(known) : std::make_shared<Known>()) {}

const OtherFiles::Interface& ModuleNames::of_module(std::string_view module) {
    const auto candidates = module_candidates(module, file_, program_);
    const auto file = std::find_if(candidates.begin(), candidates.end(), is_readable_file);
    const bool is_path = module.starts_with('/') || module.starts_with('.');
    note({file == candidates.end() ? "" : *file, is_path ? "" : std::string(module), file_, std::string(module)});
    return file == candidates.end() ? missing : read(*file, module_name(module), false);
}

const OtherFiles::Interface& ModuleNames::of_loaded(std::string_view path) {
    for (const std::string& file : load_candidates(path, file_))
        if (is_readable_file(file)) {
            note({file, "", file_, std::string(path)});
            return read(file, {}, true);
        }
    note({"", "", file_, std::string(path)});
    return missing;
}

void ModuleNames::note(Used used) {
    const auto same = [&](const Used& other) {
        return other.file == used.file && (!used.file.empty() || other.name == used.name);
    };
    if (std::none_of(known_->used.begin(), known_->used.end(), same)) known_->used.push_back(std::move(used));
}

const OtherFiles::Interface& ModuleNames::read(const std::string& file, std::string name, bool loaded) {
    const auto [found, fresh] = known_->interfaces.try_emplace((loaded ? "load " : "use ") + files::real_path(file));
    Interface& interface = found->second;
    if (!fresh) return interface;
    auto text = read_file(file);
    if (!text) return interface;
    const Source source(file, std::move(*text), true);
    if (unreadable(source)) return interface;
    FormArena arena(vm_.store);
    Reader reader(arena, vm_.names, source);
    std::vector<Form*> forms;
    for (;;) {
        Form* form = nullptr;
        if (reader.next(form)) return interface;
        if (form == nullptr) break;
        forms.push_back(form);
    }
    ModuleNames others(vm_, file, known_);
    others.program_ = program_;
    Definitions definitions;
    definitions.scan(vm_.names, forms, &others);
    interface = loaded ? definitions.all_names() : definitions.interface(vm_.names, forms);
    if (interface.own_name.empty()) interface.own_name = std::move(name);
    return interface;
}

} // namespace qi
