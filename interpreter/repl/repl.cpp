#include "repl/repl.hpp"

#include "data/map.hpp"
#include "data/print.hpp"
#include "data/string.hpp"
#include "native/native.hpp"
#include "repl/commands.hpp"
#include "repl/completion.hpp"
#include "repl/messages.hpp"
#include "repl/pretty.hpp"
#include "vm/modules/loader.hpp"
#include "vm/modules/modules.hpp"
#include "vm/modules/unit.hpp"

#include <algorithm>
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <unistd.h>

namespace qi {

/// Parks until the terminal has something to tell.
Value wait_for_event(Call call) {
    Terminal& terminal = *call.extension<Repl>().terminal_;
    return terminal.has_event() ? Value::nil() : call.park(terminal.event_wait());
}

/// Parks until the tests are done.
Value wait_for_tests(Call call) {
    TestRun& tests = call.extension<Repl>().tests_;
    return tests.could_wake() ? call.park(tests.end_wait()) : Value::nil();
}

namespace {

constexpr Native repl_natives[] = {
    native("%repl-wait", "Waits for what happens at the prompt.", [](Call call) { return wait_for_event(call); }),
    native("%repl-wait-for-tests", "Waits for the end of the tests.", [](Call call) { return wait_for_tests(call); }),
};

bool wants_colours() {
    const char* no = std::getenv("NO_COLOR");
    return ::isatty(1) != 0 && (no == nullptr || *no == '\0');
}

/// libedit thinks in wide characters, and in columns of them.
void choose_utf8() {
    std::setlocale(LC_CTYPE, "");
    if (std::strcmp(::nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

std::unique_ptr<Terminal> open_terminal(Vm& vm, bool coloured) {
    choose_utf8();
    return std::make_unique<Terminal>(vm, ::isatty(0) != 0 && ::isatty(1) != 0, coloured);
}

} // namespace

Repl::Repl(Vm& vm)
    : vm_(vm), colours_(wants_colours()), terminal_(open_terminal(vm, colours_)), tracing_(vm), watcher_(*terminal_),
      tests_(vm) {
    vm.scheduler.set_interactive();
    vm.set_extension(this);
    vm.keep(&wait_);
    vm.keep(&wait_for_tests_);
    tracing_.colours = colours_;
    vm.globals.set_defining_core(true);
    Setup(vm).define(repl_natives);
    constexpr const char* names[] = {"*1", "*2", "*3"};
    for (int i = 0; i < 3; ++i)
        vm.globals.set(results_[i] = vm.globals.define(vm.store.symbol(names[i])), Value::nil());
    vm.globals.set(error_ = vm.globals.define(vm.store.symbol("*e")), Value::nil());
    vm.globals.set_defining_core(false);
    if (auto wait = Loader(vm).compile_text("(%repl-wait)")) wait_ = *wait;
    if (auto wait = Loader(vm).compile_text("(%repl-wait-for-tests)")) wait_for_tests_ = *wait;
}

Repl::~Repl() {
    terminal_->close();
    vm_.out.flush();
    vm_.out.set_sink(nullptr);
    vm_.err.set_sink(nullptr);
    vm_.set_console(nullptr);
    vm_.unkeep(&wait_);
    vm_.unkeep(&wait_for_tests_);
}

void Repl::say(std::string_view line) {
    vm_.out.write(std::string(line) + "\n"); // in one: a terminal shows each write at once
}

void Repl::complain(std::string_view line) {
    vm_.diagnosis.report((colours_ ? "\033[31m" + std::string(line) + "\033[0m" : std::string(line)) + "\n");
}

void Repl::greet() {
    if (::isatty(0) != 0) say(format(msg::banner, {QI_VERSION}));
}

int Repl::run(std::string_view file, bool quiet) {
    if (!quiet) greet();
    if (!file.empty()) load(std::string(file));
    bool asked = false;
    while (!left_ && !vm_.scheduler.exit_status() && vm_.scheduler.interrupting_signal() != SIGTERM) {
        if (!asked) {
            vm_.diagnosis.report_unseen_failures();
            terminal_->ask(before_);
            asked = true;
        }
        if (!vm_.call(wait_, {}).ok) terminal_->stop(); // Ctrl-C
        const auto event = terminal_->next_event();
        if (!event) continue;
        switch (event->type) {
        case TerminalEvent::Type::Line:
            asked = false;
            if (event->interrupted) vm_.scheduler.interrupt(SIGINT); // what the line does is to stop at once
            enter(event->text);
            break;
        case TerminalEvent::Type::Stopped:
            asked = false;
            before_.clear();
            break;
        case TerminalEvent::Type::End:
            asked = false;
            if (before_.empty()) {
                if (::isatty(0) != 0) say("");
                left_ = true;
            } else if (::isatty(0) != 0) {
                before_.clear();
                say("");
            } else {
                evaluate(std::exchange(before_, {})); // says what is missing
                left_ = true;
            }
            break;
        case TerminalEvent::Type::Complete: terminal_->answer(completion_of(vm_, event->text)); break;
        case TerminalEvent::Type::Changed:
            typing_ = true;
            if (load(event->text)) say(format(msg::reloaded, {event->text}));
            typing_ = false;
            watch_modules(event->text);
            break;
        }
    }
    terminal_->close();
    vm_.scheduler.finish_outside();
    vm_.diagnosis.report_unseen_failures();
    vm_.out.flush();
    return vm_.scheduler.exit_status()                      ? *vm_.scheduler.exit_status()
           : vm_.scheduler.interrupting_signal() == SIGTERM ? 128 + SIGTERM
                                                            : 0;
}

namespace {

/// Something is defined, and what is doubtful about it is worth a warning. What is evaluated at once tells its mistakes
/// itself.
bool define_something(std::span<Form* const> forms) {
    return std::any_of(forms.begin(), forms.end(), [](const Form* form) {
        if (!form->is_call() || !form->items().front()->is(FormKind::Symbol)) return false;
        const std::string_view head = as_symbol(form->items().front()->value)->text();
        return defines(find_form(head)) || head.starts_with("def") || head == "module" || head == "flow" ||
               head == "use";
    });
}

} // namespace

/// What was entered, read once.
struct Repl::Line {
    Line(Vm& vm, std::size_t number, std::string text)
        : unit(vm, std::make_shared<Source>("repl#" + std::to_string(number), std::move(text)), Globals::program_scope),
          problem(unit.read()) {}

    bool incomplete() const noexcept {
        const auto* error = problem ? std::get_if<SyntaxError>(&*problem) : nullptr;
        return error != nullptr && error->incomplete;
    }
    /// There is nothing but comments.
    bool empty() const noexcept { return !problem && unit.forms().empty(); }

    Unit unit;
    std::optional<Unit::Problem> problem;
};

void Repl::enter(std::string text) {
    before_.clear();
    if (text.find_first_not_of(" \t\n") == std::string::npos) return;
    if (text.starts_with(':') && is_command(text)) {
        terminal_->remember(text);
        run_command(*this, text);
    } else if (text == "exit" || text == "quit") {
        terminal_->remember(text);
        complain(msg::leave_by.text());
    } else {
        Line line(vm_, entries_ + 1, text);
        if (line.incomplete()) {
            before_ = std::move(text);
            return;
        }
        terminal_->remember(text);
        if (!line.empty()) evaluate(line, false);
    }
    vm_.out.flush();
}

void Repl::evaluate(std::string text, bool timed) {
    Line line(vm_, entries_ + 1, std::move(text));
    evaluate(line, timed);
}

void Repl::evaluate(Line& line, bool timed) {
    ++entries_;
    if (!line.problem && define_something(line.unit.forms())) line.unit.warn();
    const auto began = Clock::now();
    const auto outcome = Loader(vm_).run(line.unit, line.problem);
    const std::chrono::duration<double, std::milli> took = Clock::now() - began;
    if (left_ || vm_.scheduler.exit_status()) return;
    if (!outcome.ok) return fail(outcome.problem, outcome.value);
    show(outcome.value);
    if (!timed) return;
    char number[32];
    std::snprintf(number, sizeof number, "%.3f", took.count());
    const std::string shown = format(msg::took, {number});
    say(colours_ ? "\033[2m" + shown + "\033[0m" : shown);
}

void Repl::show(Value value) {
    for (int i = 2; i > 0; --i) vm_.globals.set(results_[i], results_[i - 1]->value);
    vm_.globals.set(results_[0], value);
    name_result(value);
    say(pretty(vm_.store, value, {width(), colours_}));
}

/// $1 is the first result, $2 the second; old ones are let go, lest they fill the memory.
void Repl::name_result(Value value) {
    constexpr std::size_t most_kept = 1000;
    const auto variable = [&](std::size_t number) {
        return vm_.globals.define(vm_.store.symbol("$" + std::to_string(number)));
    };
    ++results_made_;
    vm_.globals.set_defining_core(true);
    vm_.globals.set(variable(results_made_), value);
    if (results_made_ > most_kept) vm_.globals.set(variable(results_made_ - most_kept), Value::absent());
    vm_.globals.set_defining_core(false);
}

bool Repl::on_terminal() const noexcept { return ::isatty(1) != 0; }

/// The first line in red, the excerpt as it is.
void Repl::fail(const std::string& problem, Value error) {
    const bool interrupted =
        is_map(error) && map_get(error, vm_.store.keyword("kind")) == vm_.store.keyword(kind::interrupted.name);
    if (typing_ && !interrupted)
        terminal_->forget_wanted_line();
    else
        terminal_->stop(); // a line that the program wanted
    // The terminal has written ^C where the cursor stood.
    if (interrupted && ::isatty(0) != 0) say("");
    if (error.is_nil()) error = vm_.diagnosis.make_error(kind::syntax, problem);
    vm_.globals.set(error_, error);
    const std::size_t end = std::min(problem.find('\n'), problem.size());
    if (colours_)
        vm_.diagnosis.report("\033[31m" + problem.substr(0, end) + "\033[0m" + problem.substr(end) + "\n");
    else
        vm_.diagnosis.report(problem + "\n");
}

bool Repl::load(const std::string& file) {
    auto text = read_file(file);
    if (!text) {
        complain(text.error().text());
        return false;
    }
    if (std::find(loaded_.begin(), loaded_.end(), file) == loaded_.end()) loaded_.push_back(file);
    Modules::of(vm_).forget_changed();
    const auto outcome = Loader(vm_).run(std::make_shared<Source>(file, std::move(*text), true), true);
    if (!outcome.ok) fail(outcome.problem, outcome.value);
    return outcome.ok;
}

bool Repl::watch(const std::string& file) {
    if (const auto watched = watcher_.watch(file); !watched) {
        complain(watched.error().text());
        return false;
    }
    const bool done = load(file);
    watch_modules(file);
    return done;
}

/// What the file is made of may change as well. That a module can't be watched is no reason to say so: it was read.
void Repl::watch_modules(const std::string& file) {
    const std::vector<std::string> watched = watcher_.files();
    if (std::find(watched.begin(), watched.end(), file) == watched.end()) return;
    for (const std::string& module : Modules::of(vm_).files())
        [[maybe_unused]] const auto result = watcher_.watch(module, file);
}

void Repl::run_tests(const std::vector<std::string>& paths) {
    vm_.out.flush();
    if (const auto started = tests_.start(paths); !started) return complain(started.error().text());
    if (vm_.call(wait_for_tests_, {}).ok) return;
    tests_.stop(); // Ctrl-C, which the terminal has shown
    say("");
}

Vm::Outcome Repl::call(std::string_view expression) {
    const auto compiled = Loader(vm_).compile_text(expression);
    if (!compiled) return {false, Value::nil()};
    return vm_.call(*compiled, {});
}

int run_repl(Vm& vm, std::span<const std::string> arguments) {
    const bool quiet = !arguments.empty() && (arguments.front() == "-q" || arguments.front() == "--quiet");
    if (quiet) arguments = arguments.subspan(1);
    const std::string file = arguments.empty() ? "" : arguments.front();
    vm.arguments = {"qi", file};
    Repl repl(vm);
    return repl.run(file, quiet);
}

} // namespace qi
