// The words of the command line: subcommands, their flags, and what may follow these, from the tables of commands and
// of the flags of qi itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qi {

struct FlagWord {
    std::string name;                // "--jobs"
    std::vector<std::string> values; // of --template script|client: these
    bool takes_value = false;        // a word follows, or is after "="
    bool takes_path = false;         // which is a file or folder
    bool with_equals = false;        // --allow-connect=…
    bool may_be_bare = false;        // --profile, or --profile=…
};

struct CommandWords {
    std::string name; // "" for qi itself
    std::string summary;
    std::vector<FlagWord> flags;
    std::vector<std::string> values; // words that may be in the place of an argument
    bool takes_names = false;        // arguments are names that qi doc knows
    bool takes_paths = false;        // arguments are files or folders
};

/// qi itself first, then each subcommand in the order of the table.
std::vector<CommandWords> command_words();

std::string joined(const std::vector<std::string>& words, std::string_view between = " ");

} // namespace qi
