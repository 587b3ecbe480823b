// Quasiquote: rewritten to calls that build the data. `name#` inside one quasiquote is one fresh symbol.
#include "base/messages.hpp"
#include "compiler/compiler.hpp"

namespace qi {

void Compiler::quasiquote(Form* form, Register to) { expression(quasi(form->list.items[0], 1), to); }

/// The form that evaluates to what `form` stands for at this level of quasiquotes.
Form* Compiler::quasi(Form* form, int level) {
    const Span span = form->span;
    const auto quoted = [&](Form* x) { return arena_.list({arena_.symbol(names_.quote, span), x}, span); };
    if (form->is(FormKind::Unquote) && level == 1) return form->list.items[0];
    if (!form->has_items()) return form->is(FormKind::Symbol) ? quoted(form) : form;
    if (form->is(FormKind::FString)) return form;
    const bool nested = form->is(FormKind::Quasiquote), unquote = form->is(FormKind::Unquote) || form->is(FormKind::Splice);
    if (nested || unquote) {
        // Data of its own kind, one level up or down: (quasiquote x), kept as a list headed by its sign.
        const char* sign = nested ? "`" : form->is(FormKind::Unquote) ? "," : ",@";
        Form* head = quoted(arena_.symbol(sign, span));
        Form* inner = quasi(form->list.items[0], level + (nested ? 1 : -1));
        return arena_.list({arena_.symbol("list", span), head, inner}, span);
    }
    // Runs of plain items are vectors; what is spliced stands between them.
    std::vector<Form*> segments, run;
    const auto flush = [&] {
        if (!run.empty()) segments.push_back(arena_.collection(FormKind::Vector, run, span));
        run.clear();
    };
    for (Form* item : form->items()) {
        if (item->is(FormKind::Splice) && level == 1) {
            flush();
            segments.push_back(item->list.items[0]);
        } else {
            run.push_back(quasi(item, level));
        }
    }
    flush();
    const char* builder = form->is(FormKind::List) ? "%list-of" : form->is(FormKind::Vector) ? "%vector-of" : form->is(FormKind::Map) ? "%map-of" : "%set-of";
    segments.insert(segments.begin(), arena_.symbol(builder, span));
    return arena_.collection(FormKind::List, segments, span);
}

} // namespace qi
