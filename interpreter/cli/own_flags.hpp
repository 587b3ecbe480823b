// The options of qi itself, which stand before the program: each a row, from which the parser, qi --help, the answer to
// a misspelt one and completion are made. Interpreter thread only.
#pragma once

#include "base/message.hpp"
#include "base/result.hpp"
#include "cli/cli.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

/// The words of the command line, and how far they have been read.
struct ReadArguments {
    std::span<const std::string> words;
    std::size_t at = 0; // the option's, or that of its value
    Invocation invocation;
    bool quiet = false; // for the prompt

    /// The words from there on.
    std::vector<std::string> rest(std::size_t from) const;
    /// The prompt is to run, with these words.
    void begin_prompt(std::vector<std::string> its_words);
};

struct OwnFlag {
    enum class Takes {
        Nothing,
        NextWord, // --resolve HOST:…, or --resolve=HOST:…
        Equals,   // --max-heap=256MiB, no other way: the next word is the program
        Rest,     // a word, and what follows is the program's
    };
    enum class Place { Ways, About, Options, Nowhere }; // in qi --help
    enum class Then { GoOn, Begin };                    // Begin: it says what is to be run, and nothing else is read

    std::string_view name;       // "--version"; the one that is offered
    std::string_view other_name; // "-v", or empty
    std::string_view third_name;
    Takes takes;
    std::string_view example; // of its value
    Place place;
    const Message* text; // its lines there
    Then then;
    /// What it does. An error: the value isn't one.
    Result<void> (*take)(ReadArguments& arguments, std::string_view value);
};

std::span<const OwnFlag> own_flags() noexcept;

/// The row of a word such as "--max-heap=1GiB", or null.
const OwnFlag* find_own_flag(std::string_view word) noexcept;

} // namespace qi
