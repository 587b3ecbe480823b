#include "cli/completion/words.hpp"

#include "cli/commands.hpp"
#include "cli/own_flags.hpp"

#include <algorithm>

namespace qi {

namespace {

/// Words that are written out: bash|zsh|fish.
std::vector<std::string> alternatives(std::string_view text) {
    std::vector<std::string> all;
    while (true) {
        const std::size_t bar = text.find('|');
        all.emplace_back(text.substr(0, bar));
        if (bar == std::string_view::npos) return all;
        text.remove_prefix(bar + 1);
    }
}

/// What it is for: behind the call and two blanks or more, or on lines of their own that are indented further.
std::string summary_of(std::string_view usage) {
    std::string summary;
    for (bool first = true; !usage.empty(); first = false) {
        const std::size_t end = std::min(usage.find('\n'), usage.size());
        std::string_view line = usage.substr(0, end);
        usage.remove_prefix(std::min(end + 1, usage.size()));
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.starts_with("qi")) {
            if (!first) break; // another call
            line.remove_prefix(std::min(line.find("  "), line.size()));
            line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        }
        if (!summary.empty() && !line.empty()) summary += ' ';
        summary += line;
    }
    return summary;
}

} // namespace

std::vector<CommandWords> command_words() {
    std::vector<CommandWords> all(1);
    all[0].takes_paths = true;
    for (const OwnFlag& flag : own_flags()) {
        if (flag.text == nullptr || !flag.name.starts_with("--")) continue;
        const bool equals = flag.takes == OwnFlag::Takes::Equals;
        all[0].flags.push_back(
            {std::string(flag.name), {}, equals || flag.takes == OwnFlag::Takes::NextWord, false, equals, false});
    }
    for (const Command& command : commands()) {
        CommandWords& words = all.emplace_back();
        words.name = command.name;
        words.summary = summary_of(command.usage.text());
        words.takes_names = command.takes == "names";
        words.takes_paths = command.takes == "paths";
        if (command.takes.find('|') != std::string_view::npos) words.values = alternatives(command.takes);
        for (const Flag& flag : command.flags) {
            if (flag.text == nullptr) continue;
            FlagWord& word = words.flags.emplace_back();
            word.name = flag.name;
            word.takes_value = flag.takes != Flag::Takes::Nothing;
            word.takes_path = flag.takes == Flag::Takes::Path || flag.takes == Flag::Takes::MaybePath;
            word.with_equals = word.may_be_bare = flag.takes == Flag::Takes::MaybePath;
            if (!flag.values.empty()) word.values = alternatives(flag.values);
        }
        words.flags.emplace_back().name = "--help";
    }
    return all;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string out;
    for (const std::string& word : words) out.append(out.empty() ? "" : between).append(word);
    return out;
}

} // namespace qi
