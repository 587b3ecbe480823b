// Binding patterns of parameters, let and loop (docs/language.md, 1.9): they throw where they don't fit.
#include "base/messages.hpp"
#include "compiler/compiler.hpp"

namespace qi {

void Compiler::bind_local(const Form* pattern, Register reg) {
    if (!pattern->is(FormKind::Symbol)) return bind_pattern(pattern, reg);
    check_bindable(pattern);
    f().declare(pattern->value, reg).binding = pattern;
}

/// The signs of match and of parameter lists are no names: one that stands elsewhere is a slip.
void Compiler::check_bindable(const Form* symbol) {
    const std::string_view name = as_symbol(symbol->value)->text();
    if (name == "|" || name == "=>" || name == "->" || name == "&" || name == "...")
        fail(symbol, msg::unexpected, {name});
}

void Compiler::fail_pattern(const Form* pattern) const {
    // A comma between the pairs of a let is more likely than an unquote.
    if (pattern->is(FormKind::Unquote)) fail(pattern, msg::unquote_outside, {","});
    fail(pattern, msg::bad_pattern, {text_of_form(pattern)});
}

void Compiler::bind_pattern(const Form* pattern, Register value) {
    const Nested nested(*this, pattern);
    if (!pattern->has_items()) fail_pattern(pattern);
    const auto items = pattern->items();
    const Span outer = f().span();
    f().set_span(pattern->span);
    const auto is_as = [](const Form* form) {
        return form->is(FormKind::Keyword) && as_symbol(form->value)->text() == "as";
    };
    const auto bind_whole = [&](std::size_t at) {
        if (at + 2 != items.size() || !items[at + 1]->is(FormKind::Symbol)) fail(items[at], msg::as_last);
        f().declare(items[at + 1]->value, value).binding = items[at + 1];
    };
    if (pattern->is(FormKind::Vector)) {
        std::size_t fixed = 0;
        while (fixed < items.size() && !items[fixed]->is_symbol(names_.ampersand) &&
               !items[fixed]->is_symbol(names_.ellipsis) && !is_as(items[fixed]))
            ++fixed;
        const bool rest = fixed < items.size() && !is_as(items[fixed]);
        if (fixed > 200) fail(pattern, msg::too_many_registers);
        f().emit(Opcode::CheckItems, value, static_cast<unsigned>(fixed), rest ? 1 : 0);
        for (std::size_t i = 0; i < fixed; ++i) {
            const Register reg = f().reserve();
            f().emit(Opcode::Item, reg, value, static_cast<unsigned>(i));
            bind_local(items[i], reg);
        }
        std::size_t next = fixed;
        if (rest) {
            if (fixed + 1 >= items.size() || !items[fixed + 1]->is(FormKind::Symbol))
                fail(items[fixed], msg::rest_last);
            const Register reg = f().reserve();
            f().emit(Opcode::RestFrom, reg, value, static_cast<unsigned>(fixed));
            f().declare(items[fixed + 1]->value, reg).binding = items[fixed + 1];
            next = fixed + 2;
        }
        if (next < items.size()) {
            if (!is_as(items[next])) fail(items[next], msg::rest_last);
            bind_whole(next);
        }
    } else if (pattern->is(FormKind::Map)) {
        f().emit(Opcode::CheckMap, value);
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
            const bool text = items[i]->is(FormKind::String);
            if (!text && !items[i]->is(FormKind::Keyword)) fail(items[i], msg::pattern_keys, {text_of_form(items[i])});
            if (is_as(items[i])) {
                bind_whole(i);
                continue;
            }
            const Register reg = f().reserve();
            f().emit_with(Opcode::NeedKey, reg, value, 0,
                          f().constant(text ? text_constant(items[i]->text) : items[i]->value));
            bind_local(items[i + 1], reg);
        }
    } else {
        fail_pattern(pattern);
    }
    f().set_span(outer);
}

} // namespace qi
