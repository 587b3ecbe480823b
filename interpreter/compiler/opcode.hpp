// The instructions, as opcodes.def lists them.
#pragma once

#include <cstdint>

namespace qi {

enum class Opcode : std::uint8_t {
#define OPCODE(name, words) name,
#include "compiler/opcodes.def"
};

using Word = std::uint32_t;

constexpr Word encode(Opcode op, unsigned a = 0, unsigned b = 0, unsigned c = 0) noexcept {
    return static_cast<Word>(op) | a << 8 | b << 16 | c << 24;
}

inline constexpr std::uint8_t words_after[] = {
#define OPCODE(name, words) words,
#include "compiler/opcodes.def"
};

constexpr unsigned extra_words(Opcode op) noexcept { return words_after[static_cast<std::uint8_t>(op)]; }

} // namespace qi
