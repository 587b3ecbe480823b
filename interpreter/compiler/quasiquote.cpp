// Quasiquote: rewritten to calls that build the data. `name#` inside one quasiquote is one fresh symbol.
#include "base/messages.hpp"
#include "compiler/compiler.hpp"

namespace qi {

void Compiler::quasiquote(Form* form, Register to) {
    FreshNames fresh;
    Form* built = quasi(form->list.items[0], 1, fresh);
    if (!fresh.empty()) {
        // (let [a (gensym "a") …] built): a new symbol each time that the template is filled in.
        const Span span = form->span;
        std::vector<Form*> bindings;
        for (const auto& [name, variable] : fresh) {
            const std::string_view text = as_symbol(name)->text();
            bindings.push_back(variable);
            bindings.push_back(arena_.list(
                {arena_.symbol("gensym", span), arena_.string(text.substr(0, text.size() - 1), span)}, span));
        }
        built = arena_.list(
            {arena_.symbol(names_.let, span), arena_.collection(FormKind::Vector, bindings, span), built}, span);
    }
    expression(built, to);
}

/// The form that evaluates to what `form` stands for at this level of quasiquotes.
Form* Compiler::quasi(Form* form, int level, FreshNames& fresh) {
    const Nested nested(*this, form);
    const Span span = form->span;
    const auto quoted = [&](Form* x) { return arena_.list({arena_.symbol(names_.quote, span), x}, span); };
    if (form->is(FormKind::Unquote) && level == 1) return form->list.items[0];
    if (form->is(FormKind::Symbol)) {
        if (level != 1 || as_symbol(form->value)->text().back() != '#') return quoted(form);
        for (const auto& [name, variable] : fresh)
            if (name == form->value) return variable;
        fresh.emplace_back(form->value, arena_.fresh("fresh", span));
        return fresh.back().second;
    }
    if (!form->has_items()) return form;
    if (form->is(FormKind::Quasiquote)) ++level;
    if (form->is(FormKind::Unquote) || form->is(FormKind::Splice)) --level;
    // Runs of plain items are vectors; what is spliced stands between them.
    std::vector<Form*> segments, run;
    const auto flush = [&] {
        if (!run.empty()) segments.push_back(arena_.collection(FormKind::Vector, run, span));
        run.clear();
    };
    const std::string_view sign = sign_of(form->kind);
    if (!sign.empty()) run.push_back(quoted(arena_.symbol(sign, span)));
    for (Form* item : form->items()) {
        if (item->is(FormKind::Splice) && level == 1) {
            flush();
            segments.push_back(item->list.items[0]);
        } else {
            run.push_back(quasi(item, level, fresh));
        }
    }
    flush();
    const char* builder = form->is(FormKind::List) || !sign.empty() ? "%list-of"
                          : form->is(FormKind::Vector)              ? "%vector-of"
                          : form->is(FormKind::Map)                 ? "%map-of"
                                                                    : "%set-of";
    segments.insert(segments.begin(), arena_.symbol(builder, span));
    return arena_.collection(FormKind::List, segments, span);
}

} // namespace qi
