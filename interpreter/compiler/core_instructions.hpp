// Functions of the library that are one instruction where code calls them by name with so many arguments. The
// instruction does the usual cases; for all others the machine calls the function, which also words the errors.
#pragma once

#include "compiler/opcode.hpp"

#include <cstddef>
#include <string_view>

namespace qi {

struct CoreInstruction {
    std::string_view name;
    Opcode op;
    unsigned arguments;
    Opcode next = Opcode::Return; // for a third argument and those after it; Return: none
};

inline constexpr CoreInstruction core_instructions[] = {
    {"+", Opcode::Add, 2, Opcode::AddNext},
    {"-", Opcode::Subtract, 2, Opcode::SubtractNext},
    {"*", Opcode::Multiply, 2, Opcode::MultiplyNext},
    {"/", Opcode::Divide, 2},
    {"%", Opcode::Remainder, 2},
    {"quot", Opcode::Quotient, 2},
    {"mod", Opcode::Modulo, 2},
    {"inc", Opcode::SubtractI, 1}, // of minus one
    {"dec", Opcode::AddI, 1},      // likewise
    {"bit-and", Opcode::BitAnd, 2},
    {"bit-or", Opcode::BitOr, 2},
    {"bit-xor", Opcode::BitXor, 2},
    {"bit-shift-left", Opcode::ShiftLeft, 2},
    {"bit-shift-right", Opcode::ShiftRight, 2},
    {"not", Opcode::Not, 1},
    {"get", Opcode::Get, 2},
    {"first", Opcode::First, 1},
    {"rest", Opcode::Rest, 1},
    {"len", Opcode::Length, 1},
    {"nth", Opcode::Nth, 2},
    {"conj", Opcode::Conj, 2},
    {"assoc", Opcode::Assoc, 3},
    {"empty?", Opcode::JumpEmpty, 1}, // a jump: see Compiler::test_jump
};
inline constexpr std::size_t longest_core_name = 15;

/// Null: the instruction isn't one of these.
constexpr const CoreInstruction* core_instruction(Opcode op) noexcept {
    for (const CoreInstruction& row : core_instructions)
        if (row.op == op || (row.next == op && op != Opcode::Return)) return &row;
    return nullptr;
}

/// The function that the instruction is for; empty: none.
constexpr std::string_view core_name(Word word) noexcept {
    const auto op = static_cast<Opcode>(word & 0xFF);
    const bool of_one = (word >> 24) == 0xFF; // inc, dec
    if (op == Opcode::AddI && !of_one) return "+";
    if (op == Opcode::SubtractI && !of_one) return "-";
    if (op == Opcode::GetK) return (word >> 24) == 0 ? "get" : "";
    const CoreInstruction* const row = core_instruction(op);
    return row == nullptr ? std::string_view() : row->name;
}

} // namespace qi
