#include "args/declared.hpp"
#include "args/messages.hpp"

#include "base/utf8.hpp"
#include "data/print.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

constexpr std::size_t widest_left = 30; // what is longer has its text on the next line

std::size_t width_of(std::string_view text) { return static_cast<std::size_t>(utf8::width(text)); }

/// "  -p, --port N": what has no letter stands below the names of the others.
std::string left_of(const DeclaredOption& option) {
    std::string text = option.letter.empty() ? "      " : "  -" + option.letter + ", ";
    text += option.shown();
    if (option.takes_value()) text += " " + option.value_name;
    return text;
}

std::string right_of(Call call, const DeclaredOption& option) {
    std::string text = option.help;
    const auto add = [&](std::string_view more) { text.append(text.empty() ? "" : " ").append(more); };
    if (!option.choices.empty() && option.name != "completion") {
        std::string all;
        for (const std::string& choice : option.choices) all.append(all.empty() ? "" : "|").append(choice);
        add("[" + all + "]");
    }
    if (option.many && option.takes_value()) add(msg::args_repeatable.text());
    if (option.required) add(msg::args_is_required.text());
    if (!option.otherwise.is_absent() && !option.otherwise.is_nil())
        add(format(msg::args_default, {is_string(option.otherwise) ? std::string(text_of(option.otherwise))
                                                                   : shortened(call.store(), option.otherwise)}));
    return text;
}

std::string call_of(const DeclaredLine& line) {
    std::string text = line.program + " " + std::string(msg::args_options.text());
    if (!line.places) return text;
    for (const DeclaredPlace& place : *line.places) {
        const std::string name = place.name + (place.rest ? "..." : "");
        text += place.optional ? " [" + name + "]" : " " + name;
    }
    return text;
}

} // namespace

std::string usage_of(Call call, const DeclaredLine& line) {
    std::string text = format(msg::args_usage, {call_of(line)}) + "\n";
    if (!line.about.empty()) text += line.about + "\n";
    text += "\n" + std::string(msg::args_options_head.text()) + "\n";
    std::size_t column = 0;
    for (const DeclaredOption& option : line.options) {
        const std::size_t width = width_of(left_of(option));
        if (width <= widest_left) column = std::max(column, width);
    }
    for (const DeclaredOption& option : line.options) {
        const std::string left = left_of(option), right = right_of(call, option);
        const std::size_t width = width_of(left);
        text += left;
        if (!right.empty()) {
            if (width > column) text += "\n" + std::string(column, ' ');
            text += std::string(width > column ? 2 : column - width + 2, ' ') + right;
        }
        text += '\n';
    }
    return text;
}

} // namespace qi::stdlib
