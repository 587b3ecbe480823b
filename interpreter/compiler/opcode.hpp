// The instructions. 32 bits each: opcode, then A, B and C of 8 bits. `+w` is a whole word behind the instruction: a
// constant's number, a jump distance (signed, from the word behind it), or two 16-bit numbers.
// R[x] is a register of the frame, K[w] a constant.
#pragma once

#include <cstdint>

namespace qi {

#define QI_OPCODES(X)                                                                                                    \
    X(Move)        /* R[A] = R[B] */                                                                                     \
    X(LoadK)       /* R[A] = K[w] */                                                                                     \
    X(LoadI)       /* R[A] = the signed 16 bits of B and C */                                                            \
    X(Nil)         /* R[A] = nil */                                                                                      \
    X(True)        /* R[A] = true */                                                                                     \
    X(False)       /* R[A] = false */                                                                                    \
    X(GetGlobal)   /* R[A] = value of the variable K[w] */                                                               \
    X(SetGlobal)   /* variable K[w] = R[A] */                                                                            \
    X(GetCapture)  /* R[A] = captured value B of this closure */                                                         \
    X(NewBox)      /* R[A] = a box with nothing in it */                                                                 \
    X(GetBox)      /* R[A] = content of the box R[B], or, if it isn't set, value of the variable K[w] */                 \
    X(CopyBox)     /* content of the box R[A] = that of the box R[B], set or not */                                      \
    X(SetBox)      /* content of the box R[A] = R[B] */                                                                  \
    X(MakeClosure) /* R[A] = closure of prototype K[w], captures as it says */                                           \
    X(Add)         /* R[A] = R[B] + R[C] */                                                                              \
    X(Subtract)    /* R[A] = R[B] - R[C] */                                                                              \
    X(Multiply)    /* R[A] = R[B] * R[C] */                                                                              \
    X(Divide)      /* R[A] = R[B] / R[C] */                                                                              \
    X(Remainder)   /* R[A] = R[B] % R[C] */                                                                              \
    X(AddI)        /* R[A] = R[B] + signed C; -1 is (dec x), no other */                                                 \
    X(SubtractI)   /* R[A] = R[B] - signed C; -1 is (inc x), no other */                                                 \
    X(Not)         /* R[A] = not R[B] */                                                                                 \
    X(Jump)        /* by w */                                                                                            \
    X(LoopBack)    /* by w, backwards: a safepoint */                                                                    \
    X(JumpIfNot)   /* by w if R[A] is nil or false */                                                                    \
    X(JumpIf)      /* by w if it is neither */                                                                           \
    X(JumpNil)     /* by w if R[A] is nil */                                                                             \
    X(JumpNotNil)  /* by w if it isn't */                                                                                \
    X(JumpLess)    /* by w if (R[A] < R[B]) is C & 1; C & 2: written (> R[B] R[A]) */                                    \
    X(JumpLessEqual) /* by w if (R[A] <= R[B]) is C & 1; C & 2: written (>= R[B] R[A]) */                                \
    X(JumpEqual)   /* by w if (R[A] = R[B]) is C */                                                                      \
    X(JumpLessI)   /* by w if (R[A] < signed B) is C */                                                                  \
    X(JumpGreaterI) /* by w if (R[A] > signed B) is C */                                                                 \
    X(JumpEqualI)  /* by w if (R[A] = signed B) is C */                                                                  \
    X(JumpError)   /* by w if R[A] is an error map */                                                                    \
    X(JumpNotThunk) /* by w unless R[A] is a user function without parameters */                                        \
    X(Call)        /* call R[A] with the B arguments from R[A+3]; the value goes to R[A] */                              \
    X(CallGlobal)  /* the same with the value of the variable K[w] put into R[A] first */                                \
    X(Return)      /* R[A] */                                                                                            \
    X(MakeVector)  /* R[A] = vector of the C values from R[B] */                                                         \
    X(PushVector)  /* R[A] = R[A] with the C values from R[B] behind */                                                  \
    X(MakeMap)     /* R[A] = flat map of shape K[w], values from R[B] */                                                 \
    X(PutMap)      /* R[A] = R[A] with the C pairs from R[B] */                                                          \
    X(MakeSet)     /* R[A] = set of the C values from R[B] */                                                            \
    X(PushSet)     /* R[A] = R[A] with the C values from R[B] added */                                                   \
    X(Get)         /* R[A] = (get R[B] R[C]) */                                                                          \
    X(GetK)        /* R[A] = (get R[B] K[low half of w]), inline cache number high half of w */                          \
    X(ToText)      /* R[A] = the C values from R[B], joined as an f-string */                                            \
    X(Try)         /* on an error go on w further, with the error map in R[A]; B: 0 try, 1 the error itself for Rethrow, 2 report it */ \
    X(EndTry)      /* forget the innermost handler */                                                                    \
    X(EndDeferred) /* throw what came while deferred code ran and is no mere error of it: a cancellation, an exit, Ctrl-C */ \
    X(Rethrow)     /* throw again what a Try with B = 1 caught in R[A] */                                                \
    X(Go)          /* R[A] = promise of a new goroutine that calls R[B]; C: nobody looks at the promise */               \
    X(Select)      /* R[A] = number of the first ready channel of the B channels from R[A] */                            \
    X(CheckItems)  /* R[A] must be a list or vector of exactly B items, or at least B if C */                            \
    X(CheckMap)    /* R[A] must be a map */                                                                              \
    X(Item)        /* R[A] = item C of the sequence R[B] */                                                              \
    X(RestFrom)    /* R[A] = list of the items of R[B] from C on */                                                      \
    X(NeedKey)     /* R[A] = value of key K[w] in the map R[B], which must have it; a string as it stands */              \
    X(JumpNotItems) /* by w unless R[A] is a sequence of B items (at least B if C) */                                    \
    X(JumpNotMap)  /* by w unless R[A] is a map */                                                                       \
    X(JumpNotKey)  /* R[A] = value of key K[w1] (a string as it stands) in the map R[B], inline cache w2, or jump by w3 */  \
    X(JumpNotSame) /* unless R[A] is the word K[w1] jump by w2 */                                                        \
    X(JumpNotEqual) /* unless R[A] strictly equals K[w1] jump by w2 */                                                   \
    X(NoMatch)     /* no arm fits R[A] */

enum class Opcode : std::uint8_t {
#define QI_ENUMERATOR(name) name,
    QI_OPCODES(QI_ENUMERATOR)
#undef QI_ENUMERATOR
};

using Word = std::uint32_t;

constexpr Word encode(Opcode op, unsigned a = 0, unsigned b = 0, unsigned c = 0) noexcept {
    return static_cast<Word>(op) | a << 8 | b << 16 | c << 24;
}

/// Words behind the instruction.
constexpr unsigned extra_words(Opcode op) noexcept {
    switch (op) {
    case Opcode::JumpNotKey: return 3;
    case Opcode::JumpNotSame:
    case Opcode::JumpNotEqual: return 2;
    case Opcode::LoadK:
    case Opcode::GetGlobal:
    case Opcode::SetGlobal:
    case Opcode::GetBox:
    case Opcode::MakeClosure:
    case Opcode::Jump:
    case Opcode::LoopBack:
    case Opcode::JumpIfNot:
    case Opcode::JumpIf:
    case Opcode::JumpNil:
    case Opcode::JumpNotNil:
    case Opcode::JumpLess:
    case Opcode::JumpLessEqual:
    case Opcode::JumpEqual:
    case Opcode::JumpLessI:
    case Opcode::JumpGreaterI:
    case Opcode::JumpEqualI:
    case Opcode::JumpError:
    case Opcode::JumpNotThunk:
    case Opcode::CallGlobal:
    case Opcode::MakeMap:
    case Opcode::GetK:
    case Opcode::Try:
    case Opcode::NeedKey:
    case Opcode::JumpNotItems:
    case Opcode::JumpNotMap: return 1;
    default: return 0;
    }
}

} // namespace qi
