// use, module, export: calls of what the library does about modules (vm/modules/modules.hpp), which are told the scope
// and the file that the form stands in.
#include "base/messages.hpp"
#include "compiler/compiler.hpp"

namespace qi {

/// The name of a module or variable, written as a symbol or a string, as a string. Null if it is neither.
Form* Compiler::name_text(const Form* name) {
    if (name->is(FormKind::Symbol)) return arena_.string(as_symbol(name->value)->text(), name->span);
    if (name->is(FormKind::String)) return arena_.string(name->text, name->span);
    return nullptr;
}

void Compiler::form_use(Form* form, Register to, Want) {
    const auto items = form->items();
    need(form, items.size() >= 2 && items.size() <= 4 && name_text(items[1]) != nullptr);
    std::string_view mode = "as";
    Form* what = arena_.make(FormKind::Nil, form->span); // :as nil: the module's own name
    if (items.size() > 2) {
        need(form, items[2]->is(FormKind::Keyword));
        mode = as_symbol(items[2]->value)->text();
        if (mode == "only") {
            need(form, items.size() == 4 && items[3]->is(FormKind::Vector));
            std::vector<Form*> texts;
            for (const Form* name : items[3]->items()) {
                texts.push_back(name_text(name));
                need(form, texts.back() != nullptr);
            }
            what = arena_.collection(FormKind::Vector, texts, form->span);
        } else if (mode == "as") {
            need(form, items.size() == 4 && name_text(items[3]) != nullptr);
            what = name_text(items[3]);
        } else {
            need(form, mode == "all" && items.size() == 3);
        }
    }
    check_use(form);
    // Names of a module become local ones where they are known while compiling; else the file's.
    const bool local = mode == "only" && (f().parent() != nullptr || f().depth() > 0);
    const Span span = form->span;
    Form* call =
        arena_.list({arena_.symbol("%use", span), arena_.integer(static_cast<std::int64_t>(globals_.scope()), span),
                     arena_.string(source_->is_file() ? source_->name() : "", span), name_text(items[1]),
                     arena_.keyword(local ? "values" : mode, span), what},
                    span);
    const unsigned mark = f().next_register();
    const Register values = f().reserve();
    expression(call, values);
    if (local) {
        const Register value = f().reserve();
        for (std::size_t i = 0; i < items[3]->items().size(); ++i) {
            f().emit(Opcode::Item, value, values, static_cast<unsigned>(i));
            define(store_.symbol(name_text(items[3]->items()[i])->text), form, value);
        }
    }
    f().release_to(mark);
    constant(Value::nil(), to);
}

void Compiler::form_module(Form* form, Register to, Want) {
    need(form, form->list.count == 2 && name_text(form->list.items[1]) != nullptr);
    const Span span = form->span;
    expression(
        arena_.list({arena_.symbol("%module-name", span),
                     arena_.integer(static_cast<std::int64_t>(globals_.scope()), span), name_text(form->list.items[1])},
                    span),
        to);
}

void Compiler::form_export(Form* form, Register to, Want) {
    const auto items = form->items();
    need(form, items.size() >= 2);
    std::vector<Form*> names;
    for (const Form* name : items.subspan(1)) {
        names.push_back(name_text(name));
        need(form, names.back() != nullptr);
    }
    const Span span = form->span;
    expression(arena_.list({arena_.symbol("%module-export", span),
                            arena_.integer(static_cast<std::int64_t>(globals_.scope()), span),
                            arena_.collection(FormKind::Vector, names, span)},
                           span),
               to);
}

} // namespace qi
