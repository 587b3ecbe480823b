// The dispatch loop. It has more lines than other files because it is one function: its state stays in machine
// registers only so.
#include "vm/vm.hpp"

#include "data/equality.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/vector.hpp"

#include <bit>

// Labels as values are what direct threading is made of; both compilers that we support have them.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"

namespace qi {

#define A ((word >> 8) & 0xFF)
#define B ((word >> 16) & 0xFF)
#define C (word >> 24)
#define SIGNED_B static_cast<std::int8_t>(word >> 16)
#define SIGNED_C static_cast<std::int8_t>(word >> 24)
#define R(n) base[n]
// R(B) and R(C), while pc is after the instruction: one load each, in place of a shift and a mask.
#define RB R(reinterpret_cast<const std::uint8_t*>(pc)[-2])
#define RC R(reinterpret_cast<const std::uint8_t*>(pc)[-1])
static_assert(std::endian::native == std::endian::little);
#define NEXT                                                                                                           \
    do {                                                                                                               \
        word = *pc++;                                                                                                  \
        goto* labels[word & 0xFF];                                                                                     \
    } while (false)
// What can throw, park or be asked where it is writes down where it is first.
#define SAVE(at) (g.pc = (at), g.base = base)
#define THROW_IF(condition)                                                                                            \
    if (condition) [[unlikely]]                                                                                        \
    goto thrown
// No exception leaves a native: it becomes an error of the program. Costs nothing unless one is thrown.
#define CALL_NATIVE(arguments, number)                                                                                 \
    try {                                                                                                              \
        result = native.call(*this, native, arguments, number);                                                        \
    } catch (...) {                                                                                                    \
        result = native_threw();                                                                                       \
    }
// What it refers to isn't unique from here on.
#define SHARE(value)                                                                                                   \
    do {                                                                                                               \
        if ((value).is_unique()) [[unlikely]]                                                                          \
            (value) = (value).shared();                                                                                \
    } while (false)
#define SHARE_ALL(values, number)                                                                                      \
    for (unsigned shared_ = 0; shared_ < (number); ++shared_) SHARE((values)[shared_])
#define JUMP_BY(distance) (pc += static_cast<std::ptrdiff_t>(static_cast<std::int32_t>(distance)) + 1)
// Each way goes on by itself, which makes it easier for the processor to foresee.
#define BRANCH_IF(condition)                                                                                           \
    if (condition) {                                                                                                   \
        JUMP_BY(*pc);                                                                                                  \
        NEXT;                                                                                                          \
    }                                                                                                                  \
    ++pc;                                                                                                              \
    NEXT

Vm::Stop Vm::execute(Goroutine& g) {
    static const void* const labels[] = {
#define OPCODE(name, ...) &&op_##name,
#include "compiler/opcodes.def"
    };
    const Word* pc = g.pc;
    Value* base = g.base;
    const Value* k = frame_closure(base)->prototype->constants;
    std::uint64_t word = 0; // as wide as an address, so that a register's number needs no widening
    unsigned count = 0;     // arguments of the call in progress
    unsigned at = 0;        // its register
    const Word* start = nullptr;

    // A parked call goes on as it was left.
    switch (g.resume) {
    case Resume::Continue: break;
    case Resume::Deliver:
        word = *pc;
        R(A) = g.delivered;
        g.delivered = Value::nil();
        pc += 1 + extra_words(static_cast<Opcode>(word & 0xFF));
        g.deadline.reset();
        break;
    case Resume::Raise: diagnosis.raise_value(g.delivered); goto thrown;
    case Resume::Interrupt: scheduler.throw_interrupt(); goto thrown;
    case Resume::Cancel: scheduler.throw_cancelled(); goto thrown;
    case Resume::Retry:
    case Resume::TimedOut: now_.resumption = g.resume; break;
    }
    g.resume = Resume::Continue;
    NEXT;

op_Copy:
    SHARE(RB);
    R(A) = RB;
    NEXT;
op_Move:
    R(A) = RB;
    NEXT;
op_Lend:
    R(A) = RB.shared();
    NEXT;
op_LoadK:
    R(A) = k[*pc++];
    NEXT;
op_LoadI:
    R(A) = Value::small(static_cast<std::int16_t>(word >> 16));
    NEXT;
op_Nil:
    R(A) = Value::nil();
    NEXT;
op_True:
    R(A) = Value::boolean(true);
    NEXT;
op_False:
    R(A) = Value::boolean(false);
    NEXT;
op_GetGlobal : {
    const auto* variable = static_cast<Variable*>(k[*pc++].object());
    Value value = variable->value;
    if (value.is_absent()) [[unlikely]] {
        SAVE(pc - 2);
        value = outer_value(variable);
        THROW_IF(value.is_thrown());
    }
    R(A) = value;
    NEXT;
}
op_SetGlobal:
    SHARE(R(A));
    globals.set(static_cast<Variable*>(k[*pc++].object()), R(A));
    NEXT;
op_GetCapture:
    R(A) = frame_closure(base)->captured()[B];
    NEXT;
op_NewBox : {
    auto* box = heap().make<Box>(ObjectKind::Box);
    box->value = Value::absent();
    R(A) = Value{box};
    NEXT;
}
op_GetBox : {
    Value content = static_cast<Box*>(R(B).object())->value;
    const auto* variable = static_cast<Variable*>(k[*pc++].object());
    if (content.is_absent()) [[unlikely]] {
        SAVE(pc - 2);
        content = variable->value.is_absent() ? outer_value(variable) : variable->value;
        THROW_IF(content.is_thrown());
    }
    R(A) = content;
    NEXT;
}
op_CopyBox : {
    auto* box = static_cast<Box*>(R(A).object());
    box->value = static_cast<Box*>(R(B).object())->value;
    heap().wrote(box, box->value);
    NEXT;
}
op_SetBox : {
    SHARE(R(B));
    auto* box = static_cast<Box*>(R(A).object());
    box->value = R(B);
    heap().wrote(box, R(B));
    NEXT;
}
op_MakeClosure:
    R(A) = make_closure(static_cast<Prototype*>(k[*pc++].object()), base);
    NEXT;

// An instruction for a function of the library does the usual cases. In all others it calls the function, which can't
// wait, and words the errors.
#define CORE(op, at, ...)                                                                                              \
    {                                                                                                                  \
        static_assert(core_row(Opcode::op) < std::size(core_instructions));                                            \
        SAVE(at);                                                                                                      \
        Value arguments[] = {__VA_ARGS__};                                                                             \
        SHARE_ALL(arguments, std::size(arguments));                                                                    \
        const Native& native = core_function(Opcode::op);                                                              \
        Value result;                                                                                                  \
        CALL_NATIVE(arguments, static_cast<unsigned>(std::size(arguments)))                                            \
        THROW_IF(result.is_thrown());                                                                                  \
        R(A) = result;                                                                                                 \
        NEXT;                                                                                                          \
    }
// The usual cases of numbers are small integers, and floats with such.
#define FLOATS(a, b) ((a.is_double() && (b.is_double() || b.is_small())) || (b.is_double() && a.is_small()))
#define BOTH_FLOATS(a, b) (a.is_double() && b.is_double())
#define FLOAT(v) (v.is_double() ? v.as_double() : static_cast<double>(v.as_small()))
#define USUAL_ARITHMETIC(first, second, on_small, builtin, operator_)                                                  \
    const Value a = first, b = second;                                                                                 \
    std::int64_t n;                                                                                                    \
    if (Value::both_small(a, b)) [[likely]] {                                                                          \
        Value usual;                                                                                                   \
        if (Value::on_small(a, b, usual)) [[likely]] {                                                                 \
            R(A) = usual;                                                                                              \
            NEXT;                                                                                                      \
        }                                                                                                              \
    } else if (BOTH_FLOATS(a, b)) [[likely]] {                                                                         \
        R(A) = Value::number(a.as_double() operator_ b.as_double());                                                   \
        NEXT;                                                                                                          \
    } else if (FLOATS(a, b)) {                                                                                         \
        R(A) = Value::number(FLOAT(a) operator_ FLOAT(b));                                                             \
        NEXT;                                                                                                          \
    }                                                                                                                  \
    if (is_integer(a) && is_integer(b) && !builtin(as_integer(a), as_integer(b), &n)) {                                \
        R(A) = make_integer(store, n);                                                                                 \
        NEXT;                                                                                                          \
    }
#define ARITHMETIC(name, on_small, builtin, operator_, neutral)                                                        \
    op_##name : {USUAL_ARITHMETIC(RB, RC, on_small, builtin, operator_) CORE(name, pc - 1, a, b)} op_##name##Next : {  \
        ++pc;                                                                                                          \
        USUAL_ARITHMETIC(R(B), R(C), on_small, builtin, operator_)                                                     \
        /* With b in its own place, for the error's sake. */                                                           \
        SAVE(pc - 2);                                                                                                  \
        const Value result = add_next(Opcode::name, a, b, pc[-1], Value::small(neutral));                              \
        THROW_IF(result.is_thrown());                                                                                  \
        R(A) = result;                                                                                                 \
        NEXT;                                                                                                          \
    }
    ARITHMETIC(Add, add_small, __builtin_add_overflow, +, 0)
    ARITHMETIC(Subtract, subtract_small, __builtin_sub_overflow, -, 0)
    ARITHMETIC(Multiply, multiply_small, __builtin_mul_overflow, *, 1)
#define ARITHMETIC_I(name, on_small, operator_, function)                                                              \
    op_##name : {                                                                                                      \
        const Value a = RB;                                                                                            \
        Value usual;                                                                                                   \
        if (a.is_small() && Value::on_small(a, Value::small(SIGNED_C), usual)) [[likely]] {                            \
            R(A) = usual;                                                                                              \
            NEXT;                                                                                                      \
        }                                                                                                              \
        if (a.is_double()) {                                                                                           \
            R(A) = Value::number(a.as_double() operator_ SIGNED_C);                                                    \
            NEXT;                                                                                                      \
        }                                                                                                              \
        if (SIGNED_C == -1) CORE(name, pc - 1, a)                                                                      \
        CORE(function, pc - 1, a, Value::small(SIGNED_C))                                                              \
    }
    ARITHMETIC_I(AddI, add_small, +, Add)
    ARITHMETIC_I(SubtractI, subtract_small, -, Subtract)
