// What a file's top level defines, found by looking at its forms before any of them runs: so that a name may be used
// above its definition, and a call be held against the definition that it will meet. Interpreter thread only.
#pragma once

#include "data/symbol.hpp"
#include "reader/form.hpp"
#include "reader/names.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace qi {

/// One name of a file. Its forms live as long as the file's arena.
struct FileDefinition {
    int times = 0;                    // more than once: which one a call meets isn't known
    const Form* parameters = nullptr; // of a function
    const Form* doc = nullptr;
};

/// Knows what other files define without running them.
class OtherFiles {
public:
    virtual ~OtherFiles() = default;

    struct Name {
        std::string text;
        bool defines; // a macro whose calls define something
    };
    struct Interface {
        enum class State : std::uint8_t { Missing, Unclear, Known } state = State::Unclear;
        std::string own_name;    // of a module
        std::vector<Name> names; // public ones
    };
    /// The file that (use module) loads.
    virtual const Interface& of_module(std::string_view module) = 0;
    /// The file that (load path) runs: all its names.
    virtual const Interface& of_loaded(std::string_view path) = 0;
};

class Definitions {
public:
    /// Adds what the forms define. `others` must live as long as this does; null: nothing is known of other files.
    void scan(const Names& names, std::span<Form* const> forms, OtherFiles* others = nullptr);
    OtherFiles* others() const noexcept { return others_; }

    /// The name is defined by something that can't be looked at.
    void mention(Value name) { perhaps_.emplace(as_symbol(name)->text()); }

    /// What is known of the name; null: the file doesn't define it.
    const FileDefinition* find(Value name) const;
    /// The name is defined, or perhaps will be by a macro, by code that is data now, or by another file.
    bool may_define(Value name) const;

    /// Offers each name, as text.
    template <typename Visit>
    void each(Visit visit) const {
        for (const auto& [bits, entry] : known_) visit(as_symbol(entry.name)->text());
        for (const std::string& name : imported_) visit(std::string_view(name));
    }

    /// What the file makes known where it is loaded.
    OtherFiles::Interface all_names() const;
    /// Seen as a module: what others get of it.
    OtherFiles::Interface interface(const Names& names, std::span<Form* const> forms) const;

private:
    struct Entry {
        Value name;
        bool hidden = false; // defn-
        FileDefinition definition;
    };
    struct Item {
        const Form* form;
        bool quoted; // data, which `eval` may still make code
        bool local;  // a `def` here belongs to a function or a scope
    };

    void look(const Names& names, const Item& item);
    void add(const Names& names, const Form* definition, bool quoted);
    bool is_definer(const Names& names, const Form* body) const;
    void add_symbols(const Form* form);

    std::unordered_map<std::uint64_t, Entry> known_; // by the symbol's word
    void look_at_use(const Form* form);
    void look_at_load(const Form* form);
    bool is_definer(Value name) const;
    void import(std::string name, bool defines);

    OtherFiles* others_ = nullptr;
    std::set<std::string, std::less<>> perhaps_;
    std::set<std::string, std::less<>> imported_;
    std::set<std::string, std::less<>> imported_definers_;
    std::vector<std::string> prefixes_;          // of names from modules that can't be looked at
    bool open_ = false;                          // another file may define any name
    std::unordered_set<std::uint64_t> definers_; // macros that define something
    std::vector<Item> pending_;
};

} // namespace qi
