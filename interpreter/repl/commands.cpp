#include "repl/commands.hpp"

#include "base/near.hpp"
#include "repl/lookup.hpp"
#include "repl/messages.hpp"
#include "repl/repl.hpp"
#include "repl/screen.hpp"
#include "repl/tables.hpp"

#include <algorithm>
#include <optional>

namespace qi {

namespace {

struct ReplCommand {
    std::string_view name;
    CommandArgument takes;
    const Message* argument; // null: none
    bool needed;
    const Message& help;
    void (*run)(Repl& repl, const std::string& argument);
};

void help(Repl& repl, const std::string&);

void reload(Repl& repl, const std::string&) {
    if (repl.loaded().empty()) return repl.complain(msg::nothing_loaded.text());
    const std::vector<std::string> files(repl.loaded().begin(), repl.loaded().end());
    for (const std::string& file : files)
        if (repl.load(file)) repl.say(format(msg::loaded, {file}));
}

/// The variable's symbol, if the name means something; else that is said.
std::optional<Value> known_symbol(Repl& repl, const std::string& name) {
    const Value symbol = repl.vm().store.symbol(name);
    const Variable* variable = repl.vm().globals.find(symbol);
    if (variable != nullptr && !variable->value.is_absent()) return symbol;
    complain_unknown(repl, name);
    return std::nullopt;
}

void trace(Repl& repl, const std::string& name) {
    const auto symbol = known_symbol(repl, name);
    if (!symbol) return;
    const auto traced = repl.tracing().trace(*symbol);
    if (traced)
        repl.say(format(msg::traced, {name}));
    else
        repl.complain(traced.error().text());
}

void untrace(Repl& repl, const std::string& name) {
    for (const std::string& each : name.empty() ? repl.tracing().names() : std::vector<std::string>{name}) {
        if (repl.tracing().untrace(repl.vm().store.symbol(each)))
            repl.say(format(msg::untraced, {each}));
        else
            repl.complain(format(msg::not_traced, {each}));
    }
}

/// Paths with blanks between them; one in quotation marks may have blanks itself.
std::vector<std::string> paths_of(std::string_view text) {
    std::vector<std::string> paths;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
        if (text.empty()) return paths;
        std::string& path = paths.emplace_back();
        const bool quoted = text.front() == '"';
        std::size_t at = quoted ? 1 : 0;
        for (; at < text.size() && (quoted ? text[at] != '"' : text[at] != ' '); ++at) {
            if (quoted && text[at] == '\\' && at + 1 < text.size()) ++at;
            path += text[at];
        }
        text.remove_prefix(std::min(at + (quoted ? 1 : 0), text.size()));
    }
}

void unwatch(Repl& repl, const std::string& file) {
    for (const std::string& each : file.empty() ? repl.watcher().files() : std::vector<std::string>{file}) {
        if (repl.watcher().unwatch(each))
            repl.say(format(msg::unwatched, {each}));
        else
            repl.complain(format(msg::not_watched, {each}));
    }
}

void test(Repl& repl, const std::string& argument) { repl.run_tests(paths_of(argument)); }

using Takes = CommandArgument;
constexpr ReplCommand table[] = {
    {"help", Takes::None, nullptr, false, msg::help_help, help},
    {"doc", Takes::Name, &msg::argument_name, true, msg::help_doc, show_doc},
    {"source", Takes::Name, &msg::argument_name, true, msg::help_source, show_source},
    {"apropos", Takes::Text, &msg::argument_word, true, msg::help_apropos, show_apropos},
    {"vars", Takes::None, nullptr, false, msg::help_vars, [](Repl& repl, const std::string&) { show_vars(repl); }},
    {"funcs", Takes::None, nullptr, false, msg::help_funcs,
     [](Repl& repl, const std::string&) { show_functions(repl); }},
    {"builtins", Takes::Text, &msg::argument_text_or_none, false, msg::help_builtins, show_builtins},
    {"load", Takes::File, &msg::argument_file, true, msg::help_load,
     [](Repl& repl, const std::string& file) {
         if (repl.load(file)) repl.say(format(msg::loaded, {file}));
     }},
    {"reload", Takes::None, nullptr, false, msg::help_reload, reload},
    {"watch", Takes::File, &msg::argument_file, true, msg::help_watch,
     [](Repl& repl, const std::string& file) {
         if (repl.watch(file)) repl.say(format(msg::watching, {file}));
     }},
    {"unwatch", Takes::File, &msg::argument_file_or_none, false, msg::help_unwatch, unwatch},
    {"test", Takes::File, &msg::argument_paths, false, msg::help_test, test},
    {"time", Takes::Text, &msg::argument_expression, true, msg::help_time,
     [](Repl& repl, const std::string& text) { repl.evaluate(text, true); }},
    {"trace", Takes::Name, &msg::argument_name, true, msg::help_trace, trace},
    {"untrace", Takes::Name, &msg::argument_name, false, msg::help_untrace, untrace},
    {"conns", Takes::None, nullptr, false, msg::help_conns,
     [](Repl& repl, const std::string&) { show_connections(repl); }},
    {"go", Takes::None, nullptr, false, msg::help_go, [](Repl& repl, const std::string&) { show_goroutines(repl); }},
    {"clear", Takes::None, nullptr, false, msg::help_clear,
     [](Repl& repl, const std::string&) {
         if (repl.on_terminal()) repl.clear_screen();
     }},
    {"quit", Takes::None, nullptr, false, msg::help_quit, [](Repl& repl, const std::string&) { repl.leave(); }},
};

void help(Repl& repl, const std::string&) {
    std::vector<std::pair<std::string, std::string_view>> rows;
    int widest = 0;
    for (const ReplCommand& command : table) {
        rows.emplace_back(":" + std::string(command.name) +
                              (command.argument != nullptr ? " " + std::string(command.argument->text()) : ""),
                          command.help.text());
        widest = std::max(widest, columns_of(rows.back().first));
    }
    for (const auto& [usage, what] : rows)
        repl.say("  " + usage + std::string(static_cast<std::size_t>(widest - columns_of(usage) + 2), ' ') +
                 std::string(what));
    repl.say(msg::help_rest.text());
}

/// The word behind the colon.
std::string_view word_of(std::string_view line) {
    const std::string_view word = line.substr(std::min<std::size_t>(1, line.size()));
    return word.substr(0, word.find_first_of(" \t\n"));
}

/// Those that the word means: one if it is exact.
std::vector<const ReplCommand*> meant(std::string_view word) {
    std::vector<const ReplCommand*> found;
    for (const ReplCommand& command : table) {
        if (command.name == word) return {&command};
        if (!word.empty() && command.name.starts_with(word)) found.push_back(&command);
    }
    return found;
}

} // namespace

