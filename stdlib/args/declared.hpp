// A command line that a program has declared: its options and the words besides. Interpreter thread only.
#pragma once

#include "native/native.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qi::stdlib {

struct DeclaredOption {
    enum class Type { String, Int, Float, Flag };
    std::string name;   // without --
    std::string letter; // without -; empty: it has none
    Type type = Type::String;
    bool many = false; // a vector; of a flag, how often
    bool required = false;
    Value otherwise = Value::absent(); // if it isn't given
    std::vector<std::string> choices;  // none: any value
    std::string value_name;            // in the usage
    std::string help;
    bool is_added = false; // by Qi, which acts on it; the program has declared none of that name

    std::string shown() const { return "--" + name; }
    bool takes_value() const noexcept { return type != Type::Flag; }
};

/// A word that is no option: "URL", "FILE?" may be left out, "MORE..." any number.
struct DeclaredPlace {
    std::string name;
    bool optional = false;
    bool rest = false;
};

struct DeclaredLine {
    std::string program;
    std::string about;
    std::optional<std::vector<DeclaredPlace>> places; // absent: nobody has said, and any number will do
    std::vector<DeclaredOption> options;              // with --help and --completion, which every program has

    const DeclaredOption* named(std::string_view name) const noexcept;
    /// The one of that name that Qi has added; null: the program has its own, which is an option like any other.
    const DeclaredOption* added(std::string_view name) const noexcept;
    const DeclaredOption* lettered(std::string_view letter) const noexcept;
};

/// The declaration of a call's first argument: a vector of options, or a map {:program :about :args :options}.
Result<DeclaredLine> declared_line(Call call, Value declaration);

/// {:options :args}, or an error map with :kind :usage.
Value parse_declared(Call call, const DeclaredLine& line, const std::vector<std::string>& words);

/// What --help shows.
std::string usage_of(Call call, const DeclaredLine& line);

/// A script for that shell; nothing: there is no such shell.
std::optional<std::string> completion_of(const DeclaredLine& line, std::string_view shell);

/// The keys of an option's map, and of the map around them, for whoever looks at programs.
std::vector<OptionDoc> declaration_docs(Language in);

} // namespace qi::stdlib