op_MultiplyI : {
    USUAL_ARITHMETIC(RB, Value::small(SIGNED_C), multiply_small, __builtin_mul_overflow, *)
    CORE(Multiply, pc - 1, a, b)
}
#define DIVIDE(second)                                                                                                 \
    {                                                                                                                  \
        const Value a = RB, b = second;                                                                                \
        if (Value::both_small(a, b) && b.as_small() > 0) [[likely]] {                                                  \
            R(A) = Value::small(a.as_small() / b.as_small());                                                          \
            NEXT;                                                                                                      \
        }                                                                                                              \
        if (BOTH_FLOATS(a, b) && b.as_double() != 0) {                                                                 \
            R(A) = Value::number(a.as_double() / b.as_double());                                                       \
            NEXT;                                                                                                      \
        }                                                                                                              \
        if (FLOATS(a, b) && FLOAT(b) != 0) {                                                                           \
            R(A) = Value::number(FLOAT(a) / FLOAT(b));                                                                 \
            NEXT;                                                                                                      \
        }                                                                                                              \
        CORE(Divide, pc - 1, a, b)                                                                                     \
    }
op_Divide:
    DIVIDE(R(C))
op_DivideI:
    DIVIDE(Value::small(SIGNED_C))
#undef DIVIDE
#define INTEGER(n) make_integer(store, n)
#define OF_INTEGERS(label, function, second, usual, make, expression)                                                  \
    op_##label : {                                                                                                     \
        const Value a = RB, b = second;                                                                                \
        if (Value::both_small(a, b)) [[likely]] {                                                                      \
            [[maybe_unused]] const std::int64_t x = a.as_small(), y = b.as_small();                                    \
            if (usual) [[likely]] {                                                                                    \
                R(A) = make(expression);                                                                               \
                NEXT;                                                                                                  \
            }                                                                                                          \
        } else if (is_integer(a) && is_integer(b)) {                                                                   \
            [[maybe_unused]] const std::int64_t x = as_integer(a), y = as_integer(b);                                  \
            if (usual) {                                                                                               \
                R(A) = make_integer(store, expression);                                                                \
                NEXT;                                                                                                  \
            }                                                                                                          \
        }                                                                                                              \
        CORE(function, pc - 1, a, b)                                                                                   \
    }
    OF_INTEGERS(Remainder, Remainder, RC, y > 0, Value::small, x % y)
    OF_INTEGERS(RemainderI, Remainder, Value::small(SIGNED_C), y > 0, Value::small, x % y)
    OF_INTEGERS(Quotient, Quotient, RC, y > 0, Value::small, x / y)
    OF_INTEGERS(Modulo, Modulo, RC, y > 0, Value::small, x % y < 0 ? x % y + y : x % y)
    OF_INTEGERS(BitAnd, BitAnd, RC, true, Value::small, x & y)
    OF_INTEGERS(BitOr, BitOr, RC, true, Value::small, x | y)
    OF_INTEGERS(BitXor, BitXor, RC, true, Value::small, x ^ y)
    OF_INTEGERS(ShiftLeft, ShiftLeft, RC, y >= 0 && y < 64, INTEGER,
                static_cast<std::int64_t>(static_cast<std::uint64_t>(x) << y))
    OF_INTEGERS(ShiftRight, ShiftRight, RC, y >= 0 && y < 64, Value::small, x >> y)
