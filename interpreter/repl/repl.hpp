// The prompt: reads forms, evaluates them and shows their values, while goroutines and connections continue.
// Interpreter thread only.
#pragma once

#include "repl/terminal.hpp"
#include "repl/test_run.hpp"
#include "repl/tracing.hpp"
#include "repl/watcher.hpp"
#include "vm/vm.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qi {

class Call;

class Repl {
public:
    explicit Repl(Vm& vm);
    ~Repl();
    Repl(const Repl&) = delete;
    Repl& operator=(const Repl&) = delete;

    /// Runs the file first, if there is one, and then the prompt until the user leaves; `quiet`: without a greeting.
    /// The exit status.
    int run(std::string_view file, bool quiet);

    // --- For the commands

    Vm& vm() noexcept { return vm_; }
    bool coloured() const noexcept { return colours_; }
    int width() const noexcept { return terminal_->width(); }
    void say(std::string_view line); // with a line break after it
    void complain(std::string_view line);
    /// Evaluates the forms of the text and shows the value of the last one. `timed`: and how long it took.
    void evaluate(std::string text, bool timed = false);
    /// False: it failed, and why was said.
    bool load(const std::string& file);
    bool watch(const std::string& file);
    Watcher& watcher() noexcept { return watcher_; }
    std::span<const std::string> loaded() const noexcept { return loaded_; }
    void run_tests(const std::vector<std::string>& paths);
    Tracing& tracing() noexcept { return tracing_; }
    void leave() noexcept { left_ = true; }
    void clear_screen() { terminal_->clear(); }
    bool on_terminal() const noexcept;
    /// Evaluates without showing anything.
    Vm::Outcome call(std::string_view expression);

private:
    friend Value wait_for_event(Call call);
    friend Value wait_for_tests(Call call);

    struct Line;
    void evaluate(Line& line, bool timed);
    void enter(std::string text);
    void show(Value value);
    void name_result(Value value);
    void fail(const std::string& problem, Value error);
    void greet();
    void watch_modules(const std::string& file);

    Vm& vm_;
    const bool colours_;
    std::unique_ptr<Terminal> terminal_;
    Tracing tracing_;
    Watcher watcher_;
    TestRun tests_;
    Value wait_, wait_for_tests_; // functions that wait for what their names say
    Variable* results_[3];
    Variable* error_;
    std::vector<std::string> loaded_;
    std::string before_; // lines of a form that isn't complete
    unsigned entries_ = 0;
    bool left_ = false;
    bool typing_ = false;          // what runs does so while a line is being typed
    std::size_t results_made_ = 0; // the last is $N of that number
};

/// The subcommand: `qi repl [-q] [FILE]`, also what `qi` and `qi -l FILE` are.
int run_repl(Vm& vm, std::span<const std::string> arguments);

} // namespace qi
