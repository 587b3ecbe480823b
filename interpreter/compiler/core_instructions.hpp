// Functions of the library that are one instruction where code calls them by name with so many arguments. The
// instruction does the usual cases; for all others the machine calls the function, which also words the errors.
#pragma once

#include "compiler/opcode.hpp"

#include <cstddef>
#include <iterator>
#include <string_view>

namespace qi {

struct CoreInstruction {
    std::string_view name;
    Opcode op;
    unsigned arguments;
    Opcode next = Opcode::Return;     // for further arguments, one by one or, after three, in pairs; Return: none
    Opcode constant = Opcode::Return; // for a second argument of -128 to 127; Return: none
};

inline constexpr CoreInstruction core_instructions[] = {
    {"+", Opcode::Add, 2, Opcode::AddNext},
    {"-", Opcode::Subtract, 2, Opcode::SubtractNext},
    {"*", Opcode::Multiply, 2, Opcode::MultiplyNext, Opcode::MultiplyI},
    {"/", Opcode::Divide, 2, Opcode::Return, Opcode::DivideI},
    {"%", Opcode::Remainder, 2, Opcode::Return, Opcode::RemainderI},
    {"quot", Opcode::Quotient, 2},
    {"mod", Opcode::Modulo, 2},
    {"inc", Opcode::SubtractI, 1}, // of the constant -1, which no sum is compiled to
    {"dec", Opcode::AddI, 1},      // likewise
    {"bit-and", Opcode::BitAnd, 2},
    {"bit-or", Opcode::BitOr, 2},
    {"bit-xor", Opcode::BitXor, 2},
    {"bit-shift-left", Opcode::ShiftLeft, 2},
    {"bit-shift-right", Opcode::ShiftRight, 2},
    {"not", Opcode::Not, 1},
    {"get", Opcode::Get, 2},
    {"get", Opcode::GetElse, 3},
    {"first", Opcode::First, 1},
    {"rest", Opcode::Rest, 1},
    {"len", Opcode::Length, 1},
    {"nth", Opcode::Nth, 2, Opcode::Return, Opcode::NthI},
    {"conj", Opcode::Conj, 2},
    {"assoc", Opcode::Assoc, 3, Opcode::AssocNext},
    {"empty?", Opcode::JumpEmpty, 1}, // a jump: see Compiler::test_jump
};
inline constexpr std::size_t longest_core_name = [] {
    std::size_t longest = 0;
    for (const CoreInstruction& row : core_instructions)
        longest = row.name.size() > longest ? row.name.size() : longest;
    return longest;
}();

/// The number of the instruction's row; that of all rows: it has none.
constexpr std::size_t core_row(Opcode op) noexcept {
    if (op == Opcode::ConjOwn) op = Opcode::Conj;
    if (op == Opcode::AssocOwn) op = Opcode::Assoc;
    std::size_t i = 0;
    for (; i < std::size(core_instructions); ++i) {
        const CoreInstruction& row = core_instructions[i];
        if (op != Opcode::Return && (row.op == op || row.next == op || row.constant == op)) break;
    }
    return i;
}

/// The function that the instruction is for; empty: none.
constexpr std::string_view core_name(Word word) noexcept {
    const auto op = static_cast<Opcode>(word & 0xFF);
    const bool minus_one = (word >> 24) == 0xFF; // inc, dec
    if (op == Opcode::AddI && !minus_one) return "+";
    if (op == Opcode::SubtractI && !minus_one) return "-";
    if (op == Opcode::GetK) return (word >> 24) == 0 ? "get" : "";
    const std::size_t row = core_row(op);
    return row == std::size(core_instructions) ? std::string_view() : core_instructions[row].name;
}

} // namespace qi
