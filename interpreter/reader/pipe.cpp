// Infix pipes (docs/language.md, 1.8): where the left side goes.
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
    const auto push_all = [&](Form* form, std::size_t from, bool repeated) {
        for (std::size_t i = form->list.count; i-- > from;) pending.push_back({form->list.items[i], repeated});
    };
    while (!pending.empty()) {
        const auto [form, repeated] = pending.back();
        pending.pop_back();
        if (form->is_symbol(names.underscore)) {
            result.found.push_back(form);
            result.repeated |= repeated;
            continue;
        }
        if (!form->has_items() || form->is(FormKind::FString)) continue;
        if (!form->is_call()) {
            push_all(form, 0, repeated);
            continue;
        }
        Form* head = form->list.items[0];
        const SpecialForm* special = names.form_of(form);
        const SpecialForm::Scope scope = special == nullptr ? SpecialForm::Around : special->scope;
        if (special != nullptr && special->is(SpecialForm::NoPlaceholder)) continue;
        if (scope == SpecialForm::Bindings && form->list.count > 1 && form->list.items[1]->is(FormKind::Vector)) {
            const bool again = repeated || special->is(SpecialForm::Repeats);
            push_all(form, 2, again);
            const Form* bindings = form->list.items[1];
            for (std::size_t i = bindings->list.count; i-- > 0;)
                if (i % 2 == 1) pending.push_back({bindings->list.items[i], repeated});
            continue;
        }
        if (scope == SpecialForm::Function) {
            std::size_t parameters = 1;
            while (parameters < form->list.count && !form->list.items[parameters]->is(FormKind::Vector)) ++parameters;
            push_all(form, parameters + 1, true);
            continue;
        }
        if (scope == SpecialForm::Task) {
            push_all(form, 1, true);
            continue;
        }
        if (scope == SpecialForm::Arms) {
            // The subject and the guards.
            bool in_guard = false;
            for (std::size_t i = 1; i < form->list.count; ++i) {
                Form* item = form->list.items[i];
                if (i == 1 || in_guard) pending.push_back({item, repeated});
                in_guard = item->is_symbol(names.when);
            }
            continue;
        }
        push_all(form, defines(special) ? 2 : 1, repeated);
        // The head itself is no place for the value, but what it computes may be: ((f _) x).
        if (head->has_items()) pending.push_back({head, repeated});
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
