// The subcommands: qi NAME …, each a row of one table, from which qi --help, qi NAME --help, the answers to misspelt
// words and completion are made. Interpreter thread only.
#pragma once

#include "base/message.hpp"
#include "vm/vm.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// An option of a subcommand.
struct Flag {
    enum class Takes {
        Nothing,
        NextWord,  // --jobs 4, or --jobs=4
        Path,      // a word that is a file or a folder
        MaybePath, // --profile, or --profile=FILE
    };
    std::string_view name;       // "--filter"
    std::string_view short_name; // "-q", or empty
    Takes takes = Takes::Nothing;
    std::string_view values;       // "script|client": what the word may be; empty: anything
    const Message* text = nullptr; // its lines of qi NAME --help; null: not for people
};

struct Command {
    std::string_view name;
    const Message& usage;        // its lines of qi --help
    std::span<const Flag> flags; // except -h and --help, which all have
    std::string_view takes; // what follows it: "paths", "names" (that qi doc knows), "a|b" (these words), or nothing
    bool passes_on;         // options are before the file: what follows it is the program's
    /// With what follows the name; the exit status.
    int (*run)(Vm& vm, std::span<const std::string> arguments);
};

/// In the order of qi --help.
std::span<const Command> commands();

/// The command of that name, or null.
const Command* find_command(std::string_view name);

/// Shows its help if that is asked for, refuses options that it hasn't, or else runs it; the exit status.
int run_command(Vm& vm, const Command& command, const std::vector<std::string>& arguments);

/// The commands whose names are near to the word, separated by commas; empty: none is.
std::string commands_near(std::string_view word);

/// That `whose`, such as "qi test", has no such option: with the near ones among `known`.
std::string unknown_option(std::string_view whose, std::string_view flag, std::span<const std::string_view> known);

} // namespace qi
