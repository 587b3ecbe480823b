// The instructions, as opcodes.def lists them.
#pragma once

#include <cstdint>

namespace qi {

enum class Opcode : std::uint8_t {
#define OPCODE(name, ...) name,
#include "compiler/opcodes.def"
};

using Word = std::uint32_t;

constexpr Word encode(Opcode op, unsigned a = 0, unsigned b = 0, unsigned c = 0) noexcept {
    return static_cast<Word>(op) | a << 8 | b << 16 | c << 24;
}

inline constexpr std::uint8_t words_after[] = {
#define OPCODE(name, words, registers) words,
#include "compiler/opcodes.def"
};

/// What instructions do to registers.
namespace operands {
inline constexpr std::uint32_t none = 0;
inline constexpr std::uint32_t writes_a = 1;
inline constexpr std::uint32_t reads_a = 2;
inline constexpr std::uint32_t reads_b = 4;
inline constexpr std::uint32_t reads_c = 8;
inline constexpr std::uint32_t reads_w = 16;        // the one whose number is the word after it
inline constexpr std::uint32_t list_from_a = 32;    // reads B from A on
inline constexpr std::uint32_t list_from_b = 64;    // reads C from B on
inline constexpr std::uint32_t pairs_from_b = 128;  // reads 2 C from B on
inline constexpr std::uint32_t shaped_from_b = 256; // reads as many from B on as the shape K[w] has keys
inline constexpr std::uint32_t arguments = 512; // reads B from A + 3 on; afterwards nothing is in those from A + 1 on
inline constexpr std::uint32_t captures = 1024; // reads those that the prototype K[w] captures
inline constexpr std::uint32_t jumps = 2048;    // perhaps, by the last word
inline constexpr std::uint32_t ends = 4096;     // the instruction after it doesn't follow
} // namespace operands

constexpr std::uint32_t operands_of(Opcode op) noexcept {
    using namespace operands;
    constexpr std::uint32_t of[] = {
#define OPCODE(name, words, registers) registers,
#include "compiler/opcodes.def"
    };
    return of[static_cast<std::uint8_t>(op)];
}

constexpr unsigned extra_words(Opcode op) noexcept { return words_after[static_cast<std::uint8_t>(op)]; }

} // namespace qi
