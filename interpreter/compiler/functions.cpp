// Functions: parameters, bodies, what a body defines, closures.
#include "base/messages.hpp"
#include "compiler/compiler.hpp"
#include "reader/form_tree.hpp"

#include <algorithm>
#include <unordered_set>

namespace qi {

void Compiler::form_fn(Form* form, Register to, Want) {
    need(form, form->list.count >= 2 && form->list.items[1]->is(FormKind::Vector));
    closure(function("", form->list.items[1], form->items().subspan(2), form->span), to);
}

void Compiler::closure(Prototype* prototype, Register to) {
    f().emit_with(Opcode::MakeClosure, to, 0, 0, f().constant(Value{prototype}));
}

/// Without a parameter form it is the body of a `go` or `defer`: of a single expression that gives a function without
/// parameters, that function is called.
Prototype* Compiler::function(std::string name, const Form* parameters, std::span<Form* const> forms, Span span) {
    FunctionState state(store_, source_, function_);
    state.set_span(span);
    state.code().name = std::move(name);
    state.code().span = span;
    function_ = &state;
    unsigned fixed = 0;
    bool rest = false;
    std::vector<std::pair<const Form*, Register>> patterns;
    if (parameters != nullptr) {
        lint_parameters(parameters);
        state.code().parameters = text_of_form(parameters);
        const auto items = parameters->items();
        for (std::size_t i = 0; i < items.size(); ++i) {
            const bool marks_rest = items[i]->is_symbol(names_.ampersand) || items[i]->is_symbol(names_.ellipsis);
            if (marks_rest) {
                if (i + 2 != items.size() || !items[i + 1]->is(FormKind::Symbol)) fail(items[i], msg::rest_last);
                rest = true;
                continue;
            }
            const Register reg = state.reserve();
            if (!rest) ++fixed;
            if (!items[i]->is(FormKind::Symbol)) {
                patterns.emplace_back(items[i], reg);
                continue;
            }
            check_bindable(items[i]);
            state.declare(items[i]->value, reg);
        }
    }
    const Register result = state.reserve();
    for (const auto& [pattern, reg] : patterns) bind_local(pattern, reg);
    open_definitions(forms);
    frame(forms, result, {});
    if (parameters == nullptr && forms.size() == 1 && state.code().name == "go") {
        Label end;
        const Register base = state.reserve(3);
        state.emit(Opcode::Copy, base, result);
        state.jump(Opcode::JumpNotThunk, base, 0, 0, end);
        state.emit(Opcode::Call, base, 0);
        state.emit(Opcode::Copy, result, base);
        state.bind(end);
    }
    state.emit(Opcode::Return, result);
    function_ = state.parent();
    return state.finish(fixed, rest);
}

/// The form, which is that special form, defines something else than a macro, which is known while compiling.
static bool defines_value(const Names& names, const Form* form, const SpecialForm* special) {
    return defines(special) && !form->list.items[0]->is_symbol(names.mac) && form->list.count > 1 &&
           form->list.items[1]->is(FormKind::Symbol);
}

std::vector<Compiler::Definition> Compiler::definitions_in(std::span<Form* const> forms) const {
    std::unordered_set<const Form*> certain;
    std::vector<const Form*> straight(forms.begin(), forms.end());
    while (!straight.empty()) {
        const Form* form = straight.back();
        straight.pop_back();
        certain.insert(form);
        if (form->is_call() && form->list.items[0]->is_symbol(names_.do_))
            straight.insert(straight.end(), form->items().begin() + 1, form->items().end());
    }
    std::vector<Definition> found;
    const auto add = [&](const Form* symbol, const Form* definition) {
        if (!symbol->is(FormKind::Symbol) && !symbol->is(FormKind::String)) return;
        const Value name = symbol->is(FormKind::Symbol) ? symbol->value : store_.symbol(symbol->text);
        const auto known =
            std::find_if(found.begin(), found.end(), [&](const Definition& d) { return d.name == name; });
        if (known != found.end())
            ++known->times;
        else
            found.push_back({name, 1, certain.contains(definition)});
    };
    each_in_scope(FormTree{names_}, forms, true, [&](const Form* form, const SpecialForm* special) {
        const auto items = form->items();
        // (use m :only [name …])
        if (items[0]->is_symbol(names_.use) && items.size() == 4 && items[3]->is(FormKind::Vector))
            for (const Form* name : items[3]->items()) add(name, form);
        if (defines_value(names_, form, special)) add(items[1], form);
    });
    return found;
}

bool Compiler::has_defer(std::span<Form* const> forms) const {
    bool found = false;
    const FormTree tree{names_};
    std::vector<Form*> pending(forms.begin(), forms.end());
    while (!pending.empty() && !found) {
        Form* const scope[] = {pending.back()};
        pending.pop_back();
        each_in_scope(tree, std::span<Form* const>(scope), false, [&](Form* form, const SpecialForm* special) {
            // In a scope of its own nothing has been expanded yet.
            const Value macro = macro_of(form);
            if (form->list.items[0]->is_symbol(names_.defer) ||
                (!macro.is_absent() && expander_->may_make(macro, names_.defer)))
                found = true;
            if (special == nullptr || !special->opens_scope() || special->makes_function()) return;
            each_part(tree, *special, form->items(), [&](Part part, std::span<Form* const> parts) {
                // The functions of a pattern are evaluated before the body, outside of its frame.
                if (part == Part::Pattern)
                    each_bound(
                        tree, parts, [](Form*) {}, [&](Form* function) { pending.push_back(function); });
                // A body of one expression opens no frame, if its form doesn't say so: its defers belong to the frame
                // around it.
                const bool framed = part == Part::Body && (special->is(SpecialForm::Frame) || parts.size() > 1);
                if (is_inside(*special, part) && !framed) pending.insert(pending.end(), parts.begin(), parts.end());
            });
        });
    }
    return found;
}

bool Compiler::mentioned_in_function(std::span<Form* const> forms, Value name) const {
    struct Item {
        Form* form;
        bool inside;
    };
    std::vector<Item> pending;
    for (Form* form : forms) pending.push_back({form, false});
    while (!pending.empty()) {
        auto [form, inside] = pending.back();
        pending.pop_back();
        if (inside && form->is_symbol(name)) return true;
        if (!form->has_items()) continue;
        if (form->is_call() && form->list.items[0]->is(FormKind::Symbol)) {
            const SpecialForm* special = names_.form_of(form);
            // A macro may put what it is given into a function.
            inside = inside || (special != nullptr && special->makes_function()) || !macro_of(form).is_absent();
        }
        for (std::uint32_t i = 0; i < form->list.count; ++i) pending.push_back({form->list.items[i], inside});
    }
    return false;
}

std::vector<Compiler::Definition> Compiler::open_definitions(std::span<Form* const> forms,
                                                             std::span<Form* const> bindings) {
    std::unordered_set<std::uint64_t> bound; // words of symbols
    const auto bind = [&](const Form* name) { bound.insert(name->value.bits()); };
    for (std::size_t i = 0; i < bindings.size(); i += 2)
        each_bound(FormTree{names_}, bindings.subspan(i, 1), bind, [](const Form*) {});
    expand_in_scope(forms, bound);
    if (at_top_level()) return {};
    std::vector<Definition> definitions = definitions_in(forms);
    const auto later = std::stable_partition(definitions.begin(), definitions.end(),
                                             [&](const Definition& d) { return !bound.contains(d.name.bits()); });
    declare_defined({definitions.begin(), later}, forms);
    return {later, definitions.end()};
}

/// Until its `def` is evaluated a name means what it means outside. A local of that name is copied, so that there is
/// always a value; else the box stays empty, and stands for the global.
void Compiler::declare_defined(std::span<const Definition> definitions, std::span<Form* const> forms) {
    for (const Definition& definition : definitions) {
        const auto outer = f().resolve(definition.name);
        const bool copied =
            outer.where == FunctionState::Found::InRegister || outer.where == FunctionState::Found::InCapture;
        const bool boxed =
            mentioned_in_function(forms, definition.name) || (copied ? outer.boxed : !definition.certain);
        const Register reg = f().reserve();
        f().emit(boxed ? Opcode::NewBox : Opcode::Nil, reg);
        if (copied) {
            const unsigned mark = f().next_register();
            Register from = outer.index;
            if (outer.where == FunctionState::Found::InCapture) {
                from = f().reserve();
                f().emit(Opcode::GetCapture, from, outer.index);
            }
            f().emit(!boxed ? Opcode::Copy : outer.boxed ? Opcode::CopyBox : Opcode::SetBox, reg, from);
            f().release_to(mark);
        }
        const bool readable = copied || !definition.certain;
        f().declare(definition.name, reg, boxed, readable).redefined = readable || definition.times > 1;
    }
}

void Compiler::expand_in_scope(std::span<Form* const> forms, const std::unordered_set<std::uint64_t>& bound) {
    // Names that the body itself gives another meaning call no macro.
    auto taken = bound;
    each_in_scope(FormTree{names_}, forms, true, [&](const Form* form, const SpecialForm* special) {
        if (defines_value(names_, form, special)) taken.insert(form->list.items[1]->value.bits());
    });
    each_in_scope(FormTree{names_}, forms, true, [&](Form* form, const SpecialForm*) {
        const Value name = form->list.items[0]->value;
        if (name == names_.mac) {
            define_macro(form);
            *form = *arena_.make(FormKind::Nil, form->span);
            return true;
        }
        if (taken.contains(name.bits())) return false;
        Value macro = macro_of(form);
        const bool expands = !macro.is_absent();
        for (; !macro.is_absent(); macro = macro_of(form)) *form = *expand(form, macro);
        return expands;
    });
}

} // namespace qi
