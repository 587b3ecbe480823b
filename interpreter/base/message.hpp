// A message that a user can see, in both languages. The catalogue is the set of constants of this
// type: each floor that needs some has a header of them (base/messages.hpp, ws/transport/messages.hpp).
// A message that lacks a language, or whose languages disagree about the arguments, doesn't compile.
#pragma once

#include "base/language.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace qi {

struct Message {
    std::string_view english;
    std::string_view japanese;

    consteval Message(std::string_view en, std::string_view ja) : english(en), japanese(ja) {
        if (en.empty() || ja.empty()) throw "a message needs both languages";
        if (arguments_of(en) != arguments_of(ja)) throw "the languages use different arguments";
    }

    std::string_view text(Language in = language()) const noexcept {
        return in == Language::Japanese ? japanese : english;
    }

private:
    /// A bit for each of {0} to {9}. It looks at braces alone: each file that includes a catalogue evaluates all of it.
    static consteval unsigned arguments_of(std::string_view text) {
        unsigned found = 0;
        for (std::size_t at = text.find('{'); at < text.size(); at = text.find('{', at + 1))
            if (at + 2 < text.size() && text[at + 2] == '}' && text[at + 1] >= '0' && text[at + 1] <= '9')
                found |= 1U << (text[at + 1] - '0');
        return found;
    }
};

/// A message about a call: where it is shown, the name of what was called and a colon go before it.
struct CallMessage : Message {
    consteval CallMessage(std::string_view en, std::string_view ja) : Message(en, ja) {}
};

/// What a library says in English, in the user's language if the catalogue has a message with these words, else
/// unchanged.
std::string translated(std::string_view english, std::span<const Message> catalogue);

/// The message in the user's language with {0}, {1} … replaced by the arguments.
std::string format(const Message& message, std::span<const std::string_view> arguments);
std::string format(const Message& message, std::initializer_list<std::string_view> arguments = {});
/// The same in one of the languages, whichever the user's is.
std::string format(Language in, const Message& message, std::span<const std::string_view> arguments);
std::string format(Language in, const Message& message, std::initializer_list<std::string_view> arguments = {});
/// What a message about a call is put into.
std::string about_call(std::string_view callee, std::string_view text);

} // namespace qi
