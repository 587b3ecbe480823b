#include "cli/commands.hpp"

#include "base/near.hpp"
#include "cli/bundle/bundle.hpp"
#include "cli/bundle/messages.hpp"
#include "cli/check.hpp"
#include "cli/completion/completion.hpp"
#include "cli/completion/messages.hpp"
#include "cli/doc.hpp"
#include "cli/fmt.hpp"
#include "cli/messages.hpp"
#include "cli/new/messages.hpp"
#include "cli/new/new.hpp"
#include "cli/run/messages.hpp"
#include "cli/run/run.hpp"
#include "cli/serve/messages.hpp"
#include "cli/serve/serve.hpp"
#include "cli/test/test.hpp"
#include "doc/messages.hpp"
#include "format/messages.hpp"
#include "lsp/messages.hpp"
#include "lsp/server.hpp"
#include "repl/messages.hpp"
#include "repl/repl.hpp"

#include <cstdio>

namespace qi {

namespace {

using enum Flag::Takes;

constexpr Flag run_flags[] = {
    {"--watch", "", Nothing, "", &msg::run_flag_watch},
    {"--profile", "", MaybePath, "", &msg::run_flag_profile},
    {"--trace-ws", "", Nothing, "", &msg::run_flag_trace},
};
constexpr Flag serve_flags[] = {
    {"--workers", "", NextWord, "", &msg::serve_flag_workers},
    {"--json", "", Nothing, "", &msg::serve_flag_json},
};
constexpr Flag repl_flags[] = {{"--quiet", "-q", Nothing, "", &msg::repl_flag_quiet}};
constexpr Flag check_flags[] = {{"--json", "", Nothing, "", &msg::check_flag_json}};
constexpr Flag fmt_flags[] = {
    {"--check", "", Nothing, "", &msg::fmt_flag_check},
    {"--diff", "", Nothing, "", &msg::fmt_flag_diff},
};
constexpr Flag lsp_flags[] = {{"--stdio", "", Nothing, "", &msg::lsp_flag_stdio}};
constexpr Flag test_flags[] = {
    {"--filter", "", NextWord, "", &msg::test_flag_filter},   {"--watch", "", Nothing, "", &msg::test_flag_watch},
    {"--junit", "", Path, "", &msg::test_flag_junit},         {"--jobs", "", NextWord, "", &msg::test_flag_jobs},
    {"--timeout", "", NextWord, "", &msg::test_flag_timeout}, {"--worker", "", NextWord, "", nullptr},
};
constexpr Flag doc_flags[] = {{"--markdown", "", Path, "", &msg::doc_flag_markdown}};
constexpr Flag bundle_flags[] = {
    {"--output", "-o", Path, "", &msg::bundle_flag_output},
    {"--add", "", Path, "", &msg::bundle_flag_add},
};
constexpr Flag new_flags[] = {{"--template", "", NextWord, "script|client|server|chat", &msg::new_flag_template}};

constexpr Command table[] = {
    {"run", msg::usage_run, run_flags, "paths", true, run_program},
    {"serve", msg::usage_serve, serve_flags, "paths", true, run_serve},
    {"repl", msg::usage_repl, repl_flags, "paths", true, run_repl},
    {"check", msg::usage_check, check_flags, "paths", false, run_check},
    {"fmt", msg::usage_fmt, fmt_flags, "paths", false, run_fmt},
    {"lsp", msg::usage_lsp, lsp_flags, "", false, lsp::run_lsp},
    {"test", msg::usage_test, test_flags, "paths", false, run_tests},
    {"doc", msg::usage_doc, doc_flags, "names", false, run_doc},
    {"bundle", msg::usage_bundle, bundle_flags, "paths", false, run_bundle},
    {"new", msg::usage_new, new_flags, "", false, run_new},
    {"completion", msg::usage_completion, {}, "bash|zsh|fish|names", false, run_completion},
};

void print_help_of(Vm& vm, const Command& command) {
    std::string text(command.usage.text());
    text += '\n';
    for (const Flag& flag : command.flags)
        if (flag.text != nullptr) text += flag.text->text();
    text += msg::flag_help.text();
    vm.out.write(text);
}

const Flag* find_flag(const Command& command, std::string_view name) {
    for (const Flag& flag : command.flags)
        if (flag.name == name || (!flag.short_name.empty() && flag.short_name == name)) return &flag;
    return nullptr;
}

} // namespace

std::span<const Command> commands() { return table; }

const Command* find_command(std::string_view name) {
    for (const Command& command : table)
        if (command.name == name) return &command;
    return nullptr;
}

int run_command(Vm& vm, const Command& command, const std::vector<std::string>& arguments) {
    std::vector<std::string> words; // with `--flag value` for `--flag=value`
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (argument.size() < 2 || argument[0] != '-') {
            if (command.passes_on) {
                words.insert(words.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
                break;
            }
            words.push_back(argument);
            continue;
        }
        if (argument == "-h" || argument == "--help") {
            print_help_of(vm, command);
            return 0;
        }
        const std::size_t equals = argument.find('=');
        const Flag* flag = find_flag(command, std::string_view(argument).substr(0, equals));
        if (flag == nullptr || (equals != std::string::npos && flag->takes == Nothing)) {
            std::vector<std::string_view> known{"--help"};
            for (const Flag& each : command.flags)
                if (each.text != nullptr) known.push_back(each.name);
            std::fprintf(stderr, "qi %s: %s\n", std::string(command.name).c_str(),
                         unknown_option("qi " + std::string(command.name), argument, known).c_str());
            return 2;
        }
        if (flag->takes == Nothing || flag->takes == MaybePath) {
            words.push_back(argument);
        } else if (equals != std::string::npos) {
            words.push_back(argument.substr(0, equals));
            words.push_back(argument.substr(equals + 1));
        } else {
            words.push_back(argument);
            if (i + 1 < arguments.size()) words.push_back(arguments[++i]); // be it --help
        }
    }
    return command.run(vm, words);
}

std::string commands_near(std::string_view word) {
    NearNames near(word);
    for (const Command& command : table) near.offer(command.name);
    return join_names(near.best());
}

std::string unknown_option(std::string_view whose, std::string_view flag, std::span<const std::string_view> known) {
    NearNames near(flag.substr(0, flag.find('=')));
    for (const std::string_view name : known) near.offer(name);
    const auto best = near.best();
    return best.empty() ? format(msg::unknown_flag, {flag, whose})
                        : format(msg::unknown_flag_near, {flag, whose, join_names(best)});
}

} // namespace qi
