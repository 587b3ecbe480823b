#include "cli/cli.hpp"

#include "base/bundle.hpp"
#include "base/messages.hpp"
#include "base/system_error.hpp"
#include "cli/commands.hpp"
#include "cli/init_files.hpp"
#include "cli/messages.hpp"
#include "cli/own_flags.hpp"
#include "cli/run/run.hpp"
#include "repl/pretty.hpp"
#include "vm/modules/loader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

namespace qi {

namespace {

/// What the word gives to the flag, which may stand behind it; nothing: it gives nothing, and has to.
std::optional<std::string_view> value_of(const OwnFlag& flag, ReadArguments& arguments) {
    using enum OwnFlag::Takes;
    const std::string_view word = arguments.words[arguments.at];
    if (flag.takes == Nothing) return "";
    if (const std::size_t equals = word.find('='); flag.takes != Rest && equals != std::string_view::npos) {
        if (equals + 1 == word.size()) return std::nullopt;
        return word.substr(equals + 1);
    }
    if (flag.takes == Equals || arguments.at + 1 == arguments.words.size()) return std::nullopt;
    return arguments.words[++arguments.at];
}

Invocation refuse(Invocation invocation, std::string text) {
    invocation.what = Invocation::What::Wrong;
    invocation.text = std::move(text);
    return invocation;
}

} // namespace

Invocation parse_arguments(std::span<const std::string> words) {
    ReadArguments arguments{words, 0, {}, false};
    Invocation& result = arguments.invocation;
    for (; arguments.at < words.size(); ++arguments.at) {
        const std::string& word = words[arguments.at];
        result.own_flags.assign(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(arguments.at));
        if (const OwnFlag* flag = find_own_flag(word)) {
            const auto value = value_of(*flag, arguments);
            if (!value) {
                const std::string_view name = std::string_view(word).substr(0, word.find('='));
                const std::string example =
                    (flag->takes == OwnFlag::Takes::Equals ? std::string(name) + "=" : "") + std::string(flag->example);
                return refuse(std::move(result), format(msg::flag_value, {name, example}));
            }
            if (const auto taken = flag->take(arguments, *value); !taken)
                return refuse(std::move(result), taken.error().text());
            if (flag->then == OwnFlag::Then::Begin) return std::move(result);
            continue;
        }
        if (const Command* command = find_command(word)) {
            result.what = Invocation::What::Command;
            result.command = command;
            result.arguments = arguments.rest(arguments.at + 1);
            result.trace_ws = result.trace_ws || (word == "run" && wants_trace(result.arguments));
            return std::move(result);
        }
        if (word.size() > 1 && word[0] == '-') {
            std::vector<std::string_view> known;
            for (const OwnFlag& flag : own_flags())
                if (flag.text != nullptr && flag.name.starts_with("--")) known.push_back(flag.name);
            return refuse(std::move(result), unknown_option("qi", word, known));
        }
        result.what = Invocation::What::File;
        result.text = word;
        result.arguments = arguments.rest(arguments.at + 1);
        return std::move(result);
    }
    result.own_flags.assign(words.begin(), words.end());
    // Nothing to run: a person at a terminal wants the prompt, a pipe brings the program.
    if (::isatty(0) != 0)
        arguments.begin_prompt({});
    else
        result.what = Invocation::What::StandardInput;
    return std::move(result);
}

bool waits_for_signals(const Invocation& invocation) {
    return invocation.what == Invocation::What::Command && invocation.command == find_command("serve");
}

Limits limits_for(const Invocation& invocation) {
    if (waits_for_signals(invocation)) return {};
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
    const auto add = [&](OwnFlag::Place place) {
        for (const OwnFlag& flag : own_flags())
            if (flag.place == place) text += flag.text->text();
    };
    add(OwnFlag::Place::Ways);
    for (const Command& command : commands()) text += command.usage.text();
    add(OwnFlag::Place::About);
    text += '\n';
    add(OwnFlag::Place::Options);
    text += msg::usage_language.text();
    vm.out.write(text);
}

/// `stdin` in an expression of `qi -e`: the lines of standard input, read when it is first asked for.
void define_stdin(Vm& vm) {
    const auto made =
        Loader(vm).compile_text("(let [lines (atom nil)] (fn [] (or @lines (reset! lines (io/stdin-lines)))))");
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
        if (std::find(std::begin(flags), std::end(flags), name) != std::end(flags))
            std::fprintf(stderr, "qi: %s\n", format(msg::misplaced_flag, {argument}).c_str());
    }
}

