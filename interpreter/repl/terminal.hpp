// The terminal while a prompt has it. A separate thread reads keys and lines and draws; the interpreter thread asks
// for lines, gets events through the wake list, and never touches the keyboard. What the program prints while a
// line is being typed goes through that thread too, so that the line is never broken.
//
// The interpreter thread calls all public functions. What the two threads share is guarded by one mutex, which is held
// while neither reading, drawing nor calling libedit.
#pragma once

#include "base/mutex.hpp"
#include "base/output.hpp"
#include "repl/line_editor.hpp"
#include "vm/vm.hpp"

#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace qi {

struct TerminalEvent {
    enum class Type { Line, End, Stopped, Complete, Changed } type;
    std::string text;         // Line: of the form so far; Complete: up to the cursor; Changed: the file
    bool interrupted = false; // Line: Ctrl-C came when it had been entered but not yet delivered
};

class Terminal final : public OutsideWorld, public Console, private LineEditor::Desk {
public:
    /// `editing`: with libedit; else lines are taken as they come.
    Terminal(Vm& vm, bool editing, bool coloured);
    ~Terminal() override;

    /// Asks for a line after the prompt, which continues `before` if that isn't empty. Its end is an event.
    void ask(std::string before);
    /// Typing starts again. If a form was asked for, the event is Stopped.
    void stop();
    /// The program no longer wants the line that it asked for; the form that is being typed stays.
    void forget_wanted_line();
    /// An empty screen.
    void clear();
    std::optional<TerminalEvent> next_event();
    bool has_event();
    void post(TerminalEvent event); // any thread
    void answer(Completion completion);
    void remember(std::string entry);
    /// The prompt is at an end; the thread too.
    void close();
    /// Columns of the terminal that results are shown on.
    int width() const noexcept;

    Wait& event_wait() noexcept { return events_come_; }

    bool could_wake() override;
    void woken(std::int64_t asked) override;
    bool next_line(std::optional<std::string>& line) override;
    bool rest_of_input(std::vector<std::string>& lines) override;
    Wait& line_wait() noexcept override { return line_comes_; }

private:
    /// What the program writes; one for each of its descriptors.
    class Sink final : public OutputSink {
    public:
        Sink(Terminal& terminal, int descriptor) : terminal_(terminal), descriptor_(descriptor) {}
        int take(std::string_view text) override { return terminal_.write(text, descriptor_); }

    private:
        Terminal& terminal_;
        int descriptor_;
    };
    enum class Asked : std::int64_t { Nothing, Form, Program }; // also what the wake list is told has come

    int write(std::string_view text, int descriptor);
    void run();
    bool finish_reading(bool form, LineEditor::Read& read);
    void poke() const noexcept;
    LineEditor::Wait wait(LineEditor& editor) override;
    Completion complete(const std::string& text) override;

    Vm& vm_;
    const bool editing_;
    const bool coloured_;
    Sink out_{*this, 1}, err_{*this, 2};
    Wait events_come_, line_comes_;
    int poked_ = -1;                        // an eventfd: there is something to do other than keys
    int signals_ = -1;                      // a signalfd: the window changed, or the process was stopped and continues
    bool at_line_start_ = true;             // interpreter thread: of what was printed
    std::vector<std::string> program_rest_; // interpreter thread

    Mutex mutex_;
    Condition changed_;
    Asked reading_ QI_GUARDED_BY(mutex_) = Asked::Nothing;
    bool form_wanted_ QI_GUARDED_BY(mutex_) = false;
    bool line_wanted_ QI_GUARDED_BY(mutex_) = false; // by the program; it is served first
    std::string before_ QI_GUARDED_BY(mutex_);
    std::string pending_ QI_GUARDED_BY(mutex_); // printed, and to be shown above the line
    bool stop_ QI_GUARDED_BY(mutex_) = false;
    bool close_ QI_GUARDED_BY(mutex_) = false;
    std::deque<TerminalEvent> events_ QI_GUARDED_BY(mutex_);
    std::deque<std::optional<std::string>> program_lines_ QI_GUARDED_BY(mutex_); // empty: the end of input
    std::optional<Completion> completion_ QI_GUARDED_BY(mutex_);
    std::vector<std::string> to_remember_ QI_GUARDED_BY(mutex_);
    std::thread thread_;
};

} // namespace qi
