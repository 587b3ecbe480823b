// The dispatch loop. It has more lines than other files because it is one function: its state stays in machine
// registers only so.
#include "vm/vm.hpp"

#include "data/equality.hpp"
#include "data/list.hpp"
#include "data/map.hpp"
#include "data/number.hpp"
#include "data/sequence.hpp"
#include "data/vector.hpp"

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
#define JUMP_BY(distance) (pc += static_cast<std::int32_t>(distance))

Vm::Stop Vm::execute(Goroutine& g) {
    static const void* const labels[] = {
#define OPCODE(name, words) &&op_##name,
#include "compiler/opcodes.def"
    };
    const Word* pc = g.pc;
    Value* base = g.base;
    const Value* k = frame_closure(base)->prototype->constants;
    Word word = 0;
    unsigned count = 0; // arguments of the call in progress
    unsigned at = 0;    // its register
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

op_Move:
    R(A) = R(B);
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
    auto* box = static_cast<Box*>(R(A).object());
    box->value = R(B);
    heap().wrote(box, R(B));
    NEXT;
}
op_MakeClosure:
    R(A) = make_closure(static_cast<Prototype*>(k[*pc++].object()), base);
    NEXT;

#define ARITHMETIC(name, builtin)                                                                                      \
    op_##name : {                                                                                                      \
        const Value a = R(B), b = R(C);                                                                                \
        if (Value::both_small(a, b)) [[likely]] {                                                                      \
            std::int64_t n;                                                                                            \
            if (!builtin(a.as_small(), b.as_small(), &n) && Value::fits_small(n)) [[likely]] {                         \
                R(A) = Value::small(n);                                                                                \
                NEXT;                                                                                                  \
            }                                                                                                          \
        } else if (a.is_double() && b.is_double()) {                                                                   \
            R(A) = Value::number(FLOAT_##name(a.as_double(), b.as_double()));                                          \
            NEXT;                                                                                                      \
        }                                                                                                              \
        SAVE(pc - 1);                                                                                                  \
        const Value result = arithmetic(Opcode::name, a, b);                                                           \
        THROW_IF(result.is_thrown());                                                                                  \
        R(A) = result;                                                                                                 \
        NEXT;                                                                                                          \
    }
#define FLOAT_Add(a, b) ((a) + (b))
#define FLOAT_Subtract(a, b) ((a) - (b))
#define FLOAT_Multiply(a, b) ((a) * (b))
    ARITHMETIC(Add, __builtin_add_overflow)
    ARITHMETIC(Subtract, __builtin_sub_overflow)
    ARITHMETIC(Multiply, __builtin_mul_overflow)
#undef ARITHMETIC

op_Divide:
op_Remainder : {
    SAVE(pc - 1);
    const Value a = R(B), b = R(C);
    const bool divide = (word & 0xFF) == static_cast<Word>(Opcode::Divide);
    if (Value::both_small(a, b) && b.as_small() > 0) [[likely]] {
        R(A) = Value::small(divide ? a.as_small() / b.as_small() : a.as_small() % b.as_small());
        NEXT;
    }
    const Value result = arithmetic(divide ? Opcode::Divide : Opcode::Remainder, a, b);
    THROW_IF(result.is_thrown());
    R(A) = result;
    NEXT;
}
op_AddI : {
    const Value a = R(B);
    const std::int64_t n = a.as_small() + SIGNED_C;
    if (a.is_small() && Value::fits_small(n)) [[likely]] {
        R(A) = Value::small(n);
        NEXT;
    }
    SAVE(pc - 1);
    const Value result = SIGNED_C == -1 ? arithmetic(Opcode::Subtract, a, Value::small(1), "dec")
                                        : arithmetic(Opcode::Add, a, Value::small(SIGNED_C));
    THROW_IF(result.is_thrown());
    R(A) = result;
    NEXT;
}
op_SubtractI : {
    const Value a = R(B);
    const std::int64_t n = a.as_small() - SIGNED_C;
    if (a.is_small() && Value::fits_small(n)) [[likely]] {
        R(A) = Value::small(n);
        NEXT;
    }
    SAVE(pc - 1);
    const Value result = SIGNED_C == -1 ? arithmetic(Opcode::Add, a, Value::small(1), "inc")
                                        : arithmetic(Opcode::Subtract, a, Value::small(SIGNED_C));
    THROW_IF(result.is_thrown());
    R(A) = result;
    NEXT;
}
op_Not:
    R(A) = Value::boolean(!R(B).is_truthy());
    NEXT;
op_Jump:
    JUMP_BY(*pc + 1);
    NEXT;
op_LoopBack:
    JUMP_BY(*pc + 1);
    if (--now_.fuel <= 0) [[unlikely]] {
        SAVE(pc);
        if (scheduler.safepoint(g)) return Stop::Preempted;
        THROW_IF(diagnosis.is_throwing());
    }
    NEXT;
op_JumpIfNot:
    pc += 1 + (R(A).is_truthy() ? 0 : static_cast<std::int32_t>(*pc));
    NEXT;
op_JumpIf:
    pc += 1 + (R(A).is_truthy() ? static_cast<std::int32_t>(*pc) : 0);
    NEXT;
op_JumpNil:
    pc += 1 + (R(A).is_nil() ? static_cast<std::int32_t>(*pc) : 0);
    NEXT;
op_JumpNotNil:
    pc += 1 + (R(A).is_nil() ? 0 : static_cast<std::int32_t>(*pc));
    NEXT;