bool is_command(std::string_view line) {
    return !meant(word_of(line)).empty() || line.find("|>") == std::string_view::npos;
}

void run_command(Repl& repl, std::string_view line) {
    const std::string_view word = word_of(line);
    const std::string written = ":" + std::string(word);
    const auto found = meant(word);
    if (found.empty()) {
        NearNames near(word);
        for (const ReplCommand& command : table) near.offer(command.name);
        const auto best = near.best();
        return repl.complain(best.empty() ? format(msg::unknown_command, {written})
                                          : format(msg::near_command, {written, ":" + best.front()}));
    }
    if (found.size() > 1) {
        std::vector<std::string> names;
        for (const ReplCommand* command : found) names.push_back(":" + std::string(command->name));
        return repl.complain(format(msg::ambiguous_command, {written, join_names(names)}));
    }
    const ReplCommand& command = *found.front();
    std::string argument(line.substr(1 + word.size()));
    argument.erase(0, std::min(argument.find_first_not_of(" \t\n"), argument.size()));
    argument.erase(argument.find_last_not_of(" \t\n") + 1);
    if (command.needed && argument.empty())
        return repl.complain(format(msg::command_needs, {":" + std::string(command.name), command.argument->text()}));
    // One path, be it in quotation marks or not; of :test there may be several.
    if (command.takes == Takes::File && command.run != test && argument.starts_with('"'))
        argument = paths_of(argument).front();
    command.run(repl, argument);
}

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const ReplCommand& command : table) names.push_back(":" + std::string(command.name));
    return names;
}

CommandArgument argument_of(std::string_view line) {
    const auto found = meant(word_of(line));
    return found.size() == 1 ? found.front()->takes : CommandArgument::None;
}

} // namespace qi
