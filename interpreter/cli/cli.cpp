#include "cli/cli.hpp"

#include "base/bundle.hpp"
#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "cli/commands.hpp"
#include "cli/completion/words.hpp"
#include "cli/init_files.hpp"
#include "cli/messages.hpp"
#include "cli/run/run.hpp"
#include "repl/pretty.hpp"
#include "vm/loader.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace qi {

namespace {

constexpr std::uint64_t least_heap = 8 * 1024 * 1024; // for the library and a nursery

bool is_limit(std::string_view argument) {
    const std::string_view flag = argument.substr(0, argument.find('='));
    return flag == "--max-heap" || flag == "--max-time" || flag == "--max-steps";
}

/// --max-heap=256MiB, --max-time=5s, --max-steps=1000000
Result<void> take_limit(std::string_view argument, Limits& limits) {
    const std::size_t equals = std::min(argument.find('='), argument.size());
    const std::string_view flag = argument.substr(0, equals);
    const std::string_view value = argument.substr(std::min(equals + 1, argument.size()));
    const auto number = [&]() -> std::uint64_t {
        std::uint64_t n = 0;
        const auto [end, problem] = std::from_chars(value.data(), value.data() + value.size(), n);
        return problem == std::errc() && end == value.data() + value.size() ? n : 0;
    };
    if (flag == "--max-heap") {
        limits.heap = parse_size(value).value_or(number());
        if (limits.heap >= least_heap && limits.heap <= INT64_MAX / 4) return {};
        return failure(kind::value, msg::flag_value, {"--max-heap", "--max-heap=256MiB"});
    }
    if (flag == "--max-time") {
        const auto time = parse_duration(value);
        if (time && time->count() > 0) {
            limits.time = *time;
            limits.time_text = value;
            return {};
        }
        return failure(kind::value, msg::flag_value, {"--max-time", "--max-time=5s"});
    }
    limits.steps = number();
    if (limits.steps != 0) return {};
    return failure(kind::value, msg::flag_value, {"--max-steps", "--max-steps=1000000"});
}

} // namespace

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
        result.own_flags.assign(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(i));
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
        if (is_limit(argument)) {
            if (const auto taken = take_limit(argument, result.limits); !taken) return wrong(taken.error().text);
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
    result.own_flags.assign(arguments.begin(), arguments.end());
    // Nothing to run: a person at a terminal wants the prompt, a pipe brings the program.
    if (::isatty(0) != 0) return prompt({});
    result.what = Invocation::What::StandardInput;
    return result;
}

Limits limits_for(const Invocation& invocation) {
    Limits limits = invocation.limits;
    if (invocation.what == Invocation::What::Command && invocation.command == find_command("repl")) {
        limits.steps = 0;
        limits.time = Duration{0};
    }
    return limits;
}

namespace {

void print_help(Vm& vm) {
    std::string text(msg::usage_running.text());
    for (const Command& command : commands()) text += command.usage.text();
    text += msg::usage_flags.text();
    vm.out.write(text);
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

/// What is meant for qi, but stands where it is the program's, restricts nothing: that is not passed over in silence.
/// After `--` all is the program's.
void warn_of_misplaced_flags(std::span<const std::string> arguments) {
    constexpr std::string_view flags[] = {"--deny-net", "--allow-connect", "--allow-listen"};
    for (const std::string& argument : arguments) {
        if (argument == "--") return;
        const std::string_view name = std::string_view(argument).substr(0, argument.find('='));
        if (std::find(std::begin(flags), std::end(flags), name) != std::end(flags)) std::fprintf(stderr, "qi: %s\n", format(msg::misplaced_flag, {argument}).c_str());
    }
}

int run_source(Vm& vm, SourcePointer source, std::span<const std::string> arguments, bool print_value) {
    const Bundle& bundle = own_bundle();
    vm.arguments = {bundle.empty() ? "qi" : bundle.program(), source->name()};
    vm.arguments.insert(vm.arguments.end(), arguments.begin(), arguments.end());
    if (bundle.empty()) warn_of_misplaced_flags(arguments);
    const auto outcome = Loader(vm).run(std::move(source), !print_value);
    // To be stopped is no failure: nothing is printed.
    const bool failed = !outcome.ok && !vm.is_interrupt(outcome.value);
    if (outcome.ok && print_value && !vm.exit_status() && !vm.is_stopping()) vm.out.write(pretty(vm.store, outcome.value, {.most_items = ~std::size_t{0}}) + "\n");
    vm.out.flush();
    if (failed) std::fprintf(stderr, "%s\n", outcome.problem.c_str());
    vm.finish_outside();
    vm.report_unseen_failures();
    vm.out.flush();
    if (vm.exit_status()) return *vm.exit_status();
    if (failed) return 1;
    if (vm.is_stopping()) return 0;
    if (vm.was_interrupted()) return 128 + vm.interrupting_signal();
    return vm.failed_quietly() ? 1 : 0;
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

namespace {

int carry_out(Vm& vm, const Invocation& invocation) {
    switch (invocation.what) {
    case Invocation::What::Help: print_help(vm); return 0;
    case Invocation::What::Version: vm.out.write("qi " QI_VERSION "\n" + invocation.text); return 0;
    case Invocation::What::Wrong: std::fprintf(stderr, "qi: %s\n", invocation.text.c_str()); return 1;
    case Invocation::What::Command:
        if (invocation.command == find_command("repl")) {
            const std::span<const std::string> words = invocation.arguments;
            const auto file = std::find_if(words.begin(), words.end(), [](const std::string& word) { return !word.starts_with('-'); });
            if (file != words.end()) warn_of_misplaced_flags(words.subspan(static_cast<std::size_t>(file - words.begin()) + 1));
            run_init_files(vm, ::isatty(0) != 0);
        }
        return run_command(vm, *invocation.command, invocation.arguments);
    case Invocation::What::Expression:
        if (::isatty(0) == 0) define_stdin(vm);
        run_init_files(vm, false);
        return run_source(vm, std::make_shared<Source>("-e", invocation.text), invocation.arguments, true);
    case Invocation::What::File: return run_file(vm, invocation.text, invocation.arguments);
    case Invocation::What::StandardInput: break;
    }
    return run_text(vm, "/dev/stdin", "stdin", invocation.arguments);
}

} // namespace

int run(Vm& vm, const Invocation& invocation) {
    const int status = carry_out(vm, invocation);
    vm.out.flush();
    vm.err.flush();
    // Whoever closed a pipe knows that the rest is missing; nobody knows of a full disk.
    const auto lost = [](const Output& output) { return output.problem() != 0 && output.problem() != EPIPE; };
    if (lost(vm.out)) std::fprintf(stderr, "qi: %s\n", format(msg::cannot_write, {msg::standard_output.text(), system_error_text(vm.out.problem())}).c_str());
    return status == 0 && (lost(vm.out) || lost(vm.err)) ? 1 : status;
}

} // namespace qi