#undef OF_INTEGERS
#undef INTEGER
op_First : {
    const Value xs = R(B);
    if (is_nonempty_list(xs)) [[likely]] {
        R(A) = list_first(xs);
        NEXT;
    }
    if (is_vector(xs) && vector_count(xs) != 0) {
        R(A) = vector_get(xs, 0);
        NEXT;
    }
    CORE(First, pc - 1, xs)
}
op_Rest : {
    SHARE(R(B)); // a part of a vector shares its leaves
    const Value xs = R(B);
    if (is_nonempty_list(xs)) [[likely]] {
        R(A) = list_rest(store, xs);
        NEXT;
    }
    CORE(Rest, pc - 1, xs)
}
op_Length : {
    const Value xs = R(B);
    if (is_vector(xs) || is_map(xs)) [[likely]] {
        R(A) = Value::small(xs.object()->length);
        NEXT;
    }
    CORE(Length, pc - 1, xs)
}
#define NTH(second)                                                                                                    \
    {                                                                                                                  \
        const Value xs = RB, index = second;                                                                           \
        if (is_vector(xs) && index.is_small()) [[likely]] {                                                            \
            const auto place = static_cast<std::uint64_t>(index.as_small());                                           \
            if (place < vector_count(xs)) [[likely]] { /* a negative index is larger */                                \
                R(A) = vector_get(xs, place);                                                                          \
                NEXT;                                                                                                  \
            }                                                                                                          \
        }                                                                                                              \
        CORE(Nth, pc - 1, xs, index)                                                                                   \
    }
