// The special forms but for `match` (match.cpp) and functions (functions.cpp).
#include "base/messages.hpp"
#include "compiler/compiler.hpp"
#include "data/list.hpp"

#include <algorithm>

namespace qi {

void Compiler::need(const Form* form, bool ok) {
    if (ok) return;
    const SpecialForm* special = names_.form_of(form);
    std::string ways(special->usage);
    for (std::size_t at; (at = ways.find('\n')) != std::string::npos;) ways.replace(at, 1, " / ");
    fail(form, msg::form_shape, {special->name, ways});
}

Compiler::Special Compiler::special(const Form* form) const {
    const Form* head = form->list.items[0];
    if (!head->is(FormKind::Symbol)) return nullptr;
    const SpecialForm* found = names_.form(head->value);
    if (found == nullptr) return nullptr;
    if (found->is(SpecialForm::Replaceable) &&
        (globals_.find(head->value) != nullptr || function_->local_macro(head->value)))
        return nullptr;
    static constexpr Special handlers[] = {
#define FORM(member, handler, ...) &Compiler::handler,
#define PIPE(...)
#include "language/forms.def"
    };
    return handlers[found - special_forms];
}

// --- Definitions

void Compiler::define(Value name, Form* place, Register from) {
    FunctionState& state = f();
    if (at_top_level()) {
        defined_.insert(name.bits());
        state.emit_with(Opcode::SetGlobal, from, 0, 0, state.constant(Value{globals_.define(name)}));
        return;
    }
    Local* local = state.find_declared(name);
    if (local == nullptr) fail(place, msg::not_at_top_level, {"def"}); // every body declares what it defines
    local->defined = true;
    if (local->boxed)
        state.emit(Opcode::SetBox, local->reg, from);
    else
        state.emit(Opcode::Copy, local->reg, from);
}

void Compiler::form_def(Form* form, Register to, Want want) {
    need(form, form->list.count == 3 && form->list.items[1]->is(FormKind::Symbol));
    Form* name = form->list.items[1];
    Form* value = form->list.items[2];
    const unsigned mark = f().next_register();
    const Register made = f().reserve();
    const bool is_function = value->is_call() && value->list.items[0]->is_symbol(names_.fn) && value->list.count >= 2 &&
                             value->list.items[1]->is(FormKind::Vector);
    if (is_function)
        closure(function(std::string(as_symbol(name->value)->text()), value->list.items[1], value->items().subspan(2),
                         value->span),
                made);
    else
        expression(value, made);
    define(name->value, form, made);
    if (!at_top_level()) lint_local_def(form, *f().find_declared(name->value));
    if (!want.discard) f().emit(Opcode::Copy, to, made);
    f().release_to(mark);
}

void Compiler::form_defn(Form* form, Register to, Want) {
    const auto items = form->items();
    need(form, items.size() >= 3 && items[1]->is(FormKind::Symbol));
    const std::size_t parameters = items[2]->is(FormKind::Vector) ? 2 : 3;
    need(form, items.size() > parameters && items[parameters]->is(FormKind::Vector));
    const Value name = items[1]->value;
    const unsigned mark = f().next_register();
    const Register made = f().reserve();
    // The function may call itself: its name must be known while its body is compiled.
    const bool global = at_top_level();
    if (global) {
        Variable* variable = globals_.define(name);
        defined_.insert(name.bits());
        if (items[0]->is_symbol(names_.defn_private)) variable->flags |= Variable::Private;
        if (parameters == 3 && is_constant(items[2])) {
            variable->doc = datum_of(arena_, items[2]);
            store_.heap.wrote(variable, variable->doc);
        }
    }
    closure(
        function(std::string(as_symbol(name)->text()), items[parameters], items.subspan(parameters + 1), form->span),
        made);
    define(name, form, made);
    if (!global) f().find_declared(name)->parameters = items[parameters];
    f().emit(Opcode::Copy, to, made);
    f().release_to(mark);
}

void Compiler::form_mac(Form* form, Register to, Want) {
    define_macro(form);
    constant(Value::nil(), to);
}

void Compiler::define_macro(Form* form) {
    const auto items = form->items();
    need(form, items.size() >= 3 && items[1]->is(FormKind::Symbol) && items[2]->is(FormKind::Vector));
    // A macro counts from here to the end of its scope, so it is defined while compiling; its body sees globals alone.
    FunctionState* outer = function_;
    FunctionState top(store_, source_, nullptr);
    function_ = &top;
    Prototype* made = function(std::string(as_symbol(items[1]->value)->text()), items[2], items.subspan(3), form->span);
    function_ = outer;
    auto* macro = store_.heap.make<Macro>(ObjectKind::Macro);
    macro->function = expander_->make_function(made);
    macro->name = items[1]->value;
    if (at_top_level())
        globals_.set(globals_.define(items[1]->value), Value{macro});
    else
        f().declare_macro(items[1]->value, Value{macro});
}

// --- Bodies and branches

void Compiler::form_do(Form* form, Register to, Want want) { frame(form->items().subspan(1), to, want); }

void Compiler::form_comment(Form*, Register to, Want) { constant(Value::nil(), to); }

void Compiler::form_flow(Form* form, Register to, Want want) {
    need(form, form->list.count == 2);
    expression(form->list.items[1], to, want);
}

void Compiler::form_let(Form* form, Register to, Want want) {
    const auto items = form->items();
    need(form, items.size() >= 2 && items[1]->is(FormKind::Vector) && items[1]->list.count % 2 == 0);
    const auto bindings = items[1]->items();
    const auto scope = f().open_scope();
    std::vector<Form*> defining;
    for (std::size_t i = 1; i < bindings.size(); i += 2) defining.push_back(bindings[i]);
    defining.insert(defining.end(), items.begin() + 2, items.end());
    const auto rebound = open_definitions(defining, bindings);
    const std::size_t first_bound = f().locals_from(0).size();
    for (std::size_t i = 0; i < bindings.size(); i += 2) {
        const Register reg = f().reserve();
        expression(bindings[i + 1], reg);
        bind_local(bindings[i], reg);
        if (bindings[i]->is(FormKind::Symbol) && bindings[i + 1]->is_call())
            f().find_declared(bindings[i]->value)->parameters = parameters_of(bindings[i + 1]);
    }
    declare_defined(rebound, defining);
    if (items.size() > 3)
        frame(items.subspan(2), to, want);
    else
        body(items.subspan(2), to, want);
    check_used(first_bound);
    f().close_scope(scope);
}

void Compiler::form_if(Form* form, Register to, Want want) {
    need(form, form->list.count == 3 || form->list.count == 4);
    Label no, end;
    jump_unless(form->list.items[1], no);
    expression(form->list.items[2], to, want);
    f().jump(Opcode::Jump, 0, 0, 0, end);
    f().bind(no);
    if (form->list.count == 4)
        expression(form->list.items[3], to, want);
    else
        constant(Value::nil(), to);
    f().bind(end);
}

void Compiler::form_when(Form* form, Register to, Want want) {
    const bool negated = form->list.items[0]->is_symbol(names_.unless);
    need(form, form->list.count >= 2);
    Label no, end;
    if (negated)
        jump_if(form->list.items[1], no);
    else
        jump_unless(form->list.items[1], no);
    frame(form->items().subspan(2), to, want);
    f().jump(Opcode::Jump, 0, 0, 0, end);
    f().bind(no);
    constant(Value::nil(), to);
    f().bind(end);
}

void Compiler::form_cond(Form* form, Register to, Want want) {
    need(form, form->list.count % 2 == 1);
    lint_cond(form);
    Label end;
    for (std::uint32_t i = 1; i < form->list.count; i += 2) {
        Label next;
        Form* condition = form->list.items[i];
        const bool always = condition->is(FormKind::Keyword) || condition->is(FormKind::True);
        if (!always) jump_unless(condition, next);
        expression(form->list.items[i + 1], to, want);
        f().jump(Opcode::Jump, 0, 0, 0, end);
        f().bind(next);
    }
    constant(Value::nil(), to);
    f().bind(end);
}

void Compiler::form_if_let(Form* form, Register to, Want want) {
    const bool when = form->list.items[0]->is_symbol(names_.when_let);
    const auto items = form->items();
    const bool shaped =
        items.size() >= 3 && items[1]->is(FormKind::Vector) && items[1]->list.count == 2 && (when || items.size() <= 4);
    need(form, shaped);
    Label no, end;
    const auto scope = f().open_scope();
    const auto defining = when ? items.subspan(2) : items.subspan(2, 1);
    const auto rebound = open_definitions(defining, items[1]->items());
    const Register reg = f().reserve();
    expression(items[1]->list.items[1], reg);
    f().jump(Opcode::JumpIfNot, reg, 0, 0, no);
    bind_local(items[1]->list.items[0], reg);
    declare_defined(rebound, defining);
    if (when)
        frame(items.subspan(2), to, want);
    else
        expression(items[2], to, want);
    f().close_scope(scope);
    f().jump(Opcode::Jump, 0, 0, 0, end);
    f().bind(no);
    if (!when && items.size() == 4)
        expression(items[3], to, want);
    else
        constant(Value::nil(), to);
    f().bind(end);
}

void Compiler::form_and(Form* form, Register to, Want want) {
    if (form->list.count == 1) return constant(Value::boolean(true), to);
    Label end;
    for (std::uint32_t i = 1; i < form->list.count; ++i) {
        const bool last = i + 1 == form->list.count;
        expression(form->list.items[i], to, last ? want : Want{});
        if (!last) f().jump(Opcode::JumpIfNot, to, 0, 0, end);
    }
    f().bind(end);
}

void Compiler::form_or(Form* form, Register to, Want) {
    // nil when none is true, also when the last one is false.
    Label end;
    for (std::uint32_t i = 1; i < form->list.count; ++i) {
        expression(form->list.items[i], to);
        f().jump(Opcode::JumpIf, to, 0, 0, end);
    }
    constant(Value::nil(), to);
    f().bind(end);
}

void Compiler::form_quote(Form* form, Register to, Want) {
    need(form, form->list.count == 2);
    // What a macro puts here may hold f-strings, as data that eval understands.
    const Form* quoted = form->list.items[1];
    if (quoted->is(FormKind::FString) && !form->is_expanded()) fail(quoted, msg::fstring_quoted);
    constant(datum_of(arena_, quoted), to);
}

/// `(%pipe-if-ok left right)`: left |>? right.
void Compiler::form_pipe_if_ok(Form* form, Register to, Want) {
    const unsigned mark = f().next_register();
    Label end;
    const Register base = f().reserve(3);
    const Register argument = f().reserve();
    expression(form->list.items[1], argument);
    f().jump(Opcode::JumpError, argument, 0, 0, end);
    expression(form->list.items[2], base);
    f().emit(Opcode::Call, base, 1);
    f().emit(Opcode::Copy, argument, base);
    f().bind(end);
    f().emit(Opcode::Copy, to, argument);
    f().release_to(mark);
}

// --- Loops

void Compiler::form_while(Form* form, Register to, Want) {
    const bool until = form->list.items[0]->is_symbol(names_.until);
    need(form, form->list.count >= 2);
    Label start, end;
    f().bind(start);
    if (until)
        jump_if(form->list.items[1], end);
    else
        jump_unless(form->list.items[1], end);
    const unsigned mark = f().next_register();
    frame(form->items().subspan(2), f().reserve(), {false, true});
    f().release_to(mark);
    f().jump(Opcode::LoopBack, 0, 0, 0, start);
    f().bind(end);
    constant(Value::nil(), to);
}

/// Binds a value and goes round again, until it is one to leave at; the loop's value is that one.
void Compiler::bound_loop(Form* form, Register to, Opcode leave) {
    const auto items = form->items();
    const bool shaped = items.size() >= 2 && items[1]->is(FormKind::Vector) && items[1]->list.count == 2;
    need(form, shaped);
    Label start, end;
    f().bind(start);
    const auto scope = f().open_scope();
    const auto rebound = open_definitions(items.subspan(2), items[1]->items());
    const Register reg = f().reserve();
    expression(items[1]->list.items[1], reg);
    f().emit(Opcode::Copy, to, reg);
    f().jump(leave, reg, 0, 0, end);
    bind_local(items[1]->list.items[0], reg);
    declare_defined(rebound, items.subspan(2));
    frame(items.subspan(2), f().reserve(), {false, true});
    f().close_scope(scope);
    f().jump(Opcode::LoopBack, 0, 0, 0, start);
    f().bind(end);
}

void Compiler::form_while_some(Form* form, Register to, Want) { bound_loop(form, to, Opcode::JumpNil); }

void Compiler::form_until_error(Form* form, Register to, Want) { bound_loop(form, to, Opcode::JumpError); }

void Compiler::form_loop(Form* form, Register to, Want want) {
    const auto items = form->items();
    need(form, items.size() >= 2 && items[1]->is(FormKind::Vector) && items[1]->list.count % 2 == 0);
    const auto bindings = items[1]->items();
    const auto scope = f().open_scope();
    // Values first, each seeing the names before it; then the start, where patterns are taken apart on every pass.
    LoopState state;
    state.regions = f().regions().size();
    for (std::size_t i = 0; i < bindings.size(); i += 2) {
        const Register reg = f().reserve();
        expression(bindings[i + 1], reg);
        state.variables.push_back(reg);
        state.names.push_back(bindings[i]->is(FormKind::Symbol) ? bindings[i]->value : Value::absent());
        if (bindings[i]->is(FormKind::Symbol)) bind_local(bindings[i], reg);
    }
    Label start;
    f().bind(start);
    state.start = f().position();
    for (std::size_t i = 0; i < bindings.size(); i += 2)
        if (!bindings[i]->is(FormKind::Symbol)) bind_local(bindings[i], state.variables[i / 2]);
    open_definitions(items.subspan(2));
    f().loops().push_back(std::move(state));
    frame(items.subspan(2), to, {true, want.discard});
    f().loops().pop_back();
    f().close_scope(scope);
}

/// The last instruction for the form is the first that writes to its target.
bool Compiler::writes_last(const Form* form) {
    if (!form->is_call()) return !form->has_items();
    const Form* const head = form->list.items[0];
    const auto arguments = form->items().subspan(1);
    if (head->is_symbol(names_.if_) && arguments.size() == 3 && special(form) != nullptr)
        return writes_last(arguments[1]) && writes_last(arguments[2]);
    return core_operation_of(form) != nullptr;
}

/// Whether what the forms do may have to do with the variable.
bool Compiler::may_mention(std::span<Form* const> forms, Value name) const {
    std::vector<const Form*> pending(forms.begin(), forms.end());
    while (!pending.empty()) {
        const Form* const form = pending.back();
        pending.pop_back();
        if (form->is_symbol(name) || !macro_of(form).is_absent()) return true;
        if (form->has_items()) pending.insert(pending.end(), form->items().begin(), form->items().end());
    }
    return false;
}

void Compiler::form_recur(Form* form, Register to, Want want) {
    if (f().loops().empty()) fail(form, msg::recur_outside);
    if (!want.tail) fail(form, msg::recur_not_tail);
    const LoopState state = f().loops().back();
    const std::size_t given = form->list.count - 1;
    if (given != state.variables.size())
        fail(form, msg::recur_count, {std::to_string(state.variables.size()), std::to_string(given)});
    const unsigned mark = f().next_register();
    const auto arguments = form->items().subspan(1);
    // A handler within the loop must find the old values.
    const bool handled = state.regions != f().regions().size();
    std::vector<Register> values;
    for (std::size_t i = 0; i < given; ++i) {
        const bool direct = !handled && !state.names[i].is_absent() && writes_last(arguments[i]) &&
                            !may_mention(arguments.subspan(i + 1), state.names[i]);
        values.push_back(direct ? state.variables[i] : f().reserve());
        expression(arguments[i], values.back());
    }
    leave_regions(state.regions);
    for (std::size_t i = 0; i < given; ++i)
        if (values[i] != state.variables[i]) f().emit(Opcode::Copy, state.variables[i], values[i]);
    Label start;
    start.at = static_cast<std::int64_t>(state.start);
    f().jump(Opcode::LoopBack, 0, 0, 0, start);
    f().release_to(mark);
    (void)to; // control never comes out here
}

// --- Errors

void Compiler::form_try(Form* form, Register to, Want want) {
    for (const Form* clause : form->items().subspan(1)) {
        const bool is_clause = clause->is_call() && clause->items()[0]->is(FormKind::Symbol);
        const std::string_view name = is_clause ? as_symbol(clause->items()[0]->value)->text() : "";
        if (form->list.count > 2 && (name == "catch" || name == "finally")) fail(clause, msg::try_clause, {name});
    }
    need(form, form->list.count == 2);
    Label end;
    f().jump(Opcode::Try, to, 0, 0, end);
    f().regions().push_back({false, 0});
    const Excused excused(*this);
    frame(form->items().subspan(1), to, {want.tail, false});
    f().regions().pop_back();
    f().emit(Opcode::EndTry);
    f().bind(end);
}

void Compiler::leave_regions(std::size_t down_to) {
    const std::vector<Region> open(f().regions().begin() + static_cast<std::ptrdiff_t>(down_to), f().regions().end());
    for (std::size_t i = open.size(); i-- > 0;) {
        f().emit(Opcode::EndTry);
        if (!open[i].defers) continue;
        run_deferred(open[i].deferred);
        f().emit(Opcode::EndDeferred);
    }
}

void Compiler::frame(std::span<Form* const> forms, Register to, Want want) {
    if (!has_defer(forms)) return body(forms, to, want);
    const unsigned mark = f().next_register();
    const Register list = f().reserve();
    const Register error = f().reserve();
    Label landing, end;
    constant(Value::empty_list(), list);
    f().jump(Opcode::Try, error, 1, 0, landing);
    f().regions().push_back({true, list});
    body(forms, to, want);
    f().regions().pop_back();
    f().emit(Opcode::EndTry);
    run_deferred(list);
    f().emit(Opcode::EndDeferred);
    f().jump(Opcode::Jump, 0, 0, 0, end);
    f().bind(landing);
    run_deferred(list);
    f().emit(Opcode::Rethrow, error);
    f().bind(end);
    f().release_to(mark);
}

void Compiler::run_deferred(Register list) {
    const unsigned mark = f().next_register();
    Label start, next, done;
    f().bind(start);
    f().jump(Opcode::JumpNotItems, list, 1, 1, done);
    const Register base = f().reserve(3);
    f().emit(Opcode::Item, base, list, 0);
    f().emit(Opcode::RestFrom, list, list, 1);
    f().jump(Opcode::Try, base, 2, 0, next);
    f().emit(Opcode::Call, base, 0);
    f().emit(Opcode::EndTry);
    f().bind(next);
    f().jump(Opcode::LoopBack, 0, 0, 0, start);
    f().bind(done);
    f().release_to(mark);
}

void Compiler::form_defer(Form* form, Register to, Want) {
    need(form, form->list.count == 2);
    std::size_t at = f().regions().size();
    while (at > 0 && !f().regions()[at - 1].defers) --at;
    const unsigned mark = f().next_register();
    const Register base = f().reserve(3);
    closure(function("defer", nullptr, form->items().subspan(1), form->span), f().reserve());
    if (at == 0) { // outside of any body: when the program ends
        f().emit_with(Opcode::CallGlobal, base, 1, 0,
                      f().constant(Value{globals_.refer(store_.symbol("%defer-to-end"))}));
    } else {
        const Register list = f().regions()[at - 1].deferred;
        f().emit(Opcode::Copy, f().reserve(), list);
        f().emit_with(Opcode::CallGlobal, base, 2, 0, f().constant(Value{globals_.refer(store_.symbol("%cons"))}));
        f().emit(Opcode::Copy, list, base);
    }
    constant(Value::nil(), to);
    f().release_to(mark);
}

// --- Goroutines

void Compiler::form_go(Form* form, Register to, Want want) {
    need(form, form->list.count >= 2);
    const unsigned mark = f().next_register();
    const Register thunk = f().reserve();
    const auto forms = form->items().subspan(1);
    // A single (fn [] …) is what runs; of another single expression that gives such a function, the function runs.
    const bool literal = forms.size() == 1 && forms[0]->is_call() && forms[0]->list.count >= 2 &&
                         forms[0]->list.items[0]->is_symbol(names_.fn) &&
                         forms[0]->list.items[1]->is(FormKind::Vector) && forms[0]->list.items[1]->list.count == 0;
    if (literal)
        closure(function("go", forms[0]->list.items[1], forms[0]->items().subspan(2), form->span), thunk);
    else
        closure(function("go", nullptr, forms, form->span), thunk);
    f().emit(Opcode::Go, to, thunk, want.discard ? 1 : 0);
    f().release_to(mark);
}

void Compiler::form_select(Form* form, Register to, Want want) {
    const auto arms = form->items().subspan(1);
    if (arms.empty()) throw SyntaxError{failure_of("go/select", -1, kind::syntax, msg::select_empty), form->span};
    for (std::size_t i = 0; i < arms.size(); i += 3)
        if (i + 2 >= arms.size() || !arms[i + 1]->is_symbol(names_.arrow)) fail(arms[i], msg::arm_arrow, {"go/select"});
    const auto count = static_cast<unsigned>(arms.size() / 3);
    if (count > 100) fail(form, msg::too_many_registers);
    const unsigned mark = f().next_register();
    const Register base = f().reserve(count);
    for (unsigned i = 0; i < count; ++i) expression(arms[3 * i], static_cast<Register>(base + i));
    f().emit(Opcode::Select, base, count);
    f().release_to(base + 1u);
    Label end;
    for (unsigned i = 0; i < count; ++i) {
        Label next;
        if (i + 1 < count) f().jump(Opcode::JumpUnlessEqualI, base, i, 0, next);
        expression(arms[3 * i + 2], to, want);
        f().jump(Opcode::Jump, 0, 0, 0, end);
        f().bind(next);
    }
    f().bind(end);
    f().release_to(mark);
}

void Compiler::form_parallel_do(Form* form, Register to, Want) {
    // (%parallel [(fn [] e) …])
    const Span span = form->span;
    std::vector<Form*> tasks;
    for (Form* e : form->items().subspan(1))
        tasks.push_back(
            arena_.list({arena_.symbol(names_.fn, span), arena_.collection(FormKind::Vector, {}, span), e}, span));
    expression(arena_.list({arena_.symbol("%parallel", span), arena_.collection(FormKind::Vector, tasks, span)}, span),
               to);
}

} // namespace qi
