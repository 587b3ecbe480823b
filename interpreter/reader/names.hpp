// Symbols that the reader and the compiler know, interned once.
#pragma once

#include "data/store.hpp"
#include "language/forms.hpp"
#include "reader/form.hpp"

#include <array>

namespace qi {

struct Names final : Roots {
    explicit Names(Store& store);
    ~Names() override { store_.heap.remove_roots(this); }
    Names(const Names&) = delete;

    // Tokens
    Value arrow, fat_arrow, bar, ampersand, ellipsis, underscore;
    // Functions that forms are rewritten to
    Value deref, pmap, tap;
    // Special forms
#define FORM(member, ...) Value member;
#define PIPE(...)
#include "language/forms.def"

    /// The special form that the symbol names, or null.
    const SpecialForm* form(Value symbol) const noexcept {
        for (std::size_t at = slot_of(symbol);; at = (at + 1) % slots) {
            if (by_hash_[at].form == nullptr || by_hash_[at].symbol == symbol) return by_hash_[at].form;
        }
    }
    /// The special form that it is, or null.
    const SpecialForm* form_of(const Form* form) const noexcept {
        return form->is_call() && form->list.items[0]->is(FormKind::Symbol) ? this->form(form->list.items[0]->value)
                                                                            : nullptr;
    }

    void trace_young(Tracer&) override {} // symbols are born old
    void trace_all(Tracer& tracer) override;

private:
    struct Slot {
        Value symbol;
        const SpecialForm* form = nullptr;
    };
    static constexpr std::size_t slots = 128; // most are empty, so that a name of no form is recognised at once
    static_assert(std::size(special_forms) < slots / 2);
    static std::size_t slot_of(Value symbol) noexcept { return as_symbol(symbol)->hash % slots; }

    Store& store_;
    std::array<Slot, slots> by_hash_{};
};

} // namespace qi
