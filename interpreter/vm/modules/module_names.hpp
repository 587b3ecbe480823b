// What the files that a program uses and loads define, told by reading them without running them: for warnings and
// editors. Interpreter thread only.
#pragma once

#include "compiler/definitions.hpp"
#include "vm/vm.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

class ModuleNames final : public OtherFiles {
public:
    /// As seen from a file; empty: from text without a file, in the working directory.
    ModuleNames(Vm& vm, std::string file) : ModuleNames(vm, std::move(file), nullptr) {}

    const Interface& of_module(std::string_view module) override;
    const Interface& of_loaded(std::string_view path) override;

    /// A file that was asked for, and the name that it was asked for by, if it is a module's.
    struct Used {
        std::string file;   // empty: there is none
        std::string module; // empty: it was loaded, or the name is a path
        std::string by;     // the file that asked
        std::string name;   // as it was written
    };
    /// All so far, also those that the files themselves ask for, each once.
    const std::vector<Used>& used() const noexcept { return known_->used; }

private:
    struct Known {
        std::map<std::string, Interface> interfaces; // by path; what is being read is unclear
        std::vector<Used> used;
    };
    ModuleNames(Vm& vm, std::string file, std::shared_ptr<Known> known);
    void note(Used used);
    const Interface& read(const std::string& file, std::string name, bool loaded);

    Vm& vm_;
    std::string file_;
    std::string program_; // the first file that was looked at
    std::shared_ptr<Known> known_;
};

} // namespace qi
