// Files that a program loads while it runs: modules, which `use` loads once and takes names from, and files that `load`
// runs again each time. A native can't call what it has compiled, so loading is driven by library functions
// (stdlib/core/modules.qi) that ask for one form after the other. Who loads holds a ticket and gives it back however
// the loading ends. Interpreter thread only.
#pragma once

#include "vm/modules/unit.hpp"
#include "vm/vm.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

class Modules {
public:
    explicit Modules(Vm& vm) : vm_(vm) {}
    /// Those of the program that this VM runs.
    static Modules& of(Vm& vm);

    /// The file that the program itself is.
    void set_program(const std::string& file) { program_ = file; }

    using Ticket = std::int64_t;
    Ticket take_ticket() { return ++last_ticket_; }
    /// The goroutines that wait for what the ticket was loading try again. A module that isn't complete is forgotten.
    void leave(Ticket ticket);

    /// The module's number, once it has been loaded; or it is this ticket's to load: then `next_form` gives its forms.
    /// Parks while others load it. What a native returns: an integer, or nil if it is to be loaded.
    Value find(Ticket ticket, Globals::Scope user, std::string_view user_file, std::string_view name);
    /// Opens a file that is to run in the program's own scope. `.qi` may be missing.
    Value open(Ticket ticket, std::string_view path);
    /// A function that does what the next form says; nil after the last one, when a module counts as loaded.
    Value next_form(Ticket ticket);

    /// Makes public names known in the user's scope, as `prefix/name`, or `name` if the prefix is empty.
    Value bind_all(std::int64_t module, Globals::Scope user, std::string_view prefix);
    Value bind(std::int64_t module, Globals::Scope user, const std::vector<std::string_view>& names);
    /// The values of public names.
    Value values(std::int64_t module, const std::vector<std::string_view>& names);
    std::string_view name_of(std::int64_t module) const { return modules_[static_cast<std::size_t>(module)].name; }

    /// Modules whose files have changed are loaded again where they are used next; what their functions were known as
    /// keeps its variables, so that callers see the new ones.
    void forget_changed();
    /// Of the modules that are loaded, or would be again.
    std::vector<std::string> files() const;

    /// (module name), (export name …) in the file of that scope.
    void rename(Globals::Scope scope, std::string_view name);
    Value export_names(Globals::Scope scope, const std::vector<std::string_view>& names);

private:
    struct Module {
        std::string file;     // as messages show it
        std::string identity; // the file's one true path
        std::string name;
        Globals::Scope scope = Globals::program_scope;
        enum class State : std::uint8_t { Absent, Loading, Loaded } state = State::Absent;
        bool exports_some = false;
        std::vector<const Object*> exports; // symbols
        std::optional<std::size_t> text;    // of the file when it was last read: its hash
        bool was_loaded = false;            // its variables are in use
        Wait loaded;                        // or forgotten
    };
    /// What a ticket's holder does: module `target` is loaded or waited for on behalf of the file of scope `user`.
    struct Visit {
        Globals::Scope user = Globals::program_scope;
        std::size_t target = none;
        std::unique_ptr<Unit> unit; // of the loading goroutine
        bool was_read = false;
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::size_t number_of(const std::string& file, std::string_view name);
    std::size_t module_of(Globals::Scope scope) const;
    bool is_public(const Module& module, const Variable* variable) const;
    const Variable* look_up(const Module& module, std::string_view name); // null: thrown
    Value not_found(std::string_view name, const std::string& user, const std::vector<std::string>& tried);
    Value cycle(std::string_view name, const std::vector<std::string>& files);
    /// The files on the way from module `from` to the file of scope `to`, by what loads what. Empty: there is none.
    std::vector<std::string> way(std::size_t from, Globals::Scope to) const;
    bool read(Ticket ticket, const std::string& file, Globals::Scope scope); // false: thrown

    Vm& vm_;
    std::string program_;
    std::deque<Module> modules_;
    std::map<Ticket, Visit> visits_;
    Ticket last_ticket_ = 0;
};

} // namespace qi