#define COMPARE(name, operator_)                                                                                       \
    op_##name : {                                                                                                      \
        const Value a = R(A), b = R(B);                                                                                \
        bool holds;                                                                                                    \
        if (Value::both_small(a, b)) [[likely]] {                                                                      \
            holds = a.as_small() operator_ b.as_small();                                                               \
        } else if (a.is_double() && b.is_double()) {                                                                   \
            holds = a.as_double() operator_ b.as_double();                                                             \
        } else {                                                                                                       \
            SAVE(pc - 1);                                                                                              \
            const int result = compare_values(Opcode::name, a, b, (C & 2) != 0);                                       \
            THROW_IF(result < 0);                                                                                      \
            holds = result != 0;                                                                                       \
        }                                                                                                              \
        pc += 1 + (holds == ((C & 1) != 0) ? static_cast<std::int32_t>(*pc) : 0);                                      \
        NEXT;                                                                                                          \
    }
    COMPARE(JumpLess, <)
    COMPARE(JumpLessEqual, <=)
#undef COMPARE
op_JumpEqual : {
    const Value a = R(A), b = R(B);
    const bool holds = a == b || (!Value::both_small(a, b) && equal(a, b));
    pc += 1 + (holds == (C != 0) ? static_cast<std::int32_t>(*pc) : 0);
    NEXT;
}
#define COMPARE_I(name, first, second, swapped, operator_)                                                             \
    op_##name : {                                                                                                      \
        const Value a = R(A);                                                                                          \
        bool holds;                                                                                                    \
        if (a.is_small()) [[likely]] {                                                                                 \
            holds = a.as_small() operator_ SIGNED_B;                                                                   \
        } else {                                                                                                       \
            SAVE(pc - 1);                                                                                              \
            const Value b = Value::small(SIGNED_B);                                                                    \
            const int result = compare_values(Opcode::JumpLess, first, second, swapped);                               \
            THROW_IF(result < 0);                                                                                      \
            holds = result != 0;                                                                                       \
        }                                                                                                              \
        pc += 1 + (holds == (C != 0) ? static_cast<std::int32_t>(*pc) : 0);                                            \
        NEXT;                                                                                                          \
    }
    COMPARE_I(JumpLessI, a, b, false, <)
    COMPARE_I(JumpGreaterI, b, a, true, >)
#undef COMPARE_I
op_JumpEqualI : {
    const Value a = R(A), b = Value::small(SIGNED_B);
    const bool holds = a == b || (!a.is_small() && equal(a, b));
    pc += 1 + (holds == (C != 0) ? static_cast<std::int32_t>(*pc) : 0);
    NEXT;
}
op_JumpError:
    pc += 1 + (diagnosis.is_error_map(R(A)) ? static_cast<std::int32_t>(*pc) : 0);
    NEXT;
op_JumpNotThunk : {
    const bool thunk = R(A).is(ObjectKind::Closure) &&
                       static_cast<Closure*>(R(A).object())->prototype->parameters == 0 &&
                       !static_cast<Closure*>(R(A).object())->prototype->rest;
    pc += 1 + (thunk ? 0 : static_cast<std::int32_t>(*pc));
    NEXT;
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
        g.delivered = value;
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
    R(A) = make_vector(store, {base + B, C});
    NEXT;
op_PushVector : {
    Value vector = R(A);
    for (unsigned i = 0; i < C; ++i) vector = vector_push(store, vector, R(B + i));
    R(A) = vector;
    NEXT;
}
op_MakeMap:
    R(A) = make_map(static_cast<Shape*>(k[*pc++].object()), base + B);
    NEXT;
op_PutMap:
    SAVE(pc - 1);
    THROW_IF(!put_map(R(A), base + B, C));
    NEXT;
op_MakeSet:
op_PushSet : {
    SAVE(pc - 1);
    const bool fresh = (word & 0xFF) == static_cast<Word>(Opcode::MakeSet);
    const Value set = make_set(base + B, fresh ? Value::absent() : R(A), C);
    THROW_IF(set.is_thrown());
    R(A) = set;
    NEXT;
}
op_Get : {
    SAVE(pc - 1);
    const Value value = get(R(B), R(C));
    THROW_IF(value.is_thrown());
    R(A) = value;
    NEXT;
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
    SAVE(pc - 2);
    const Value value = get_cached(map, k[both & 0xFFFF], cache);
    THROW_IF(value.is_thrown());
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
        Value cell = sequence;
        for (unsigned i = C; i > 0; --i) cell = as_cell(cell)->rest;
        R(A) = as_cell(cell)->first;
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
    pc += 1 + (fits ? 0 : static_cast<std::int32_t>(*pc));
    NEXT;
}
op_JumpNotMap:
    pc += 1 + (is_map(R(A)) ? 0 : static_cast<std::int32_t>(*pc));
    NEXT;
op_JumpNotKey : {
    const Value key = k[*pc++];
    InlineCache& cache = frame_closure(base)->prototype->caches[*pc++];
    const Value map = R(B);
    Value value;
    if (map.is(ObjectKind::FlatMap) && static_cast<FlatMap*>(map.object())->shape->id == cache.shape)
        value = static_cast<FlatMap*>(map.object())->values()[cache.index];
    else
        value = match_key(map, key, cache);
    if (value.is_absent()) {
        pc += 1 + static_cast<std::int32_t>(*pc);
    } else {
        R(A) = value;
        ++pc;
    }
    NEXT;
}
op_JumpNotSame:
    pc += 2 + (R(A) == k[pc[0]] ? 0 : static_cast<std::int32_t>(pc[1]));
    NEXT;
op_JumpNotEqual:
    pc += 2 + (same(R(A), k[pc[0]]) ? 0 : static_cast<std::int32_t>(pc[1]));
    NEXT;
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
#undef NEXT
#undef SAVE
#undef THROW_IF
#undef CALL_NATIVE
#undef JUMP_BY
#undef FLOAT_Add
#undef FLOAT_Subtract
#undef FLOAT_Multiply
#pragma GCC diagnostic pop