op_Nth:
    NTH(RC)
op_NthI:
    NTH(Value::small(SIGNED_C))
#undef NTH
// Where the source is unique, it is changed in place: op_…Own is for one that isn't used again, the other one leaves it
// as it is.
op_Conj : {
    SHARE(R(B));
    goto op_ConjOwn;
}
op_ConjOwn : {
    SHARE(R(C));
    const Value xs = R(B), x = R(C);
    if (is_vector(xs)) [[likely]] {
        R(A) = vector_push_own(store, xs, x);
        NEXT;
    }
    if (is_list(xs)) {
        R(A) = make_cell(store, x, xs);
        NEXT;
    }
    if (is_set(xs) && can_be_key(x)) {
        R(A) = set_add_own(store, xs, x);
        NEXT;
    }
    CORE(Conj, pc - 1, xs, x)
}
op_Assoc : {
    SHARE(R(B));
    goto op_AssocOwn;
}
#define ASSOC(to, key, value)                                                                                          \
    if (is_map(to) && can_be_key(key)) [[likely]] {                                                                    \
        R(A) = map_assoc_own(store, to, key, value);                                                                   \
        NEXT;                                                                                                          \
    }                                                                                                                  \
    if (is_vector(to) && key.is_small()) {                                                                             \
        const auto index = static_cast<std::uint64_t>(key.as_small()); /* a negative one is larger than any */         \
        if (index < vector_count(to)) {                                                                                \
            R(A) = vector_set_own(store, to, index, value);                                                            \
            NEXT;                                                                                                      \
        }                                                                                                              \
        if (index == vector_count(to)) {                                                                               \
            R(A) = vector_push_own(store, to, value);                                                                  \
            NEXT;                                                                                                      \
        }                                                                                                              \
    }
op_AssocOwn : {
    SHARE(R(C));
    SHARE(R(*pc));
    const Value to = R(B), key = R(C), value = R(*pc++);
    ASSOC(to, key, value)
    CORE(Assoc, pc - 2, to, key, value)
}
op_AssocNext : {
    SHARE(R(C));
    SHARE(R(*pc));
    const Value to = R(B), key = R(C), value = R(*pc);
    pc += 2;
    ASSOC(to, key, value)
    SAVE(pc - 3);
    const Value result = assoc_next(to.shared(), key, value, pc[-1]);
    THROW_IF(result.is_thrown());
    R(A) = result;
    NEXT;
}
#undef ASSOC
op_SwapInPlace : {
    Value* const arguments = base + A + 3;
    SHARE_ALL(arguments, B);
    const bool done = swap_in_place(*static_cast<Variable*>(k[*pc++].object()), arguments, B);
    if (done) R(A) = Value::nil();
    BRANCH_IF(done);
}
op_JumpEmpty : {
    const Value xs = R(A);
    bool empty = true;
    if (is_nonempty_list(xs)) {
        empty = false;
    } else if (is_vector(xs) || is_map(xs)) {
        empty = xs.object()->length == 0;
    } else if (!xs.is_nil() && !xs.is_empty_list()) {
        SAVE(pc - 1);
        Value argument = xs.shared();
        const Native& native = core_function(Opcode::JumpEmpty);
        Value result;
        CALL_NATIVE(&argument, 1)
        THROW_IF(result.is_thrown());
        empty = result.is_truthy();
    }
    BRANCH_IF(empty == (B != 0));
}
op_Not:
    R(A) = Value::boolean(!R(B).is_truthy());
    NEXT;
