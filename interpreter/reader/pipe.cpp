// Infix pipes (docs/language.md, 1.8): where the left side goes.
#include "reader/form_tree.hpp"
#include "reader/reader.hpp"

namespace qi {

namespace {

struct Placeholders {
    std::vector<Form*> found;
    bool repeated = false; // one stands where it may be evaluated more than once, or later
};

/// Every `_` that a pipe fills: in arguments and bodies, not in heads, patterns, parameter lists or f-strings.
Placeholders find_placeholders(const Names& names, Form* root) {
    struct Item {
        Form* form;
        bool repeated;
    };
    Placeholders result;
    std::vector<Item> pending{{root, false}};
    const auto push_all = [&](std::span<Form* const> forms, bool repeated) {
        for (Form* each : forms) pending.push_back({each, repeated});
    };
    while (!pending.empty()) {
        Form* const form = pending.back().form;
        const bool repeated = pending.back().repeated;
        pending.pop_back();
        if (form->is_symbol(names.underscore)) {
            result.found.push_back(form);
            result.repeated |= repeated;
            continue;
        }
        if (!form->has_items() || form->is(FormKind::FString)) continue;
        const SpecialForm* special = names.form_of(form);
        if (special == nullptr) {
            push_all(form->items().subspan(form->is_call() ? 1 : 0), repeated);
        } else if (!special->is(SpecialForm::NoPlaceholder)) {
            const bool repeats = special->makes_function() || special->is(SpecialForm::Repeats);
            each_part(FormTree{names}, *special, form->items(), [&](Part part, std::span<Form* const> parts) {
                const bool body = part == Part::Body && special->scope != SpecialForm::Arms;
                if (body || part == Part::Around || part == Part::Value || part == Part::Guard || part == Part::Datum)
                    push_all(parts, repeated || (body && repeats));
            });
        }
        // The head itself is no place for the value, but what it computes may be: ((f _) x).
        if (form->is_call() && form->list.items[0]->has_items()) pending.push_back({form->list.items[0], repeated});
    }
    return result;
}

Form* into_call(FormArena& arena, const Names& names, Form* left, Form* right, Span span) {
    const Placeholders places = find_placeholders(names, right);
    if (places.found.size() == 1 && !places.repeated) {
        *places.found.front() = *left;
        return right;
    }
    if (!places.found.empty()) {
        // Evaluated once: named, and the name put wherever it is wanted.
        Form* name = arena.fresh("piped", left->span);
        for (Form* place : places.found) place->value = name->value;
        Form* bindings[] = {name, left};
        const auto named = [&](Form* body) {
            return arena.list({arena.symbol(names.let, span), arena.collection(FormKind::Vector, bindings, span), body},
                              span);
        };
        if (!right->is_call() || !right->list.items[0]->is_symbol(names.def) || right->list.count != 3)
            return named(right);
        right->list.items[2] = named(right->list.items[2]); // what it defines is known around it
        return right;
    }
    if (!right->is_call() || takes_no_pipe(names, right->list.items[0])) return arena.list({right, left}, span);
    std::vector<Form*> items(right->items().begin(), right->items().end());
    items.push_back(left);
    return arena.collection(FormKind::List, items, span);
}

} // namespace

bool takes_no_pipe(const Names& names, const Form* head) noexcept {
    const SpecialForm* special = head->is(FormKind::Symbol) ? names.form(head->value) : nullptr;
    return special != nullptr && !special->is(SpecialForm::TakesPipe);
}

Form* desugar_pipe(FormArena& arena, const Names& names, Form* left, std::string_view op, Form* right) {
    // What a stage does is found where the stage stands, not where its pipeline begins.
    const Span span = right->span;
    if (op == "|>?") return arena.list({arena.symbol(names.pipe_if_ok, span), left, right}, span);
    if (op == "||>") return arena.list({arena.symbol(names.pmap, span), right, left}, span);
    return into_call(arena, names, left, right, span);
}

} // namespace qi
