// A file that is loaded while the program runs: its forms, compiled one after the other as they are asked for.
// Interpreter thread only.
#pragma once

#include "base/source.hpp"
#include "compiler/definitions.hpp"
#include "compiler/warnings.hpp"
#include "vm/modules/expander.hpp"
#include "vm/modules/module_names.hpp"

#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace qi {

class Unit {
public:
    Unit(Vm& vm, SourcePointer source, Globals::Scope scope);

    /// Why nothing of it can run: an error without a place in the text, or with one.
    using Problem = std::variant<Error, SyntaxError>;
    /// Reads all of it. A file with a syntax error anywhere runs nothing.
    std::optional<Problem> read();
    /// From here on, what is doubtful about the forms is noted as they are compiled.
    void warn();
    /// What was noted since the last time.
    std::vector<Warning> take_warnings() { return warnings_.take(); }
    std::span<Form* const> forms() const noexcept { return forms_; }
    /// The form that `next` compiles, null after the last one.
    const Form* coming() const noexcept { return next_ == forms_.size() ? nullptr : forms_[next_]; }
    /// The next form as a function, null after the last one.
    std::variant<Prototype*, SyntaxError> next();
    /// A function that throws the error at its place in the text.
    Prototype* thrower(const SyntaxError& error);
    const Source& source() const noexcept { return *source_; }

private:
    Vm& vm_;
    SourcePointer source_;
    Globals::Scope scope_;
    FormArena arena_;
    Expander expander_;
    VmFunctions functions_;
    Warnings warnings_;
    ModuleNames others_;
    Definitions definitions_;
    Compiler compiler_;
    std::vector<Form*> forms_;
    std::size_t next_ = 0;
};

} // namespace qi