op_Jump:
    JUMP_BY(*pc);
    NEXT;
op_LoopBack:
    JUMP_BY(*pc);
    if (--now_.fuel <= 0) [[unlikely]] {
        SAVE(pc);
        if (scheduler.safepoint(g)) return Stop::Preempted;
        THROW_IF(diagnosis.is_throwing());
    }
    NEXT;
op_JumpIfNot:
    BRANCH_IF(!R(A).is_truthy());
op_JumpIf:
    BRANCH_IF(R(A).is_truthy());
op_JumpNil:
    BRANCH_IF(R(A).is_nil());
op_JumpNotNil:
    BRANCH_IF(!R(A).is_nil());

// A comparison and its contrary: of floats, NaN among them, the one isn't true whenever the other is false.
#define COMPARE(name, contrary, operator_)                                                                             \
    op_##name : COMPARE_THEN(name, operator_, ) op_##contrary : COMPARE_THEN(name, operator_, !)
#define COMPARE_THEN(name, operator_, not_)                                                                            \
    {                                                                                                                  \
        const Value a = R(A), b = RB;                                                                                  \
        if (Value::both_small(a, b)) [[likely]] {                                                                      \
            BRANCH_IF(not_(a.as_small() operator_ b.as_small()));                                                      \
        }                                                                                                              \
        if (BOTH_FLOATS(a, b)) {                                                                                       \
            BRANCH_IF(not_(a.as_double() operator_ b.as_double()));                                                    \
        }                                                                                                              \
        if (FLOATS(a, b)) {                                                                                            \
            BRANCH_IF(not_(FLOAT(a) operator_ FLOAT(b)));                                                              \
        }                                                                                                              \
        SAVE(pc - 1);                                                                                                  \
        const int result = compare_values(Opcode::name, a, b, C != 0);                                                 \
        THROW_IF(result < 0);                                                                                          \
        BRANCH_IF(not_(result != 0));                                                                                  \
    }
    COMPARE(JumpLess, JumpUnlessLess, <)
    COMPARE(JumpLessEqual, JumpUnlessLessEqual, <=)
#undef COMPARE
#undef COMPARE_THEN
#define COMPARE_I(name, contrary, first, second, swapped, operator_)                                                   \
    op_##name : COMPARE_I_THEN(first, second, swapped, operator_, ) op_##contrary                                      \
        : COMPARE_I_THEN(first, second, swapped, operator_, !)
#define COMPARE_I_THEN(first, second, swapped, operator_, not_)                                                        \
    {                                                                                                                  \
        const Value a = R(A), b = Value::small(SIGNED_B);                                                              \
        if (a.is_small()) [[likely]] {                                                                                 \
            BRANCH_IF(not_(a.as_small() operator_ SIGNED_B));                                                          \
        }                                                                                                              \
        if (a.is_double()) {                                                                                           \
            BRANCH_IF(not_(a.as_double() operator_ SIGNED_B));                                                         \
        }                                                                                                              \
        SAVE(pc - 1);                                                                                                  \
        const int result = compare_values(Opcode::JumpLess, first, second, swapped);                                   \
        THROW_IF(result < 0);                                                                                          \
        BRANCH_IF(not_(result != 0));                                                                                  \
    }
    COMPARE_I(JumpLessI, JumpUnlessLessI, a, b, false, <)
    COMPARE_I(JumpGreaterI, JumpUnlessGreaterI, b, a, true, >)
#undef COMPARE_I
#undef COMPARE_I_THEN
#define EQUAL(name, second, not_)                                                                                      \
    op_##name : {                                                                                                      \
        const Value a = R(A), b = second;                                                                              \
        if (a == b) {                                                                                                  \
            BRANCH_IF(not_ true);                                                                                      \
        }                                                                                                              \
        BRANCH_IF(not_(!Value::both_small(a, b) && equal(a, b)));                                                      \
    }
    EQUAL(JumpEqual, RB, )
    EQUAL(JumpUnlessEqual, RB, !)
    EQUAL(JumpEqualI, Value::small(SIGNED_B), )
    EQUAL(JumpUnlessEqualI, Value::small(SIGNED_B), !)
