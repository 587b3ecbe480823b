#include "cli/cli.hpp"

#include "base/messages.hpp"
#include "cli/commands.hpp"
#include "cli/completion/words.hpp"
#include "cli/messages.hpp"
#include "cli/run/run.hpp"
#include "repl/pretty.hpp"
#include "vm/loader.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace qi {

Invocation parse_arguments(std::span<const std::string> arguments) {
    Invocation result;
    const auto wrong = [&](std::string text) {
        result.what = Invocation::What::Wrong;
        result.text = std::move(text);
        return result;
    };
    bool quiet = false;
    const auto prompt = [&](std::vector<std::string> for_it) {
        result.what = Invocation::What::Command;
        result.command = find_command("repl");
        result.arguments = std::move(for_it);
        if (quiet) result.arguments.insert(result.arguments.begin(), "-q");
        return result;
    };
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const auto rest = [&](std::size_t from) {
            return std::vector<std::string>(arguments.begin() + static_cast<std::ptrdiff_t>(std::min(from, arguments.size())), arguments.end());
        };
        const auto list = [&](std::string_view flag, std::vector<std::string>& into, std::string_view example) -> std::optional<bool> {
            if (argument != flag && !(argument.starts_with(flag) && argument[flag.size()] == '=')) return std::nullopt;
            result.net_restricted = true;
            std::string_view values = std::string_view(argument).substr(std::min(argument.size(), flag.size() + 1));
            if (values.empty()) {
                wrong(format(msg::flag_value, {flag, example}));
                return false;
            }
            while (true) {
                const std::size_t comma = values.find(',');
                if (comma != 0) into.emplace_back(values.substr(0, comma));
                if (comma == std::string_view::npos) return true;
                values.remove_prefix(comma + 1);
            }
        };
        if (const auto taken = list("--allow-connect", result.allow_connect, "--allow-connect=example.com,wss://*.example.org/*")) {
            if (!*taken) return result;
            continue;
        }
        if (const auto taken = list("--allow-listen", result.allow_listen, "--allow-listen=127.0.0.1:8080")) {
            if (!*taken) return result;
            continue;
        }
        if (argument == "--deny-net") {
            result.net_restricted = true;
            continue;
        }
        if (argument == "--trace-ws") {
            result.trace_ws = true;
            continue;
        }
        if (argument == "-h" || argument == "--help") return result;
        if (argument == "-v" || argument == "--version") {
            result.what = Invocation::What::Version;
            return result;
        }
        if (argument == "--resolve") {
            if (i + 1 == arguments.size()) return wrong(format(msg::flag_value, {argument, "HOST:PORT:ADDRESS:PORT"}));
            result.resolve.push_back(arguments[++i]);
            continue;
        }
        if (argument == "-q" || argument == "--quiet") {
            quiet = true;
            continue;
        }
        if (argument == "-l" || argument == "--load") {
            if (i + 1 == arguments.size()) return wrong(format(msg::flag_value, {argument, "program.qi"}));
            return prompt(rest(i + 1));
        }
        if (argument == "-e" || argument == "-c") {
            if (i + 1 == arguments.size()) return wrong(format(msg::flag_value, {argument, "(+ 1 2)"}));
            result.what = Invocation::What::Expression;
            result.text = arguments[i + 1];
            result.arguments = rest(i + 2);
            return result;
        }
        if (const Command* command = find_command(argument)) {
            result.what = Invocation::What::Command;
            result.command = command;
            result.arguments = rest(i + 1);
            result.trace_ws = result.trace_ws || (argument == "run" && wants_trace(result.arguments));
            return result;
        }
        if (argument == "-" || argument == "-s" || argument == "--stdin") {
            result.what = Invocation::What::StandardInput;
            result.arguments = rest(i + 1);
            return result;
        }
        if (argument.size() > 1 && argument[0] == '-') {
            const auto words = command_words();
            const std::vector<FlagWord>& flags = words.front().flags;
            std::vector<std::string_view> known;
            for (const FlagWord& flag : flags) known.emplace_back(flag.name);
            return wrong(unknown_option("qi", argument, known));
        }
        result.what = Invocation::What::File;
        result.text = argument;
        result.arguments = rest(i + 1);
        return result;
    }
    // Nothing to run: a person at a terminal wants the prompt, a pipe brings the program.
    if (::isatty(0) != 0) return prompt({});
    result.what = Invocation::What::StandardInput;
    return result;
}

