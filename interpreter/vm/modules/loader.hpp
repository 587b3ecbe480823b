// Runs source text: reads it whole, then compiles and runs it form by form. Interpreter thread only.
#pragma once

#include "base/source.hpp"
#include "reader/form.hpp"
#include "vm/vm.hpp"

#include <optional>
#include <string>
#include <variant>

namespace qi {

class Unit;

class Loader {
public:
    explicit Loader(Vm& vm) : vm_(vm) {}

    struct Outcome {
        bool ok = true;
        Value value;         // of the last form
        std::string problem; // what to report to the user if not ok
    };
    /// A file with a syntax error anywhere runs nothing; nor does one with an error of compiling, unless macros, `use`,
    /// `load` or `eval` make that unknown. With `warn`, what is doubtful about a form is written to standard
    /// error before it runs.
    Outcome run(SourcePointer source, bool warn = false);
    /// The same of text that has been read; `problem` is what came of that.
    Outcome run(Unit& unit, const std::optional<std::variant<Error, SyntaxError>>& problem);

    /// A function without parameters that evaluates the data, or the first form of the text, in the global scope.
    Result<Value> compile_datum(Value datum);
    Result<Value> compile_text(std::string_view text);

private:
    class Stage;
    Outcome run_forms(Unit& unit, const std::optional<std::variant<Error, SyntaxError>>& problem);
    Result<Value> compile(FormArena& arena, Form* form, SourcePointer source); // a function value

    Vm& vm_;
};

/// The text of a file, or an :io error that says why there is none.
Result<std::string> read_file(const std::string& path);

} // namespace qi