#undef EQUAL
op_JumpError:
    BRANCH_IF(diagnosis.is_error_map(R(A)));
op_JumpNotThunk : {
    const bool thunk = R(A).is(ObjectKind::Closure) &&
                       static_cast<Closure*>(R(A).object())->prototype->parameters == 0 &&
                       !static_cast<Closure*>(R(A).object())->prototype->rest;
    BRANCH_IF(!thunk);
}

op_CallGlobal : {
    start = pc - 1;
    const auto* variable = static_cast<Variable*>(k[*pc++].object());
    Value value = variable->value;
    if (value.is_absent()) [[unlikely]] {
        SAVE(start);
        value = outer_value(variable);
        THROW_IF(value.is_thrown());
    }
    at = A;
    count = B;
    R(at) = value;
    goto call;
}
op_Call:
    start = pc - 1;
    at = A;
    count = B;
call : {
    const Value callee = R(at);
    if (callee.is(ObjectKind::Closure)) [[likely]] {
        const Prototype* const prototype = static_cast<Closure*>(callee.object())->prototype;
        Value* callee_base = base + at + 3;
        if (count != prototype->parameters || prototype->rest) [[unlikely]] {
            if (count < prototype->parameters || !prototype->rest) {
                SAVE(start);
                diagnosis.raise_arity(static_cast<Closure*>(callee.object()), count);
                goto thrown;
            }
            // The rest becomes a list.
            const unsigned fixed = prototype->parameters;
            SHARE_ALL(callee_base + fixed, count - fixed);
            const Value list = make_list(store, {callee_base + fixed, count - fixed});
            if (callee_base + fixed + 1 > g.limit) {
                SAVE(start);
                const std::ptrdiff_t offset = base - g.stack.get();
                THROW_IF(!scheduler.grow_stack(g, callee_base + fixed + 1));
                base = g.stack.get() + offset;
                callee_base = base + at + 3;
            }
            callee_base[fixed] = list;
        }
        if (callee_base + prototype->registers > g.limit) [[unlikely]] {
            SAVE(start);
            const std::ptrdiff_t offset = base - g.stack.get();
            THROW_IF(!scheduler.grow_stack(g, callee_base + prototype->registers));
            base = g.stack.get() + offset;
            callee_base = base + at + 3;
        }
        callee_base[-2] = Value::small(static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(pc)));
        callee_base[-1] = Value::small(at + 3);
        base = callee_base;
        pc = prototype->words;
        k = prototype->constants;
        if (--now_.fuel <= 0) [[unlikely]] {
            SAVE(pc);
            if (scheduler.safepoint(g)) return Stop::Preempted;
            THROW_IF(diagnosis.is_throwing());
        }
        NEXT;
    }
    SAVE(start);
    SHARE_ALL(base + at + 3, count); // what natives get they may keep
    Value result;
    if (callee.is(ObjectKind::Native)) [[likely]] {
        const Native& native = *static_cast<NativeFunction*>(callee.object())->native;
        CALL_NATIVE(base + at + 3, count);
    } else {
        bool handled = false;
        result = call_value(callee, base + at + 3, count, handled);
    }
called:
    if (result.is_plain()) [[likely]] {
        R(at) = result;
        if (now_.resumption != Resume::Continue) [[unlikely]] {
            now_.resumption = Resume::Continue;
            g.deadline.reset();
            g.note = 0;
            g.abandon = nullptr;
        }
        NEXT;
    }
    if (result.is_parked()) {
        if (g.cancel_due && !g.runs_deferred()) {
            scheduler.unpark(&g);
            scheduler.abandon_call(g);
            scheduler.throw_cancelled();
            goto thrown;
        }
        g.status = Goroutine::Status::Parked;
        now_.resumption = Resume::Continue;
        return Stop::Parked;
    }
    if (result.is_call_instead()) {
        if (call_function_.is(ObjectKind::Native)) {
            // Called from where the arguments are: should it park, the native that asked for it is asked again.
            const Native& native = *static_cast<NativeFunction*>(call_function_.object())->native;
            spread_.swap(call_arguments_);
            call_arguments_.clear(); // what an earlier call left there has died since
            now_.applied = &native;
            CALL_NATIVE(spread_.data(), static_cast<unsigned>(spread_.size()));
            now_.applied = nullptr;
            goto called;
        }
        count = static_cast<unsigned>(call_arguments_.size());
        if (base + at + 3 + count > g.limit) {
            const std::ptrdiff_t offset = base - g.stack.get();
            THROW_IF(!scheduler.grow_stack(g, base + at + 3 + count));
            base = g.stack.get() + offset;
        }
        R(at) = call_function_;
        for (unsigned i = 0; i < count; ++i) R(at + 3 + i) = call_arguments_[i];
        call_arguments_.clear();
        call_function_ = Value::nil();
        goto call;
    }
    goto thrown;
}
op_Return : {
    const Value value = R(A);
    const auto back = reinterpret_cast<const Word*>(static_cast<std::uintptr_t>(base[-2].as_small()));
    if (back == nullptr) [[unlikely]] {
        g.base = base;
        g.delivered = value.shared();
        return Stop::Done;
    }
    const std::int64_t below = base[-1].as_small();
    base[-3] = value;
    base -= below;
    pc = back;
    k = frame_closure(base)->prototype->constants;
    NEXT;
}