namespace {

void print_help() {
    std::string text(msg::usage_running.text());
    for (const Command& command : commands()) text += command.usage.text();
    text += msg::usage_flags.text();
    std::fputs(text.c_str(), stdout);
}

/// What a person wants to have at hand in every session: `~/.qi/init.qi`, then `./.qi/init.qi`. Errors there are
/// reported, and that is all.
void run_own_files(Vm& vm) {
    std::vector<std::string> paths{".qi/init.qi"};
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') paths.insert(paths.begin(), std::string(home) + "/.qi/init.qi");
    for (const std::string& path : paths) {
        if (::access(path.c_str(), F_OK) != 0) continue;
        auto text = read_file(path);
        const auto outcome = text ? Loader(vm).run(std::make_shared<Source>(path, std::move(*text), true), true) : Loader::Outcome{false, Value::nil(), "qi: " + text.error().text};
        vm.out.flush();
        if (!outcome.ok) std::fprintf(stderr, "%s\n", outcome.problem.c_str());
    }
}

/// `stdin` in an expression of `qi -e`: the lines of standard input, read when it is first asked for.
void define_stdin(Vm& vm) {
    const auto made = Loader(vm).compile_text("(let [lines (atom nil)] (fn [] (or @lines (reset! lines (io/stdin-lines)))))");
    if (!made) return;
    const auto getter = vm.call(*made, {});
    vm.globals.set_defining_core(true);
    vm.globals.set(vm.globals.define(vm.store.symbol("%value-of-stdin")), getter.value);
    vm.globals.set_defining_core(false);
}

int run_source(Vm& vm, SourcePointer source, std::span<const std::string> arguments, bool print_value) {
    vm.arguments = {"qi", source->name()};
    vm.arguments.insert(vm.arguments.end(), arguments.begin(), arguments.end());
    const auto outcome = Loader(vm).run(std::move(source), !print_value);
    const int signal = outcome.ok ? 0 : vm.interrupting_signal();
    const bool stopped_server = signal != 0 && vm.is_serving();
    if (outcome.ok && print_value && !vm.exit_status()) vm.out.write(pretty(vm.store, outcome.value, {.most_items = ~std::size_t{0}}) + "\n");
    vm.out.flush();
    if (!outcome.ok && !stopped_server) std::fprintf(stderr, "%s\n", outcome.problem.c_str());
    vm.finish_outside();
    vm.report_unseen_failures();
    vm.out.flush();
    if (vm.exit_status()) return *vm.exit_status();
    if (stopped_server) return 0;
    if (signal != 0) return 128 + signal;
    return outcome.ok && !vm.failed_quietly() ? 0 : 1;
}

/// Of a file, or of standard input as the file /dev/stdin.
int run_text(Vm& vm, const std::string& path, std::string_view name, std::span<const std::string> arguments) {
    auto text = read_file(path);
    if (!text) {
        std::string problem = text.error().text;
        const std::string near = ::access(path.c_str(), F_OK) == 0 || path.find_first_of("./") != std::string::npos ? "" : commands_near(path);
        if (!near.empty()) problem = format(msg::no_file_but_command, {problem, near});
        std::fprintf(stderr, "qi: %s\n", problem.c_str());
        return 1;
    }
    return run_source(vm, std::make_shared<Source>(std::string(name), std::move(*text), path == name), arguments, false);
}

} // namespace

int run_file(Vm& vm, const std::string& path, std::span<const std::string> arguments) { return run_text(vm, path, path, arguments); }

int run(Vm& vm, const Invocation& invocation) {
    switch (invocation.what) {
    case Invocation::What::Help: print_help(); return 0;
    case Invocation::What::Version: std::puts("qi " QI_VERSION); return 0;
    case Invocation::What::Wrong: std::fprintf(stderr, "qi: %s\n", invocation.text.c_str()); return 1;
    case Invocation::What::Command:
        if (invocation.command == find_command("repl")) run_own_files(vm);
        return run_command(vm, *invocation.command, invocation.arguments);
    case Invocation::What::Expression:
        if (::isatty(0) == 0) define_stdin(vm);
        run_own_files(vm);
        return run_source(vm, std::make_shared<Source>("-e", invocation.text), invocation.arguments, true);
    case Invocation::What::File: return run_file(vm, invocation.text, invocation.arguments);
    case Invocation::What::StandardInput: break;
    }
    return run_text(vm, "/dev/stdin", "stdin", invocation.arguments);
}

} // namespace qi
