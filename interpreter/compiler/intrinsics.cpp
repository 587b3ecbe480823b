// Core functions that have instructions of their own, as long as the program hasn't defined their names anew.
#include "compiler/compiler.hpp"

namespace qi {

bool Compiler::is_core(const Form* head, std::string_view name) {
    if (!head->is(FormKind::Symbol) || as_symbol(head->value)->text() != name) return false;
    if (f().resolve(head->value).where != FunctionState::Found::Nothing) return false;
    const Variable* variable = globals_.find(head->value);
    return variable != nullptr && (variable->flags & Variable::Core) != 0;
}

namespace {

struct Binary {
    std::string_view name;
    Opcode op;
};
constexpr Binary binaries[] = {{"+", Opcode::Add},    {"-", Opcode::Subtract},  {"*", Opcode::Multiply},
                               {"/", Opcode::Divide}, {"%", Opcode::Remainder}, {"get", Opcode::Get}};

bool is_small_literal(const Form* form) noexcept {
    return form->is(FormKind::Integer) && form->integer >= -128 && form->integer <= 127;
}

unsigned byte_of(const Form* form) noexcept { return static_cast<unsigned>(form->integer) & 0xFF; }

} // namespace

bool Compiler::intrinsic(Form* form, Register to) {
    Form* head = form->list.items[0];
    const std::string_view name = as_symbol(head->value)->text();
    const std::uint32_t count = form->list.count - 1;
    if (count == 0 || count > 2 || name.size() > 6) return false;
    Form* first = form->list.items[1];
    const unsigned mark = f().next_register();
    const auto done = [&] {
        f().release_to(mark);
        return true;
    };
    if (count == 1) {
        if ((name == "inc" || name == "dec") && is_core(head, name)) {
            const Register a = operand(first);
            // An error must name inc: minus minus one is how the machine knows.
            f().emit(name == "inc" ? Opcode::SubtractI : Opcode::AddI, to, a, 0xFF);
            return done();
        }
        if (name == "not" && is_core(head, name)) {
            const Register a = operand(first);
            f().emit(Opcode::Not, to, a);
            return done();
        }
        return false;
    }
    Form* second = form->list.items[2];
    for (const Binary& binary : binaries) {
        if (name != binary.name || !is_core(head, name)) continue;
        const Register a = operand(first);
        if ((binary.op == Opcode::Add || binary.op == Opcode::Subtract) && is_small_literal(second) &&
            second->integer != -1) {
            f().emit(binary.op == Opcode::Add ? Opcode::AddI : Opcode::SubtractI, to, a, byte_of(second));
        } else if (binary.op == Opcode::Get && (second->is(FormKind::Keyword) || second->is(FormKind::String))) {
            const Word key = f().constant(second->is(FormKind::Keyword) ? second->value : text_constant(second->text));
            const Word cache = f().cache();
            if (key < 0x10000 && cache < 0x10000) {
                f().emit_with(Opcode::GetK, to, a, 0, key | cache << 16);
            } else {
                const Register b = operand(second);
                f().emit(Opcode::Get, to, a, b);
            }
        } else {
            const Register b = operand(second);
            f().emit(binary.op, to, a, b);
        }
        return done();
    }
    if (name == "<" || name == ">" || name == "<=" || name == ">=" || name == "=" || name == "!=") {
        if (!is_core(head, name)) return false;
        Label no, end;
        compare_jump(form, false, no);
        f().emit(Opcode::True, to);
        f().jump(Opcode::Jump, 0, 0, 0, end);
        f().bind(no);
        f().emit(Opcode::False, to);
        f().bind(end);
        return done();
    }
    return false;
}

bool Compiler::compare_jump(Form* form, bool jump_when, Label& label) {
    if (!form->is_call() || form->list.count != 3) return false;
    Form* head = form->list.items[0];
    if (!head->is(FormKind::Symbol)) return false;
    const std::string_view name = as_symbol(head->value)->text();
    if (name != "<" && name != ">" && name != "<=" && name != ">=" && name != "=" && name != "!=") return false;
    if (!is_core(head, name)) return false;
    Form *first = form->list.items[1], *second = form->list.items[2];
    const unsigned mark = f().next_register();
    const bool negated = name == "!=";
    const auto when = static_cast<unsigned>(negated ? !jump_when : jump_when);
    const Register a = operand(first);
    const Span outer = f().span();
    if (is_small_literal(second) && name != "<=" && name != ">=") {
        f().set_span(form->span);
        const Opcode op = name == "<" ? Opcode::JumpLessI : name == ">" ? Opcode::JumpGreaterI : Opcode::JumpEqualI;
        f().jump(op, a, byte_of(second), when, label);
    } else if (second->is(FormKind::Integer) && second->integer >= -127 && second->integer <= 126 &&
               (name == "<=" || name == ">=")) {
        // Against integers x <= n is x < n + 1 for integers only; for floats it isn't. So compare as it stands.
        const Register b = operand(second);
        f().set_span(form->span);
        f().jump(Opcode::JumpLessEqual, name == "<=" ? a : b, name == "<=" ? b : a, when | (name == "<=" ? 0 : 2),
                 label);
    } else {
        const Register b = operand(second);
        f().set_span(form->span);
        const bool swap = name == ">" || name == ">=";
        const Opcode op = name == "<" || name == ">" ? Opcode::JumpLess
                          : name == "=" || negated   ? Opcode::JumpEqual
                                                     : Opcode::JumpLessEqual;
        f().jump(op, swap ? b : a, swap ? a : b, when | (swap ? 2 : 0), label);
    }
    f().set_span(outer);
    f().release_to(mark);
    return true;
}

void Compiler::jump_unless(Form* form, Label& label) {
    const Nested nested(*this, form);
    if (compare_jump(form, false, label)) return;
    const unsigned mark = f().next_register();
    if (form->is_call() && form->list.count == 2 && is_core(form->list.items[0], "not")) {
        jump_if(form->list.items[1], label);
    } else if (form->is_call() && form->list.count == 2 && is_core(form->list.items[0], "nil?")) {
        const Register a = operand(form->list.items[1]);
        f().jump(Opcode::JumpNotNil, a, 0, 0, label);
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
    if (compare_jump(form, true, label)) return;
    const unsigned mark = f().next_register();
    const Register a = operand(form);
    f().jump(Opcode::JumpIf, a, 0, 0, label);
    f().release_to(mark);
}

} // namespace qi
