// Core functions that have instructions of their own, as long as the program hasn't defined their names anew.
#include "compiler/compiler.hpp"

namespace qi {

bool Compiler::is_core(const Form* head, std::string_view name) {
    if (!head->is(FormKind::Symbol) || as_symbol(head->value)->text() != name) return false;
    if (f().resolve(head->value).where != FunctionState::Found::Nothing) return false;
    const Variable* variable = globals_.find(head->value);
    return variable != nullptr && (variable->flags & Variable::Core) != 0;
}

/// As is_core, of a name that has an instruction. While a function is traced, its name doesn't.
bool Compiler::has_instruction(const Form* head, std::string_view name) {
    return is_core(head, name) && globals_.find(head->value)->value.is(ObjectKind::Native);
}

namespace {

constexpr std::size_t most_operands = 16; // for more, the function is called

bool is_small_literal(const Form* form) noexcept {
    return form->is(FormKind::Integer) && form->integer >= -128 && form->integer <= 127;
}

unsigned byte_of(const Form* form) noexcept { return static_cast<unsigned>(form->integer) & 0xFF; }

} // namespace

bool Compiler::intrinsic(Form* form, Register to) {
    if (form->list.count < 2 || as_symbol(form->list.items[0]->value)->text().size() > longest_core_name) return false;
    const unsigned mark = f().next_register();
    if (const CoreInstruction* const row = core_operation_of(form)) {
        const auto arguments = form->items().subspan(1);
        if (arguments.size() > row->arguments)
            chain(*row, arguments, to);
        else
            core_operation(*row, arguments, to);
    } else {
        Label no, end;
        if (!test_jump(form, false, no)) return false;
        f().emit(Opcode::True, to);
        f().jump(Opcode::Jump, 0, 0, 0, end);
        f().bind(no);
        f().emit(Opcode::False, to);
        f().bind(end);
    }
    f().release_to(mark);
    return true;
}

/// A call such as (swap! a assoc k v), whose function is an instruction, so that nothing else can happen meanwhile.
bool Compiler::may_swap_in_place(const Form* call) {
    const auto items = call->items();
    if (!store_.in_place || items.size() < 4 || !is_core(items[0], "swap!")) return false;
    return (items.size() == 4 && has_instruction(items[2], "conj")) ||
           (items.size() == 5 && has_instruction(items[2], "assoc"));
}

/// A call such as (swap! a update k f …): f may do anything, so it is called between two steps.
bool Compiler::may_swap_update(const Form* call) {
    const auto items = call->items();
    if (!store_.in_place || items.size() < 5 || !is_core(items[0], "swap!") || !is_core(items[2], "update"))
        return false;
    const Variable* const function = globals_.find(store_.symbol("%swap-update!")); // not a program's of that name
    return function != nullptr && (function->flags & Variable::Core) != 0;
}

/// The row of a call that is compiled to instructions that compute a value from operands. Null: it is none.
const CoreInstruction* Compiler::core_operation_of(const Form* call) {
    const Form* const head = call->list.items[0];
    if (!head->is(FormKind::Symbol)) return nullptr;
    const std::string_view name = as_symbol(head->value)->text();
    const std::size_t count = call->list.count - 1;
    for (const CoreInstruction& row : core_instructions) {
        if (name != row.name || row.op == Opcode::JumpEmpty) continue;
        const std::size_t step = row.arguments - 1; // what one instruction takes besides the result so far
        const bool several =
            row.next != Opcode::Return && count > row.arguments && count <= most_operands && (count - 1) % step == 0;
        if (count == row.arguments || several) return has_instruction(head, name) ? &row : nullptr;
    }
    return nullptr;
}

void Compiler::core_operation(const CoreInstruction& row, std::span<Form* const> arguments, Register to) {
    const Opcode op = row.op;
    const Register first = operand(arguments[0]);
    Form* const second = arguments.size() > 1 ? arguments[1] : nullptr;
    if (op == Opcode::AddI || op == Opcode::SubtractI) {
        // An error must name inc: minus minus one is how the machine knows.
        f().emit(op, to, first, 0xFF);
        return;
    }
    if ((op == Opcode::Add || op == Opcode::Subtract) && is_small_literal(second) && second->integer != -1) {
        f().emit(op == Opcode::Add ? Opcode::AddI : Opcode::SubtractI, to, first, byte_of(second));
        return;
    }
    if (row.constant != Opcode::Return && is_small_literal(second)) {
        f().emit(row.constant, to, first, byte_of(second));
        return;
    }
    if (op == Opcode::Get && (second->is(FormKind::Keyword) || second->is(FormKind::String))) {
        const Value key = second->is(FormKind::Keyword) ? second->value : text_constant(second->text);
        if (const auto word = cached_key(key)) return f().emit_with(Opcode::GetK, to, first, 0, *word);
    }
    const Register others[] = {second == nullptr ? Register{0} : operand(second),
                               arguments.size() > 2 ? operand(arguments[2]) : Register{0}};
    f().emit(op, to, first, others[0]);
    if (arguments.size() > 2) f().word(others[1]);
}

/// Of more arguments than one instruction takes: all of them are evaluated before the first is used.
void Compiler::chain(const CoreInstruction& row, std::span<Form* const> arguments, Register to) {
    std::vector<Register> operands;
    for (Form* argument : arguments) operands.push_back(operand(argument));
    const Register so_far = f().reserve(); // an argument may be in `to`
    const std::size_t step = row.arguments - 1;
    for (std::size_t i = 1; i < operands.size(); i += step) {
        const bool first = i == 1;
        f().emit(first ? row.op : row.next, i + step < operands.size() ? so_far : to, first ? operands[0] : so_far,
                 operands[i]);
        if (step == 2) f().word(operands[i + 1]);
        if (!first) f().word(static_cast<Word>(i));
    }
}

/// The word of a GetK for the key. Nothing: the function has too many constants or caches.
std::optional<Word> Compiler::cached_key(Value key) {
    constexpr std::size_t most = 0x10000;
    if (f().code().constants.size() >= most || f().code().caches.size() >= most) return std::nullopt;
    return f().constant(key) | f().cache() << 16;
}

/// A jump if a test that has an instruction of its own gives true (or false). False: the form is no such test.
bool Compiler::test_jump(Form* form, bool jump_when, Label& label) {
    if (compare_jump(form, jump_when, label)) return true;
    if (!form->is_call() || form->list.count != 2) return false;
    Form* const head = form->list.items[0];
    const bool nil = has_instruction(head, "nil?");
    if (!nil && !has_instruction(head, "empty?")) return false;
    const unsigned mark = f().next_register();
    const Register a = operand(form->list.items[1]);
    const Span outer = f().span();
    f().set_span(form->span);
    if (nil)
        f().jump(jump_when ? Opcode::JumpNil : Opcode::JumpNotNil, a, 0, 0, label);
    else
        f().jump(Opcode::JumpEmpty, a, jump_when ? 1 : 0, 0, label);
    f().set_span(outer);
    f().release_to(mark);
    return true;
}

bool Compiler::compare_jump(Form* form, bool jump_when, Label& label) {
    if (!form->is_call() || form->list.count != 3) return false;
    Form* head = form->list.items[0];
    if (!head->is(FormKind::Symbol)) return false;
    const std::string_view name = as_symbol(head->value)->text();
    if (name != "<" && name != ">" && name != "<=" && name != ">=" && name != "=" && name != "!=") return false;
    if (!has_instruction(head, name)) return false;
    Form *first = form->list.items[1], *second = form->list.items[2];
    const unsigned mark = f().next_register();
    const bool negated = name == "!=";
    const auto jump = [&](Opcode op, Register a, unsigned b, bool swapped) {
        const bool unless = jump_when == negated;
        f().jump(static_cast<Opcode>(static_cast<unsigned>(op) + (unless ? 1 : 0)), a, b, swapped ? 1 : 0, label);
    };
    const Register a = operand(first);
    const Span outer = f().span();
    if (is_small_literal(second) && name != "<=" && name != ">=") {
        f().set_span(form->span);
        const Opcode op = name == "<" ? Opcode::JumpLessI : name == ">" ? Opcode::JumpGreaterI : Opcode::JumpEqualI;
        jump(op, a, byte_of(second), false);
    } else if (second->is(FormKind::Integer) && second->integer >= -127 && second->integer <= 126 &&
               (name == "<=" || name == ">=")) {
        // Against integers x <= n is x < n + 1 for integers only; for floats it isn't. So compare as it stands.
        const Register b = operand(second);
        f().set_span(form->span);
        jump(Opcode::JumpLessEqual, name == "<=" ? a : b, name == "<=" ? b : a, name != "<=");
    } else {
        const Register b = operand(second);
        f().set_span(form->span);
        const bool swap = name == ">" || name == ">=";
        const Opcode op = name == "<" || name == ">" ? Opcode::JumpLess
                          : name == "=" || negated   ? Opcode::JumpEqual
                                                     : Opcode::JumpLessEqual;
        jump(op, swap ? b : a, swap ? a : b, swap);
    }
    f().set_span(outer);
    f().release_to(mark);
    return true;
}

void Compiler::jump_unless(Form* form, Label& label) {
    const Nested nested(*this, form);
    if (test_jump(form, false, label)) return;
    const unsigned mark = f().next_register();
    if (form->is_call() && form->list.count == 2 && has_instruction(form->list.items[0], "not")) {
        jump_if(form->list.items[1], label);
    } else if (form->is_call() && form->list.count > 1 && form->list.items[0]->is_symbol(names_.and_) &&
               special(form) != nullptr) {
        for (std::uint32_t i = 1; i < form->list.count; ++i) jump_unless(form->list.items[i], label);
    } else {
        const Register a = operand(form);
        f().jump(Opcode::JumpIfNot, a, 0, 0, label);
    }
    f().release_to(mark);
}

void Compiler::jump_if(Form* form, Label& label) {
    const Nested nested(*this, form);
    if (test_jump(form, true, label)) return;
    const unsigned mark = f().next_register();
    const Register a = operand(form);
    f().jump(Opcode::JumpIf, a, 0, 0, label);
    f().release_to(mark);
}

} // namespace qi
