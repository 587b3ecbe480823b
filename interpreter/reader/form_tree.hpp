// Forms, as language/scopes.hpp looks at them. Interpreter thread only.
#pragma once

#include "language/scopes.hpp"
#include "reader/names.hpp"

namespace qi {

struct FormTree {
    const Names& names;

    std::span<Form* const> items(const Form* form) const noexcept {
        return form->has_items() && !form->is(FormKind::Quasiquote) ? form->items() : std::span<Form* const>();
    }
    bool is_vector(const Form* form) const noexcept { return form->is(FormKind::Vector); }
    bool is_pattern(const Form* form) const noexcept { return form->is(FormKind::Vector) || form->is(FormKind::Map); }
    bool is_name(const Form* form) const noexcept {
        return form->is(FormKind::Symbol) && form->value != names.arrow && form->value != names.fat_arrow &&
               form->value != names.bar && form->value != names.ampersand && form->value != names.ellipsis;
    }
    bool is_text(const Form* form) const noexcept { return form->is(FormKind::String); }
    bool is_arrow(const Form* form) const noexcept { return form->is_symbol(names.arrow); }
    bool is_fat_arrow(const Form* form) const noexcept { return form->is_symbol(names.fat_arrow); }
    bool is_when(const Form* form) const noexcept { return form->is_symbol(names.when); }
    bool calls_name(const Form* form) const noexcept {
        return form->is_call() && form->list.items[0]->is(FormKind::Symbol);
    }
    const SpecialForm* form_of(const Form* form) const noexcept { return names.form_of(form); }
};

} // namespace qi
