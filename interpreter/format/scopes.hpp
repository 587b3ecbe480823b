// What the names of a text mean: what defines each, where it may be used, and where it is. Made of the formatter's
// tree, so that a text that is being written has one too; nothing runs. language/scopes.hpp says what each form binds.
// One thread.
#pragma once

#include "format/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace qi::layout {

enum class BindingKind : std::uint8_t { Function, Value, Macro, Local };

struct Binding {
    std::string name;
    BindingKind kind = BindingKind::Local;
    bool global = false;
    bool hidden = false;                          // defn-
    bool of_module = false;                       // behind the :only of a body: its occurrences are the module's
    std::uint32_t begin = 0, end = 0;             // the name where it is bound
    std::uint32_t scope_begin = 0, scope_end = 0; // where it may be used
    std::uint32_t form_begin = 0, form_end = 0;   // the definition, with its brackets
    std::string parameters;                       // of a function or macro: `[a & more]`
    std::string doc;
};

struct Occurrence {
    std::uint32_t begin, end;
    int binding; // of `bindings`, or -1: of the library or another file, or unknown
};

/// `(use m :as x)` and its like.
struct UsedModule {
    std::string module;
    std::string prefix; // `x/`; empty if the names have no prefix
    bool bare = false;
    std::uint32_t begin, end;
};

struct Scopes {
    std::vector<Binding> bindings;
    std::vector<Occurrence> occurrences; // by their places
    std::vector<UsedModule> modules;
    std::vector<std::string> exports;
    bool exports_some = false;
    std::unordered_map<std::string, int> globals; // of `bindings`

    /// Calls `visit` for each binding that code at the place may use, inner ones first.
    template <typename Visit>
    void each_visible(std::size_t offset, Visit visit) const {
        for (std::size_t i = bindings.size(); i-- > 0;) {
            const Binding& binding = bindings[i];
            const bool is_itself = binding.begin <= offset && offset <= binding.end;
            if (!is_itself && binding.scope_begin <= offset && offset <= binding.scope_end) visit(binding);
        }
    }
    /// The name at the place, or null. Just after its end counts.
    const Occurrence* at(std::size_t offset) const noexcept;
    /// The global of that name, or null.
    const Binding* global(std::string_view name) const noexcept;
    /// Whether a file that uses this one may use the global.
    bool is_public(const Binding& binding) const noexcept;
};

Scopes scopes_of(const Tree& tree);

/// A word that may be bound: no number, keyword, sign or constant.
bool is_name(std::string_view word);
/// A character that may be in a name.
bool is_name_byte(char c) noexcept;

} // namespace qi::layout
