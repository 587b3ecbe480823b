// The function that is being compiled: its code so far, registers, scopes and captures. Knows instructions, not
// forms. Interpreter thread only.
#pragma once

#include "compiler/code.hpp"
#include "reader/form.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace qi {

using Register = std::uint8_t;

/// A place in the code that jumps go to, known or not yet.
struct Label {
    std::int64_t at = -1;
    std::vector<std::size_t> uses; // words to be filled in
};

struct Local {
    Value name;
    Register reg;
    bool boxed;             // the register holds a Box: captured or perhaps never defined, and defined later or again
    bool defined;           // false until its `def` was compiled: not yet visible in its own function
    bool redefined = false; // its register may change while an expression is computed
    bool used = false;
    bool read_early = false;          // its name was read while it still meant the global
    const Form* parameters = nullptr; // of the function that it surely is
    const Form* binding = nullptr;    // where a `let` names it
    Value macro = Value::absent();    // what the name means to the compiler; then there is no register
};

/// What must be undone when control leaves a part of the code early.
struct Region {
    bool defers;       // else a plain `try`
    Register deferred; // list of functions to call
};

struct LoopState {
    std::vector<Register> variables;
    std::vector<Value> names; // of the variables; absent: a pattern
    std::size_t start = 0;
    std::size_t regions = 0; // open regions outside the loop
};

class FunctionState {
public:
    FunctionState(Store& store, SourcePointer source, FunctionState* parent)
        : parent_(parent), store_(store), code_(std::make_unique<Code>()) {
        code_->source = std::move(source);
    }

    // Code
    void emit(Opcode op, unsigned a = 0, unsigned b = 0, unsigned c = 0) { word(encode(op, a, b, c)); }
    void emit_with(Opcode op, unsigned a, unsigned b, unsigned c, Word extra) {
        emit(op, a, b, c);
        word(extra);
    }
    void word(Word w) {
        code_->words.push_back(w);
        code_->spans.push_back(span_);
    }
    void jump(Label& label) { // the distance word of a jump just emitted
        if (label.at < 0) label.uses.push_back(code_->words.size());
        word(label.at < 0 ? 0 : distance(code_->words.size(), static_cast<std::size_t>(label.at)));
    }
    void jump(Opcode op, unsigned a, unsigned b, unsigned c, Label& label) {
        emit(op, a, b, c);
        jump(label);
    }
    void bind(Label& label) {
        label.at = static_cast<std::int64_t>(code_->words.size());
        for (const std::size_t use : label.uses) code_->words[use] = distance(use, static_cast<std::size_t>(label.at));
        label.uses.clear();
    }
    std::size_t position() const noexcept { return code_->words.size(); }
    Word constant(Value value);
    Word cache();
    Span span() const noexcept { return span_; }
    void set_span(Span span) noexcept { span_ = span; }

    // Registers: a stack, of which locals take some for as long as their scope lasts.
    static constexpr unsigned max_registers = 240;
    Register reserve(unsigned count = 1); // throws SyntaxError when there are too many
    unsigned next_register() const noexcept { return next_; }
    void release_to(unsigned next) noexcept { next_ = next; }

    // Scopes
    struct Scope {
        std::size_t locals;
        unsigned registers;
    };
    Scope open_scope() noexcept {
        ++depth_;
        return {locals_.size(), next_};
    }
    void close_scope(Scope scope) {
        --depth_;
        locals_.resize(scope.locals);
        next_ = scope.registers;
    }
    int depth() const noexcept { return depth_; }
    Local& declare(Value name, Register reg, bool boxed = false, bool defined = true) {
        locals_.push_back({name, reg, boxed, defined});
        return locals_.back();
    }
    void declare_macro(Value name, Value macro) {
        locals_.push_back({.name = name, .reg = 0, .boxed = false, .defined = true, .macro = macro});
    }
    /// The one that the name refers to, which counts as used from now on.
    Local* find_local(Value name, bool from_inner_function) noexcept;
    /// Of this function, whether defined yet or not.
    Local* find_declared(Value name) noexcept;
    /// The macro that the name is here; absent if it is a local variable, of this function or one around it.
    std::optional<Value> local_macro(Value name) const noexcept;
    std::span<const Local> locals() const noexcept { return locals_; }
    std::span<Local> locals_from(std::size_t first) noexcept { return std::span(locals_).subspan(first); }

    struct Found {
        enum { Nothing, InRegister, InCapture, IsMacro } where = Nothing;
        std::uint8_t index = 0;
        bool boxed = false;
        Value macro = Value::absent();
    };
    /// Finds the name in this function or, capturing it, in one around it.
    Found resolve(Value name, bool from_inner_function = false);

    FunctionState* parent() const noexcept { return parent_; }
    Code& code() noexcept { return *code_; }
    std::vector<Region>& regions() noexcept { return regions_; }
    std::vector<LoopState>& loops() noexcept { return loops_; }

    Prototype* finish(unsigned parameters, bool rest);

private:
    static Word distance(std::size_t from, std::size_t to) noexcept {
        return static_cast<Word>(
            static_cast<std::int32_t>(static_cast<std::int64_t>(to) - static_cast<std::int64_t>(from) - 1));
    }
    struct Captured {
        Value name;
        bool boxed;
    };

    FunctionState* parent_;
    Store& store_;
    std::unique_ptr<Code> code_;
    std::vector<Local> locals_;
    std::vector<Captured> captured_;
    std::vector<Region> regions_;
    std::vector<LoopState> loops_;
    Span span_;
    unsigned next_ = 0;
    unsigned most_ = 0;
    int depth_ = 0;
};

} // namespace qi
