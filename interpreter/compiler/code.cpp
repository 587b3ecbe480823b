#include "compiler/code.hpp"

namespace qi {

namespace {

void trace_prototype(Object* object, Tracer& tracer) {
    Code* code = static_cast<Prototype*>(object)->code;
    tracer.visit(code->constants.data(), code->constants.size());
}

void finalize_prototype(Object* object) noexcept { std::unique_ptr<Code> owned(static_cast<Prototype*>(object)->code); }

std::size_t prototype_external(const Object* object) noexcept {
    const Code* code = static_cast<const Prototype*>(object)->code;
    return sizeof(Code) + code->words.size() * (sizeof(Word) + sizeof(Span)) + code->constants.size() * sizeof(Value);
}

} // namespace

Prototype* make_prototype(Heap& heap, std::unique_ptr<Code> code, unsigned parameters, bool rest, unsigned registers) {
    auto* prototype = heap.make_fixed<Prototype>(ObjectKind::Prototype);
    prototype->words = code->words.data();
    prototype->constants = code->constants.data();
    prototype->caches = code->caches.data();
    prototype->parameters = static_cast<std::uint8_t>(parameters);
    prototype->rest = rest;
    prototype->registers = static_cast<std::uint16_t>(registers);
    prototype->code = code.release();
    heap.owns(prototype);
    return prototype;
}

void add_code_kinds(KindTable& kinds) {
    kinds[ObjectKind::Prototype] = {fixed_layout<Prototype>(), nullptr, trace_prototype, finalize_prototype,
                                    prototype_external};
    kinds[ObjectKind::Variable] = {fixed_layout<Variable>(1, 3)};
    kinds[ObjectKind::Macro] = {fixed_layout<Macro>(1, 2)};
    kinds[ObjectKind::Box] = {fixed_layout<Box>(1, 1)};
}

std::string disassemble(const Prototype* prototype) {
    static constexpr const char* names[] = {
#define OPCODE(name, ...) #name,
#include "compiler/opcodes.def"
    };
    const Code& code = *prototype->code;
    std::string out =
        (code.name.empty() ? "fn" : code.name) + ": " + std::to_string(prototype->registers) + " registers\n";
    for (std::size_t i = 0; i < code.words.size(); ++i) {
        const Word word = code.words[i];
        const auto op = static_cast<Opcode>(word & 0xFF);
        out += "  " + std::to_string(i) + " " + names[word & 0xFF] + " " + std::to_string(word >> 8 & 0xFF) + " " +
               std::to_string(word >> 16 & 0xFF) + " " + std::to_string(word >> 24);
        for (unsigned extra = extra_words(op); extra > 0; --extra)
            out += " [" + std::to_string(static_cast<std::int32_t>(code.words[++i])) + "]";
        out += "\n";
    }
    return out;
}

} // namespace qi
