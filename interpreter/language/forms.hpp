// What other parts have to know about the special forms: the table forms.def. It knows names as text and nothing about
// forms that are read, so that the formatter and the editors' tools, which look at text, use the same rows as the
// compiler. Constants, for any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace qi {

struct SpecialForm {
    enum Scope : std::uint8_t {
        Around,   // it binds nothing, and is evaluated where it is
        Function, // name? docstring? [parameters] body: a function's
        Task,     // all of it is the body of a function that sees what is around it
        Bindings, // [pattern expression ...] body: each expression sees the patterns before it, the body all of them
        Arms,     // subject, then pattern -> expression: each pattern binds for its own expression
        Data,     // none of its items is evaluated
    };
    enum Layout : std::uint8_t {
        Call,       // as a call of a function
        Body,       // what isn't inlined is indented by two
        Lets,       // a Body after pairs in brackets
        Branches,   // pattern -> expression
        Pairs,      // test expression
        Definition, // a Body that may be on the first line
    };
    enum Trait : std::uint16_t {
        NoTraits = 0,
        TakesPipe = 1,      // x |> (form y) is (form y x), as of a call
        NoPlaceholder = 2,  // the _ of a pipe isn't looked for in it
        Repeats = 4,        // its body may be evaluated more than once
        Frame = 8,          // what its body defers is done when the body is left
        Defines = 16,       // its first argument is a name that is known around it
        Replaceable = 32,   // a program may define a function or macro of that name instead
        Condition = 256,    // its first item isn't in that body
        ElseOutside = 64,   // its fourth item doesn't see what it binds
        ValuesInside = 128, // what the expressions of its bindings define is known in it alone
        Apart = 512,        // each of its items is evaluated by itself
    };

    std::string_view name;
    Scope scope;
    Layout layout;
    std::uint8_t inlined;
    std::uint16_t traits;
    std::string_view usage; // how it is written; several ways on lines of their own
    std::string_view doc;   // prose, and last an example; nothing for what programs don't write

    constexpr bool is(Trait trait) const noexcept { return (traits & trait) != 0; }
    /// What it defines is known in it alone.
    constexpr bool opens_scope() const noexcept { return scope != Around && scope != Data; }
    /// What it mentions is mentioned in another function than the one around it.
    constexpr bool makes_function() const noexcept { return scope == Function || scope == Task; }
};

inline constexpr SpecialForm special_forms[] = {
#define FORM(member, handler, name, scope, layout, inlined, traits, usage, doc)                                        \
    {name,                                                                                                             \
     SpecialForm::scope,                                                                                               \
     SpecialForm::layout,                                                                                              \
     inlined,                                                                                                          \
     [] {                                                                                                              \
         using enum SpecialForm::Trait;                                                                                \
         return static_cast<std::uint16_t>(traits);                                                                    \
     }(),                                                                                                              \
     usage,                                                                                                            \
     doc},
#define PIPE(name, usage, doc)
#include "language/forms.def"
};

static_assert(std::is_sorted(std::begin(special_forms), std::end(special_forms),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

/// The form of that name, or null.
constexpr const SpecialForm* find_form(std::string_view name) noexcept {
    const auto* found =
        std::lower_bound(std::begin(special_forms), std::end(special_forms), name,
                         [](const SpecialForm& form, std::string_view wanted) { return form.name < wanted; });
    return found != std::end(special_forms) && found->name == name ? found : nullptr;
}

/// Whether what was looked up is a form that defines a name; null isn't.
constexpr bool defines(const SpecialForm* form) noexcept { return form != nullptr && form->is(SpecialForm::Defines); }

} // namespace qi
