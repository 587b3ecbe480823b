// What the compiler makes: prototypes (compiled functions) and the global variables that they refer to.
// Neither moves. Interpreter thread only.
#pragma once

#include "base/source.hpp"
#include "compiler/opcode.hpp"
#include "data/symbol.hpp"
#include "heap/heap.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace qi {

/// A shape and where in it the key was, for one look-up in the code.
struct InlineCache {
    std::uint64_t shape = 0; // id; 0: empty
    std::uint64_t index = 0;
};

/// Where a new closure finds a value that it captures.
struct Capture {
    bool from_register; // of the enclosing frame; else among the enclosing closure's own captures
    std::uint8_t index;
};

struct Code {
    std::string name; // "" for an anonymous function
    SourcePointer source;
    Span span;
    std::vector<Word> words;
    std::vector<Span> spans; // of each word
    std::vector<Value> constants;
    std::vector<InlineCache> caches;
    std::vector<Capture> captures;
    std::string parameters; // as written, for messages and docs
    bool top_level = false;
};

struct Prototype : Object {
    const Word* words;
    const Value* constants;
    InlineCache* caches;
    std::uint8_t parameters; // fixed ones
    bool rest;
    std::uint16_t registers;
    Code* code; // owned
};

struct Variable : Object {
    static constexpr std::uint16_t Private = 1;
    static constexpr std::uint16_t Core = 2;     // of the standard library, which no program redefines
    static constexpr std::uint16_t OfModule = 4; // not of the program's own scope
    static constexpr std::uint16_t Imported = 8; // by `use`: not the module's own
    static constexpr std::uint16_t Borrows = 16; // a native that keeps nothing of its first argument

    Value value; // absent: not defined yet
    Value name;  // symbol
    Value doc;   // string or nil
};

struct Macro : Object {
    Value function;
    Value name;
};

/// A captured binding that may change or be set after it was captured.
struct Box : Object {
    Value value;
};

Prototype* make_prototype(Heap& heap, std::unique_ptr<Code> code, unsigned parameters, bool rest, unsigned registers);

/// Fills in the kinds of this floor.
void add_code_kinds(KindTable& kinds);

/// The instructions as text, for looking at them.
std::string disassemble(const Prototype* prototype);

} // namespace qi
