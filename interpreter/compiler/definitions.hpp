// What a file's top level defines, found by looking at its forms before any of them runs: so that a name may be used
// above its definition, and a call be held against the definition that it will meet. Interpreter thread only.
#pragma once

#include "reader/form.hpp"
#include "reader/names.hpp"

#include <span>
#include <string>
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

class Definitions {
public:
    /// Adds what the forms define.
    void scan(const Names& names, std::span<Form* const> forms);

    /// The name is defined by something that can't be looked at.
    void mention(Value name) { perhaps_.insert(name.bits()); }

    /// What is known of the name; null: the file doesn't define it.
    const FileDefinition* find(Value name) const;
    /// The name is defined, or perhaps will be by a macro, by code that is data now, or by another file.
    bool may_define(Value name) const;

    template <typename Visit>
    void each(Visit visit) const {
        for (const auto& [bits, entry] : known_) visit(entry.name);
    }

private:
    struct Entry {
        Value name;
        FileDefinition definition;
    };
    struct Item {
        const Form* form;
        bool quoted; // data, which `eval` may still make code
        bool local;  // a `def` here belongs to a function or a scope
    };

    void look(const Names& names, const Item& item);
    void add(Value name, const Form* parameters, const Form* doc, bool quoted);
    bool is_definer(const Names& names, const Form* body) const;
    void add_symbols(const Form* form);

    std::unordered_map<std::uint64_t, Entry> known_; // by the symbol's word
    void look_at_use(const Form* form);

    std::unordered_set<std::uint64_t> perhaps_;
    std::vector<std::string> prefixes_; // of names from modules
    bool open_ = false;                 // another file may define any name
    std::unordered_set<std::uint64_t> definers_; // macros that define something
    std::vector<Item> pending_;
};

} // namespace qi
