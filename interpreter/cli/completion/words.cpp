#include "cli/completion/words.hpp"

#include "cli/commands.hpp"
#include "cli/messages.hpp"

#include <algorithm>

namespace qi {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

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

struct Words {
    std::vector<std::string> words;
    std::string summary;
};

/// A usage is lines of `  qi test [paths] [--jobs N]` with what it is for behind two blanks or more, or on lines of its
/// own that are indented further.
Words read_usage(std::string_view usage) {
    Words result;
    while (!usage.empty()) {
        const std::size_t end = std::min(usage.find('\n'), usage.size());
        std::string_view line = usage.substr(0, end);
        usage.remove_prefix(std::min(end + 1, usage.size()));
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (line.empty()) continue;
        if (line.starts_with("qi, ")) line.remove_prefix(4); // `qi, qi repl …`: the subcommand may be left out
        if (line.starts_with("qi ")) {
            const std::size_t gap = std::min(line.find("  "), line.size());
            std::string_view call = line.substr(0, gap);
            line.remove_prefix(gap);
            line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
            while (!call.empty()) {
                const std::size_t stop = std::min(call.find(' '), call.size());
                std::string word(call.substr(0, stop));
                std::erase_if(word, [](char c) { return c == '[' || c == ']'; });
                result.words.push_back(std::move(word));
                call.remove_prefix(std::min(stop + 1, call.size()));
            }
        }
        if (result.summary.empty()) result.summary = line;
    }
    return result;
}

FlagWord flag_of(std::string_view word) {
    const std::size_t equals = word.find_first_of("=,");
    const bool with_equals = equals != std::string_view::npos && word[equals] == '=';
    return FlagWord{std::string(word.substr(0, equals)), {}, with_equals, false, with_equals};
}

/// Flags and values among the words of a call, `qi` and the subcommand not among them.
void take_words(CommandWords& into, const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word.empty() || word == "qi" || word == into.name) continue;
        if (word.starts_with("--")) {
            const auto known = [&](const FlagWord& flag) { return flag.name == word; };
            if (std::any_of(into.flags.begin(), into.flags.end(), known)) continue;
            FlagWord& flag = into.flags.emplace_back(flag_of(word));
            if (i + 1 == words.size() || words[i + 1].starts_with("-") || words[i + 1] == "paths") continue;
            flag.takes_value = true;
            flag.takes_path = words[++i].starts_with("FILE") || words[i].starts_with("DIR");
            if (words[i].find('|') != std::string::npos && is_lower(words[i][0])) flag.values = alternatives(words[i]);
        } else if (word.find('|') != std::string::npos && is_lower(word[0])) {
            const auto values = alternatives(word);
            into.values.insert(into.values.end(), values.begin(), values.end());
        } else if (word == "NAME" && into.name == "doc") {
            into.takes_names = true;
        } else if (word == "paths" || word == "path" || word.starts_with("FILE")) {
            into.takes_paths = true;
        }
    }
}

/// The flags of qi itself: every word of its help that begins with --.
void take_flags(CommandWords& into, std::string_view text) {
    for (std::size_t at = 0; (at = text.find("--", at)) != std::string_view::npos;) {
        std::size_t end = at + 2;
        while (end < text.size() && (is_lower(text[end]) || text[end] == '-')) ++end;
        const bool begins = (at == 0 || text[at - 1] == ' ') && end > at + 2;
        FlagWord flag = flag_of(text.substr(at, end - at + (end < text.size() && text[end] == '=' ? 1 : 0)));
        flag.takes_value = flag.with_equals || (end + 1 < text.size() && text[end] == ' ' && text[end + 1] >= 'A' && text[end + 1] <= 'Z');
        const auto known = [&](const FlagWord& other) { return other.name == flag.name; };
        if (begins && std::none_of(into.flags.begin(), into.flags.end(), known)) into.flags.push_back(std::move(flag));
        at = end;
    }
}

} // namespace

std::vector<CommandWords> command_words() {
    std::vector<CommandWords> all(1);
    all[0].takes_paths = true;
    take_flags(all[0], msg::usage_running.english);
    take_flags(all[0], msg::usage_flags.english);
    for (const Command& command : commands()) {
        Words usage = read_usage(command.usage.english);
        CommandWords& words = all.emplace_back();
        words.name = command.name;
        words.summary = read_usage(command.usage.text()).summary;
        take_words(words, usage.words);
    }
    return all;
}

} // namespace qi