op_MakeVector:
    SHARE_ALL(base + B, C);
    R(A) = make_vector(store, {base + B, C});
    NEXT;
op_PushVector : {
    SHARE_ALL(base + B, C);
    Value vector = R(A);
    for (unsigned i = 0; i < C; ++i) vector = vector_push(store, vector, R(B + i));
    R(A) = vector;
    NEXT;
}
op_MakeMap : {
    auto* const shape = static_cast<Shape*>(k[*pc++].object());
    SHARE_ALL(base + B, shape->length);
    R(A) = make_map(shape, base + B);
    NEXT;
}
op_PutMap:
    SHARE_ALL(base + B, 2 * C);
    SAVE(pc - 1);
    THROW_IF(!put_map(R(A), base + B, C));
    NEXT;
op_MakeSet:
    R(A) = Value::absent();
op_PushSet : {
    SHARE_ALL(base + B, C);
    SAVE(pc - 1);
    const Value set = make_set(base + B, R(A), C);
    THROW_IF(set.is_thrown());
    R(A) = set;
    NEXT;
}
op_Get : {
    const Value from = RB, key = RC;
    if (is_map(from)) [[likely]] {
        const Value value = map_lookup(store, from, key);
        R(A) = value.is_absent() ? Value::nil() : value;
        NEXT;
    }
    if (is_vector(from) && key.is_small()) {
        const auto index = static_cast<std::uint64_t>(key.as_small()); // a negative one is larger than any
        R(A) = index < vector_count(from) ? vector_get(from, index) : Value::nil();
        NEXT;
    }
    SHARE(R(C)); // what a set gives back
    CORE(Get, pc - 1, from, key)
}
op_GetElse : {
    const Value from = R(B), key = R(C), otherwise = R(*pc++);
    if (is_map(from)) [[likely]] {
        const Value value = map_lookup(store, from, key);
        if (value.is_absent()) SHARE(R(pc[-1]));
        R(A) = value.is_absent() ? R(pc[-1]) : value;
        NEXT;
    }
    SHARE(R(C));
    SHARE(R(pc[-1]));
    CORE(GetElse, pc - 2, from, key, otherwise)
}
op_GetK : {
    const Word both = *pc++;
    InlineCache& cache = frame_closure(base)->prototype->caches[both >> 16];
    const Value map = R(B);
    if (map.is(ObjectKind::FlatMap)) [[likely]] {
        const auto* flat = static_cast<FlatMap*>(map.object());
        if (flat->shape->id == cache.shape) [[likely]] {
            R(A) = flat->values()[cache.index];
            NEXT;
        }
    }
    const Value key = k[both & 0xFFFF];
    Value value = Value::absent();
    if (is_map(map)) {
        value = get_cached(map, key, cache);
    } else if (C == 0) {
        CORE(Get, pc - 2, map, key)
    }
    if (value.is_absent() && C != 0) { // nothing there, which is an error
        SAVE(pc - 2);
        bool handled = false;
        value = call_value(key, &R(B), 1, handled);
        THROW_IF(value.is_thrown());
    }
    R(A) = value.is_absent() ? Value::nil() : value;
    NEXT;
}
op_ToText:
    SAVE(pc - 1);
    R(A) = to_text(base + B, C);
    NEXT;

op_Try:
    g.handlers.push_back({static_cast<std::size_t>(base - g.stack.get()), pc + 1 + static_cast<std::int32_t>(*pc),
                          static_cast<std::uint8_t>(A), static_cast<Handler::What>(B)});
    ++pc;
    NEXT;
op_EndTry:
    g.handlers.pop_back();
    NEXT;
op_EndDeferred:
    if (g.held.is_absent()) [[likely]]
        NEXT;
    SAVE(pc - 1);
    scheduler.throw_held(g);
    goto thrown;
