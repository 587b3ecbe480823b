// What the compiler has to say about a program that it can still compile. Interpreter thread only.
#pragma once

#include "base/source.hpp"
#include "compiler/code.hpp"
#include "compiler/known_options.hpp"

#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace qi {

struct Warning {
    Span span;
    std::string text;
    std::string note;      // further lines, or empty
    std::string_view code; // what kind of warning it is, for editors: one word in every language
};

/// `name:line:column: warning: text`, the excerpt, and the note.
std::string describe(const Source& source, const Warning& warning);

/// What is known about functions that exist already; the compiler gets it from the code that makes functions.
class KnownFunctions {
public:
    virtual ~KnownFunctions() = default;
    /// What is wrong with a call of the variable's value with that many arguments: text and note. Empty if nothing is,
    /// or if that isn't known.
    virtual std::optional<std::pair<std::string, std::string>> misfit(const Variable& variable,
                                                                      unsigned arguments) const = 0;
    /// What is wrong with the text as a regular expression; nothing if nothing is.
    virtual std::optional<std::string> pattern_fault(std::string_view text) const = 0;
    /// The options that the function of this name takes in a map, where it is known.
    virtual std::vector<TakenOptions> options_of(std::string_view function) const = 0;
};

class Warnings {
public:
    /// `nothing_runs`: what fails as soon as it runs is said here too.
    explicit Warnings(const KnownFunctions& functions, bool nothing_runs = false)
        : functions_(functions), nothing_runs_(nothing_runs) {}

    bool nothing_runs() const noexcept { return nothing_runs_; }
    const KnownFunctions& functions() const noexcept { return functions_; }
    /// The same text about the same place counts once, however often it is compiled.
    void add(std::string_view code, Span span, std::string text, std::string note = {});
    /// Those since the last time, by their places.
    std::vector<Warning> take();

private:
    const KnownFunctions& functions_;
    bool nothing_runs_;
    std::vector<Warning> found_;
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::string>> said_;
};

/// How a function is called and what it does: `(name a b)`, and the first line of its docstring below. `parameters` as
/// they are written, in their brackets.
std::string signature(std::string_view name, std::string_view parameters, std::string_view doc);

/// The first sentence of a docstring's first line, without an example; empty if there is none.
std::string_view first_line(std::string_view doc) noexcept;

} // namespace qi