int run_source(Vm& vm, SourcePointer source, std::span<const std::string> arguments, bool print_value) {
    const Bundle& bundle = own_bundle();
    vm.arguments = {bundle.empty() ? "qi" : bundle.program(), source->name()};
    vm.arguments.insert(vm.arguments.end(), arguments.begin(), arguments.end());
    if (bundle.empty()) warn_of_misplaced_flags(arguments);
    const auto outcome = Loader(vm).run(std::move(source), !print_value);
    // To be stopped is no failure: nothing is printed.
    const bool failed = !outcome.ok && !vm.scheduler.is_interrupt(outcome.value);
    if (outcome.ok && print_value && !vm.scheduler.exit_status() && !vm.scheduler.is_stopping())
        vm.out.write(pretty(vm.store, outcome.value, {.most_items = ~std::size_t{0}}) + "\n");
    vm.out.flush();
    Journal* const journal = vm.diagnosis.journal();
    if (failed && journal != nullptr && journal->is_for_programs())
        journal->write({Journal::Level::Error, "program-failed", msg::program_failed.text(), outcome.problem});
    else if (failed)
        std::fprintf(stderr, "%s\n", outcome.problem.c_str());
    vm.scheduler.finish_outside();
    vm.diagnosis.report_unseen_failures();
    vm.out.flush();
    if (vm.scheduler.exit_status()) return *vm.scheduler.exit_status();
    if (failed) return 1;
    if (vm.scheduler.is_stopping()) return 0;
    if (vm.scheduler.was_interrupted()) return 128 + vm.scheduler.interrupting_signal();
    return vm.diagnosis.failed_quietly() ? 1 : 0;
}

/// Of a file, or of standard input as the file /dev/stdin.
int run_text(Vm& vm, const std::string& path, std::string_view name, std::span<const std::string> arguments) {
    auto text = read_file(path);
    if (!text) {
        std::string problem = text.error().text();
        const std::string near = ::access(path.c_str(), F_OK) == 0 || path.find_first_of("./") != std::string::npos
                                     ? ""
                                     : commands_near(path);
        if (!near.empty()) problem = format(msg::no_file_but_command, {problem, near});
        std::fprintf(stderr, "qi: %s\n", problem.c_str());
        return 1;
    }
    return run_source(vm, std::make_shared<Source>(std::string(name), std::move(*text), path == name), arguments,
                      false);
}

} // namespace

int run_file(Vm& vm, const std::string& path, std::span<const std::string> arguments) {
    return run_text(vm, path, path, arguments);
}

namespace {

int carry_out(Vm& vm, const Invocation& invocation) {
    switch (invocation.what) {
    case Invocation::What::Help: print_help(vm); return 0;
    case Invocation::What::Version: vm.out.write("qi " QI_VERSION "\n" + invocation.text); return 0;
    case Invocation::What::Wrong: std::fprintf(stderr, "qi: %s\n", invocation.text.c_str()); return 1;
    case Invocation::What::Command:
        if (invocation.command == find_command("repl")) {
            const std::span<const std::string> words = invocation.arguments;
            const auto file = std::find_if(words.begin(), words.end(),
                                           [](const std::string& word) { return !word.starts_with('-'); });
            if (file != words.end())
                warn_of_misplaced_flags(words.subspan(static_cast<std::size_t>(file - words.begin()) + 1));
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

std::string with_digits(double number, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%.*f", digits, number);
    return text;
}

void print_statistics(const Heap& heap) {
    const Heap::Statistics now = heap.statistics();
    const auto milliseconds = [](std::uint64_t nanoseconds) {
        return with_digits(static_cast<double>(nanoseconds) / 1e6, 3);
    };
    const auto mebibytes = [](std::size_t bytes) { return with_digits(static_cast<double>(bytes) / 1024 / 1024, 1); };
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const std::string text =
        format(msg::heap_statistics,
               {std::to_string(now.minor), std::to_string(now.major), milliseconds(now.pauses.percentile(50)),
                milliseconds(now.pauses.percentile(99)), milliseconds(now.pauses.longest()),
                mebibytes(now.old_bytes + now.external_bytes), std::to_string(now.blocks), mebibytes(now.peak_bytes),
                mebibytes(static_cast<std::size_t>(usage.ru_maxrss) * 1024)});
    std::fprintf(stderr, "qi: %s", text.c_str());
}

} // namespace

int run(Vm& vm, const Invocation& invocation) {
    const int status = carry_out(vm, invocation);
    vm.out.flush();
    vm.err.flush();
    // Whoever closed a pipe knows that the rest is missing; nobody knows of a full disk.
    const auto lost = [](const Output& output) { return output.problem() != 0 && output.problem() != EPIPE; };
    if (lost(vm.out))
        std::fprintf(
            stderr, "qi: %s\n",
            format(msg::cannot_write, {msg::standard_output.text(), system_error_text(vm.out.problem())}).c_str());
    if (invocation.stats) print_statistics(vm.heap());
    return status == 0 && (lost(vm.out) || lost(vm.err)) ? 1 : status;
}

} // namespace qi