op_Rethrow:
    SAVE(pc - 1);
    diagnosis.resume(R(A), std::move(g.suspended.back().trace));
    g.uncatchable = g.suspended.back().uncatchable;
    g.suspended.pop_back();
    if (!g.held.is_absent()) scheduler.throw_held(g);
    goto thrown;

op_Go : {
    SAVE(pc - 1);
    Channel* promise = scheduler.make_channel(1);
    promise->flags |= Channel::Promise;
    Goroutine* started = scheduler.spawn(static_cast<Closure*>(R(B).object()), promise, C != 0);
    promise->runner = started;
    diagnosis.note_start(*started, g);
    R(A) = Value{promise};
    NEXT;
}
op_Select : {
    SAVE(pc - 1);
    const int chosen = scheduler.select(g, base + A, B);
    now_.resumption = Resume::Continue;
    if (chosen >= 0) {
        R(A) = Value::small(chosen);
        NEXT;
    }
    THROW_IF(chosen == -1);
    if (g.cancel_due && !g.runs_deferred()) {
        scheduler.unpark(&g);
        scheduler.throw_cancelled();
        goto thrown;
    }
    g.status = Goroutine::Status::Parked;
    return Stop::Parked;
}

op_CheckItems : {
    SAVE(pc - 1);
    THROW_IF(check_items(R(A), B, C != 0).is_thrown());
    NEXT;
}
op_CheckMap:
    if (!is_map(R(A))) [[unlikely]] {
        SAVE(pc - 1);
        need_key(R(A), Value::nil());
        goto thrown;
    }
    NEXT;
op_Item : {
    const Value sequence = R(B);
    if (is_vector(sequence)) {
        R(A) = vector_get(sequence, C);
    } else {
        R(A) = list_get(sequence, C);
    }
    NEXT;
}
op_RestFrom:
    R(A) = rest_from(R(B), C);
    NEXT;
op_NeedKey : {
    const Word key = *pc++;
    SAVE(pc - 2);
    const Value value = need_key(R(B), k[key]);
    THROW_IF(value.is_thrown());
    R(A) = value;
    NEXT;
}
op_JumpNotItems : {
    const Value v = R(A);
    const bool fits = is_sequential(v) && (C != 0 ? sequence_count(v) >= B : sequence_count(v) == B);
    BRANCH_IF(!fits);
}
op_JumpNotMap:
    BRANCH_IF(!is_map(R(A)));
op_JumpNotKey : {
    const Value key = k[*pc++];
    InlineCache& cache = frame_closure(base)->prototype->caches[*pc++];
    const Value map = R(B);
    Value value;
    if (map.is(ObjectKind::FlatMap) && static_cast<FlatMap*>(map.object())->shape->id == cache.shape)
        value = static_cast<FlatMap*>(map.object())->values()[cache.index];
    else
        value = match_key(map, key, cache);
    if (!value.is_absent()) R(A) = value;
    BRANCH_IF(value.is_absent());
}
op_JumpNotSame : {
    const Value wanted = k[*pc++];
    BRANCH_IF(R(A) != wanted);
}
op_JumpNotEqual : {
    const Value wanted = k[*pc++];
    BRANCH_IF(!same(R(A), wanted));
}
op_NoMatch:
    SAVE(pc - 1);
    raise_no_match(R(A));
    goto thrown;

thrown:
    now_.resumption = Resume::Continue;
    g.deadline.reset();
    g.note = 0;
    g.abandon = nullptr;
    if (!unwind(g)) {
        g.delivered = diagnosis.take_pending();
        g.status = Goroutine::Status::Done;
        now_.failed = true;
        return Stop::Done;
    }
    base = g.base;
    pc = g.pc;
    k = frame_closure(base)->prototype->constants;
    if (heap().is_short_of_memory()) [[unlikely]] { // what failed is garbage now, and the next thing may be as large
        if (scheduler.safepoint(g)) return Stop::Preempted;
        THROW_IF(diagnosis.is_throwing());
    }
    NEXT;
}

} // namespace qi

// Several files are compiled together.
#undef A
#undef B
#undef C
#undef SIGNED_B
#undef SIGNED_C
#undef R
#undef RB
#undef RC
#undef NEXT
#undef SAVE
#undef THROW_IF
#undef CALL_NATIVE
#undef JUMP_BY
#undef BRANCH_IF
#undef SHARE
#undef SHARE_ALL
#undef FLOATS
#undef BOTH_FLOATS
#undef FLOAT
#undef USUAL_ARITHMETIC
#undef ARITHMETIC
#undef ARITHMETIC_I
#undef CORE
#pragma GCC diagnostic pop
