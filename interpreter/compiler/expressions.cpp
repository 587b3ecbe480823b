// Expressions: atoms, calls, literals, f-strings.
#include "base/messages.hpp"
#include "base/utf8.hpp"
#include "compiler/compiler.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/string.hpp"

namespace qi {

namespace {

/// Literal items are gathered in registers this many at a time.
constexpr std::size_t batch = 64;
constexpr std::uint32_t most_arguments = 200;
} // namespace

void Compiler::fail(const Form* form, const Message& message, std::initializer_list<std::string_view> arguments) const {
    throw SyntaxError{failure(kind::syntax, message, arguments), form->span};
}

std::string Compiler::text_of_form(const Form* form) const {
    const std::string_view text = source_->text().substr(form->span.begin, form->span.end - form->span.begin);
    return utf8::shortened(text, 40);
}

void Compiler::constant(Value value, Register to) {
    if (value.is_nil()) return f().emit(Opcode::Nil, to);
    if (value.is_boolean()) return f().emit(value.is_truthy() ? Opcode::True : Opcode::False, to);
    if (value.is_small() && value.as_small() >= -32768 && value.as_small() < 32768) {
        const auto bits = static_cast<unsigned>(value.as_small()) & 0xFFFF;
        return f().emit(Opcode::LoadI, to, bits & 0xFF, bits >> 8);
    }
    f().emit_with(Opcode::LoadK, to, 0, 0, f().constant(value));
}

Value Compiler::text_constant(std::string_view text) { return make_string(store_, text); }

bool Compiler::is_constant(const Form* root) const {
    std::vector<const Form*> pending{root};
    while (!pending.empty()) {
        const Form* form = pending.back();
        pending.pop_back();
        switch (form->kind) {
        case FormKind::Symbol:
        case FormKind::FString:
        case FormKind::Quasiquote:
        case FormKind::Unquote:
        case FormKind::Splice: return false;
        case FormKind::List:
            if (form->list.count != 0) return false;
            break;
        case FormKind::Vector:
        case FormKind::Map:
        case FormKind::Set: pending.insert(pending.end(), form->items().begin(), form->items().end()); break;
        default: break;
        }
    }
    return true;
}

void Compiler::expression(Form* form, Register to, Want want) {
    const Nested nested(*this, form);
    const Span outer = f().span();
    f().set_span(form->span);
    switch (form->kind) {
    case FormKind::Symbol: symbol(form, to); break;
    case FormKind::List:
        if (form->list.count == 0)
            constant(Value::empty_list(), to);
        else
            call(form, to, want);
        break;
    case FormKind::Vector:
    case FormKind::Set: collection(form, to); break;
    case FormKind::Map: map_literal(form, to); break;
    case FormKind::FString: fstring(form, to); break;
    case FormKind::Quasiquote: quasiquote(form, to); break;
    case FormKind::Unquote: fail(form, msg::unquote_outside, {","});
    case FormKind::Splice: fail(form, msg::unquote_outside, {",@"});
    default: constant(datum_of(arena_, form), to); break;
    }
    f().set_span(outer);
}

Register Compiler::operand(Form* form) {
    if (form->is(FormKind::Symbol))
        if (const Local* local = f().find_local(form->value, false);
            local != nullptr && !local->boxed && !local->redefined && local->macro.is_absent())
            return local->reg;
    const Register reg = f().reserve();
    expression(form, reg);
    return reg;
}

void Compiler::body(std::span<Form* const> forms, Register to, Want want) {
    if (forms.empty()) return constant(Value::nil(), to);
    lint_after_error(forms);
    for (std::size_t i = 0; i + 1 < forms.size(); ++i) {
        const unsigned mark = f().next_register();
        expression(forms[i], f().reserve(), {false, true});
        f().release_to(mark);
    }
    expression(forms.back(), to, want);
}

void Compiler::symbol(Form* form, Register to) {
    const auto found = f().resolve(form->value);
    switch (found.where) {
    case FunctionState::Found::InRegister:
        if (found.boxed)
            f().emit_with(Opcode::GetBox, to, found.index, 0, f().constant(Value{globals_.refer(form->value)}));
        else if (found.index != to)
            f().emit(Opcode::Copy, to, found.index);
        return;
    case FunctionState::Found::InCapture:
        f().emit(Opcode::GetCapture, to, found.index);
        if (found.boxed) f().emit_with(Opcode::GetBox, to, to, 0, f().constant(Value{globals_.refer(form->value)}));
        return;
    case FunctionState::Found::IsMacro: return constant(found.macro, to);
    case FunctionState::Found::Nothing: break;
    }
    if (Local* local = f().find_declared(form->value); local != nullptr && !local->defined) local->read_early = true;
    if (globals_.find(form->value) == nullptr && computed_name(form->value, to)) return;
    check_name(form);
    f().emit_with(Opcode::GetGlobal, to, 0, 0, f().constant(Value{globals_.refer(form->value)}));
}

/// Names that are no variables: `__doc__NAME` is the docstring of NAME, and X what the library's `%value-of-X` gives,
/// if there is one. False: the name is none of these.
bool Compiler::computed_name(Value name, Register to) {
    constexpr std::string_view of_doc = "__doc__";
    const std::string_view text = as_symbol(name)->text();
    const bool doc = text.starts_with(of_doc);
    Variable* getter = globals_.find(store_.symbol(doc ? std::string("%doc-of") : "%value-of-" + std::string(text)));
    if (getter == nullptr) return false;
    const unsigned mark = f().next_register();
    const Register base = call_base(to);
    if (doc) constant(store_.symbol(text.substr(of_doc.size())), f().reserve());
    f().emit_with(Opcode::CallGlobal, base, doc ? 1 : 0, 0, f().constant(Value{getter}));
    if (base != to) f().emit(Opcode::Copy, to, base);
    f().release_to(mark);
    return true;
}

/// A call's registers: the function, two words for the machine, the arguments. They can begin at `to` itself when
/// that is the newest register.
Register Compiler::call_base(Register to) {
    if (static_cast<unsigned>(to) + 1 == f().next_register()) {
        f().reserve(2);
        return to;
    }
    return f().reserve(3);
}

void Compiler::call(Form* form, Register to, Want want) {
    Form* head = form->list.items[0];
    if (const Special handle = special(form)) return (this->*handle)(form, to, want);
    if (const Value macro = macro_of(form); !macro.is_absent()) return expression(expand(form, macro), to, want);
    const bool global = head->is(FormKind::Symbol) && f().resolve(head->value).where == FunctionState::Found::Nothing;
    if (global) {
        check_name(head);
        check_arity(form);
    }
    lint_call(form);
    const Excused excused(*this, global && is_core(head, "test/assert-throws"));
    if (global && intrinsic(form, to)) return;
    const unsigned mark = f().next_register();
    if (head->is(FormKind::Keyword) && form->list.count == 2)
        if (const auto key = cached_key(head->value)) {
            const Register map = operand(form->list.items[1]);
            f().emit_with(Opcode::GetK, to, map, 1, *key);
            return f().release_to(mark);
        }
    const Register base = call_base(to);
    // The head comes first: what nobody has defined so far is missed before the arguments are evaluated.
    if (!global || (!is_defined(head->value) && !globals_.defining_core())) expression(head, base);
    finish_call(form, base, global, want);
    if (base != to) f().emit(Opcode::Copy, to, base);
    f().release_to(mark);
}

bool Compiler::is_defined(Value name) const {
    const Variable* variable = globals_.find(name);
    return (variable != nullptr && !variable->value.is_absent()) || defined_.contains(name.bits()) ||
           (definitions_ != nullptr && definitions_->find(name) != nullptr);
}

/// The local variable that the argument is, if the function keeps nothing of it. Null: it isn't so.
const Local* Compiler::lent_to(const Form* function, const Form* argument) {
    if (!argument->is(FormKind::Symbol)) return nullptr;
    const Variable* const variable = globals_.find(function->value);
    constexpr std::uint16_t lends = Variable::Core | Variable::Borrows;
    if (variable == nullptr || (variable->flags & lends) != lends) return nullptr;
    const Local* const local = f().find_local(argument->value, false);
    const bool stays = local != nullptr && !local->boxed && !local->redefined && local->macro.is_absent();
    return stays ? local : nullptr;
}

void Compiler::finish_call(Form* form, Register base, bool global_head, Want want) {
    const std::uint32_t count = form->list.count - 1;
    if (count > most_arguments) fail(form, msg::too_many_arguments, {std::to_string(most_arguments)});
    const Register first = count == 0 ? Register{0} : f().reserve();
    const Local* const lent = count == 0 || !global_head ? nullptr : lent_to(form->list.items[0], form->list.items[1]);
    const Register lender = lent == nullptr ? Register{0} : lent->reg;
    if (count != 0 && lent == nullptr) expression(form->list.items[1], first);
    for (std::uint32_t i = 1; i < count; ++i) expression(form->list.items[i + 1], f().reserve());
    f().set_span(form->span);
    // After the other arguments: they must not change in place what is lent.
    if (lent != nullptr) f().emit(Opcode::Lend, first, lender);
    if (!global_head) return f().emit(Opcode::Call, base, count);
    const bool updates = want.discard && may_swap_update(form);
    const Value name = updates ? store_.symbol("%swap-update!") : form->list.items[0]->value;
    const Word function = f().constant(Value{globals_.refer(name)});
    Label done;
    if (want.discard && may_swap_in_place(form)) {
        f().emit_with(Opcode::SwapInPlace, base, count, 0, function);
        f().jump(done);
    }
    f().emit_with(Opcode::CallGlobal, base, count, 0, function);
    f().bind(done);
}

void Compiler::collection(Form* form, Register to) {
    if (form->is(FormKind::Set)) lint_literal(form);
    if (is_constant(form)) return constant(datum_of(arena_, form), to);
    const unsigned mark = f().next_register();
    const auto items = form->items();
    // The first batch makes the collection, later ones extend it. Built in a register of its own: an item may use
    // what `to` still holds.
    const Register made = f().reserve();
    std::size_t at = 0;
    do {
        const std::size_t count = std::min(batch, items.size() - at);
        const unsigned first = f().next_register();
        for (std::size_t i = 0; i < count; ++i) expression(items[at + i], f().reserve());
        const bool fresh = at == 0;
        if (form->is(FormKind::Vector)) {
            f().emit(fresh ? Opcode::MakeVector : Opcode::PushVector, made, first, static_cast<unsigned>(count));
        } else {
            f().emit(fresh ? Opcode::MakeSet : Opcode::PushSet, made, first, static_cast<unsigned>(count));
        }
        f().release_to(first);
        at += count;
    } while (at < items.size());
    f().emit(Opcode::Copy, to, made);
    f().release_to(mark);
}

void Compiler::map_literal(Form* form, Register to) {
    lint_literal(form);
    if (is_constant(form)) return constant(datum_of(arena_, form), to);
    const unsigned mark = f().next_register();
    const auto items = form->items();
    const Register made = f().reserve();
    // Constant keys, all different and few: one shape, made now.
    bool shaped = items.size() / 2 <= Shape::max_keys;
    Shape* shape = store_.shapes.empty();
    for (std::size_t i = 0; shaped && i < items.size(); i += 2) {
        shaped = is_constant(items[i]);
        if (!shaped) break;
        const Value key = datum_of(arena_, items[i]);
        shaped = shape->find(key) < 0;
        if (shaped) shape = store_.shapes.extend(shape, key);
    }
    if (shaped) {
        const unsigned first = f().next_register();
        for (std::size_t i = 1; i < items.size(); i += 2) expression(items[i], f().reserve());
        f().emit_with(Opcode::MakeMap, made, first, 0, f().constant(Value{shape}));
    } else {
        f().emit_with(Opcode::MakeMap, made, 0, 0, f().constant(Value{store_.shapes.empty()}));
        for (std::size_t at = 0; at < items.size();) {
            const std::size_t count = std::min(batch, items.size() - at);
            const unsigned first = f().next_register();
            for (std::size_t i = 0; i < count; ++i) expression(items[at + i], f().reserve());
            f().emit(Opcode::PutMap, made, first, static_cast<unsigned>(count / 2));
            f().release_to(first);
            at += count;
        }
    }
    f().emit(Opcode::Copy, to, made);
    f().release_to(mark);
}

void Compiler::fstring(Form* form, Register to) {
    const auto parts = form->items();
    if (parts.empty()) return constant(text_constant(""), to);
    if (parts.size() == 1 && parts[0]->is(FormKind::String)) return expression(parts[0], to);
    const unsigned mark = f().next_register();
    const Register first = f().reserve();
    // Many parts are joined batch by batch, and so are the joined texts: like carrying in a number, so that no text is
    // copied more often than there are digits.
    constexpr std::size_t digits = 32;
    std::vector<unsigned> rank; // of each text held, in registers from `first` on
    for (Form* part : parts) {
        if (!rank.empty()) f().reserve();
        expression(part, static_cast<Register>(first + rank.size()));
        rank.push_back(0);
        while (rank.size() >= digits && rank[rank.size() - digits] == rank.back() && rank.size() < parts.size()) {
            const auto base = static_cast<unsigned>(first + rank.size() - digits);
            f().emit(Opcode::ToText, base, base, digits);
            rank.resize(rank.size() - digits + 1);
            ++rank.back();
            f().release_to(base + 1u);
        }
    }
    f().emit(Opcode::ToText, to, first, static_cast<unsigned>(rank.size()));
    f().release_to(mark);
}

Value Compiler::macro_of(const Form* form) const {
    if (!form->is_call() || !form->list.items[0]->is(FormKind::Symbol) || special(form) != nullptr)
        return Value::absent();
    const Value name = form->list.items[0]->value;
    if (const auto local = function_->local_macro(name)) return *local;
    const Variable* variable = globals_.find(name);
    return variable != nullptr && variable->value.is(ObjectKind::Macro) ? variable->value : Value::absent();
}

Form* Compiler::expand(Form* call, Value macro) {
    constexpr std::uint16_t most_expansions = 10000; // a macro that never ends would take all memory
    const Nested nested(*this, call);                // what the macro does may compile, and expand, again
    if (call->expansions >= most_expansions)
        fail(call, msg::endless_macro, {as_symbol(call->list.items[0]->value)->text()});
    std::vector<Value> arguments;
    Origins origins;
    for (std::uint32_t i = 1; i < call->list.count; ++i)
        arguments.push_back(datum_of(arena_, call->list.items[i], &origins));
    Result<Value> result = expander_->expand(macro, arguments);
    if (!result) throw SyntaxError{std::move(result.error()), call->span};
    Form* made = form_of(arena_, *result, call->span, &origins, static_cast<std::uint16_t>(call->expansions + 1));
    // Together, too: a macro whose calls give many calls of it would be endless for minutes.
    if (made == nullptr || arena_.size() - formed_before_ > most_forms)
        fail(call, msg::too_many_forms, {as_symbol(call->list.items[0]->value)->text(), std::to_string(most_forms)});
    return made;
}

std::variant<Prototype*, SyntaxError> Compiler::compile(Form* form, bool discard) {
    FunctionState top(store_, source_, nullptr);
    top.code().top_level = true;
    top.code().span = form->span;
    top.set_span(form->span);
    function_ = &top;
    nesting_ = 0;
    formed_before_ = arena_.size();
    try {
        const Register result = top.reserve();
        expand_in_scope({&form, 1}, {});
        expression(form, result, {false, discard});
        top.emit(Opcode::Return, result);
        return top.finish(0, false);
    } catch (SyntaxError& error) {
        return std::move(error);
    }
}

std::variant<Prototype*, SyntaxError> Compiler::compile_definition(Form* defn) {
    FunctionState top(store_, source_, nullptr);
    function_ = &top;
    nesting_ = 0;
    formed_before_ = arena_.size();
    try {
        const auto items = defn->items();
        need(defn, items.size() >= 3 && items[0]->is_symbol(names_.defn) && items[1]->is(FormKind::Symbol));
        const std::size_t parameters = items[2]->is(FormKind::Vector) ? 2 : 3;
        if (parameters == 3) {
            Variable* variable = globals_.define(items[1]->value);
            variable->doc = datum_of(arena_, items[2]);
            store_.heap.wrote(variable, variable->doc);
        }
        return function(std::string(as_symbol(items[1]->value)->text()), items[parameters],
                        items.subspan(parameters + 1), defn->span);
    } catch (SyntaxError& error) {
        return std::move(error);
    }
}

void Compiler::declare_definitions(std::span<Form* const> forms) {
    const bool all = globals_.scope() != Globals::program_scope;
    if (all)
        for (const Definition& definition : definitions_in(forms)) globals_.define(definition.name);
    for (const Form* form : forms) {
        if (!form->is_call() || form->list.count < 2) continue;
        if (defines(names_.form_of(form)) && form->list.items[1]->is(FormKind::Symbol) &&
            (all || globals_.find(form->list.items[1]->value) != nullptr))
            globals_.define(form->list.items[1]->value);
    }
}

Prototype* Compiler::thrower(Value error, Span place) {
    FunctionState top(store_, source_, nullptr);
    top.code().top_level = true;
    top.code().span = place;
    top.set_span(place);
    const Register base = top.reserve(4);
    top.emit_with(Opcode::LoadK, base + 3u, 0, 0, top.constant(error));
    top.emit_with(Opcode::CallGlobal, base, 1, 0, top.constant(Value{globals_.refer(store_.symbol("%throw"))}));
    top.emit(Opcode::Return, base);
    return top.finish(0, false);
}

} // namespace qi
