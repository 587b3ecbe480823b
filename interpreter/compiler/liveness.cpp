#include "compiler/liveness.hpp"

#include "data/shape.hpp"

namespace qi {

namespace {

using Registers = std::uint64_t; // one bit for each
constexpr unsigned most_registers = 64;

constexpr Registers bit(unsigned reg) noexcept { return Registers{1} << reg; }
constexpr Registers bits(unsigned from, unsigned count) noexcept {
    return count == 0 ? 0 : (~Registers{0} >> (most_registers - count)) << from;
}

struct Instruction {
    Word word;
    std::uint32_t position;
    std::int32_t target = -1; // the number of the instruction that it may jump to
    std::uint32_t operands;
    Registers reads = 0;
    Registers writes = 0;
    Registers live = 0; // before it
};

constexpr unsigned a_of(Word word) noexcept { return word >> 8 & 0xFF; }
constexpr unsigned b_of(Word word) noexcept { return word >> 16 & 0xFF; }
constexpr unsigned c_of(Word word) noexcept { return word >> 24; }

Registers reads_of(const Code& code, const Instruction& instruction) {
    using namespace operands;
    const Word word = instruction.word;
    const unsigned a = a_of(word), b = b_of(word), c = c_of(word);
    const Word* const extra = code.words.data() + instruction.position + 1;
    const std::uint32_t of = instruction.operands;
    Registers reads = 0;
    if ((of & reads_a) != 0) reads |= bit(a);
    if ((of & reads_b) != 0) reads |= bit(b);
    if ((of & reads_c) != 0) reads |= bit(c);
    if ((of & reads_w) != 0) reads |= bit(*extra);
    if ((of & list_from_a) != 0) reads |= bits(a, b);
    if ((of & list_from_b) != 0) reads |= bits(b, c);
    if ((of & pairs_from_b) != 0) reads |= bits(b, 2 * c);
    if ((of & arguments) != 0) reads |= bits(a + 3, b);
    if ((of & shaped_from_b) != 0) reads |= bits(b, static_cast<Shape*>(code.constants[*extra].object())->length);
    if ((of & captures) != 0)
        for (const Capture& capture : static_cast<Prototype*>(code.constants[*extra].object())->code->captures)
            if (capture.from_register) reads |= bit(capture.index);
    return reads;
}

std::vector<Instruction> instructions_of(const Code& code) {
    std::vector<Instruction> all;
    std::vector<std::int32_t> numbers(code.words.size() + 1, -1); // of the instruction at a position
    for (std::size_t at = 0; at < code.words.size();) {
        const Word word = code.words[at];
        const auto op = static_cast<Opcode>(word & 0xFF);
        numbers[at] = static_cast<std::int32_t>(all.size());
        all.push_back({.word = word, .position = static_cast<std::uint32_t>(at), .operands = operands_of(op)});
        at += 1 + extra_words(op);
    }
    for (Instruction& instruction : all) {
        const auto op = static_cast<Opcode>(instruction.word & 0xFF);
        instruction.reads = reads_of(code, instruction);
        const bool jumps = (instruction.operands & operands::jumps) != 0;
        // What a jump writes it writes only if it doesn't jump.
        if ((instruction.operands & operands::writes_a) != 0 && !jumps)
            instruction.writes = bit(a_of(instruction.word));
        if (!jumps) continue;
        const std::size_t last = instruction.position + extra_words(op);
        instruction.target = numbers[last + 1 + static_cast<std::size_t>(static_cast<std::int32_t>(code.words[last]))];
    }
    return all;
}

} // namespace

void mark_last_uses(Code& code, unsigned registers) {
    if (registers > most_registers) return;
    std::vector<Instruction> all = instructions_of(code);
    // An error may continue at any handler of the function, from anywhere in it.
    Registers handlers = 0;
    const auto live_after = [&](std::size_t i) {
        const Instruction& instruction = all[i];
        Registers live = handlers;
        if ((instruction.operands & operands::ends) == 0) live |= all[i + 1].live;
        if (instruction.target >= 0) live |= all[static_cast<std::size_t>(instruction.target)].live;
        return live;
    };
    // Backwards, until nothing changes: once more for each loop within another.
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = all.size(); i-- > 0;) {
            const Registers live = (live_after(i) & ~all[i].writes) | all[i].reads, handlers_before = handlers;
            if (static_cast<Opcode>(all[i].word & 0xFF) == Opcode::Try)
                handlers |= all[static_cast<std::size_t>(all[i].target)].live;
            changed = changed || live != all[i].live || handlers != handlers_before;
            all[i].live = live;
        }
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Word word = all[i].word;
        const auto op = static_cast<Opcode>(word & 0xFF);
        const Opcode last = op == Opcode::Copy    ? Opcode::Move
                            : op == Opcode::Conj  ? Opcode::ConjOwn
                            : op == Opcode::Assoc ? Opcode::AssocOwn
                                                  : op;
        if (last == op) continue;
        const bool overwritten = a_of(word) == b_of(word);
        if (!overwritten && (live_after(i) & bit(b_of(word))) != 0) continue;
        code.words[all[i].position] = (word & ~Word{0xFF}) | static_cast<Word>(last);
    }
}

} // namespace qi
