#include "repl/terminal.hpp"

#include "base/descriptor.hpp"
#include "base/quiet_thread.hpp"
#include "repl/messages.hpp"
#include "repl/screen.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace qi {

namespace {

constexpr std::size_t most_pending =
    1 << 20; // bytes printed and not yet shown: then the program waits, as for any terminal

} // namespace

Terminal::Terminal(Vm& vm, bool editing, bool coloured)
    : vm_(vm), editing_(editing), coloured_(coloured), events_come_(msg::waits_prompt.text()),
      line_comes_(msg::waits_input.text()), poked_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGWINCH, SIGCONT}) sigaddset(&set, signal);
    signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK); // every thread blocks them (cli/signals.cpp)
    vm.scheduler.add_outside(this);
    vm.set_console(this);
    vm.out.set_sink(&out_);
    vm.err.set_sink(&err_);
    thread_ = start_quietly([this] { run(); });
}

Terminal::~Terminal() {
    close();
    ::close(poked_);
    ::close(signals_);
}

void Terminal::close() {
    if (!thread_.joinable()) return;
    {
        const Lock lock(mutex_);
        close_ = true;
        changed_.notify_all();
    }
    poke();
    thread_.join();
}

void Terminal::poke() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(poked_, &one, sizeof one);
}

// --- The interpreter thread

void Terminal::ask(std::string before) {
    vm_.out.flush();
    vm_.err.flush();
    if (!at_line_start_) vm_.out.write("\n");
    vm_.out.flush();
    const Lock lock(mutex_);
    before_ = std::move(before);
    form_wanted_ = true;
    changed_.notify_all();
}

void Terminal::stop() {
    {
        const Lock lock(mutex_);
        line_wanted_ = false;
        for (TerminalEvent& event : events_) event.interrupted = true;
        if (form_wanted_) {
            form_wanted_ = false;
            events_.push_back({TerminalEvent::Type::Stopped, {}});
        } else if (reading_ != Asked::Nothing) {
            stop_ = true;
        }
    }
    poke();
}

void Terminal::forget_wanted_line() {
    const Lock lock(mutex_);
    line_wanted_ = false;
}

void Terminal::clear() {
    vm_.out.flush();
    write("\033[H\033[2J", 1);
    at_line_start_ = true;
}

std::optional<TerminalEvent> Terminal::next_event() {
    const Lock lock(mutex_);
    if (events_.empty()) return std::nullopt;
    TerminalEvent event = std::move(events_.front());
    events_.pop_front();
    if (event.type != TerminalEvent::Type::Complete && event.type != TerminalEvent::Type::Changed)
        at_line_start_ = true;
    return event;
}

bool Terminal::has_event() {
    const Lock lock(mutex_);
    return !events_.empty();
}

void Terminal::post(TerminalEvent event) {
    {
        const Lock lock(mutex_);
        events_.push_back(std::move(event));
    }
    vm_.scheduler.wakes.wake(*this, static_cast<std::int64_t>(Asked::Form));
}

void Terminal::answer(Completion completion) {
    const Lock lock(mutex_);
    completion_ = std::move(completion);
    changed_.notify_all();
}

void Terminal::remember(std::string entry) {
    const Lock lock(mutex_);
    to_remember_.push_back(std::move(entry));
}

int Terminal::width() const noexcept { return terminal_width(1); }

bool Terminal::could_wake() {
    const Lock lock(mutex_);
    return reading_ != Asked::Nothing || form_wanted_ || line_wanted_ || !events_.empty() || !program_lines_.empty();
}

bool Terminal::next_line(std::optional<std::string>& line) {
    vm_.out.flush();
    const Lock lock(mutex_);
    if (program_lines_.empty()) {
        if (reading_ != Asked::Program) line_wanted_ = true;
        changed_.notify_all();
        return false;
    }
    line = std::move(program_lines_.front());
    program_lines_.pop_front();
    at_line_start_ = true;
    return true;
}

bool Terminal::rest_of_input(std::vector<std::string>& lines) {
    for (std::optional<std::string> line; next_line(line);) {
        if (line) {
            program_rest_.push_back(std::move(*line));
            continue;
        }
        lines.swap(program_rest_);
        program_rest_.clear();
        return true;
    }
    return false;
}

void Terminal::woken(std::int64_t asked) {
    vm_.scheduler.wake_all(static_cast<Asked>(asked) == Asked::Form ? events_come_ : line_comes_);
}

int Terminal::write(std::string_view text, int descriptor) {
    if (text.empty()) return 0;
    {
        const Lock lock(mutex_);
        if (editing_ && reading_ == Asked::Form) {
            pending_ += text;
            poke();
            while (pending_.size() > most_pending && reading_ == Asked::Form) changed_.wait(mutex_);
            return 0;
        }
    }
    // Nobody but this thread makes the other one begin to read.
    at_line_start_ = text.back() == '\n';
    return write_all(descriptor, text);
}

// --- The terminal's thread

void Terminal::run() {
    LineEditor editor(*this, editing_, coloured_);
    for (;;) {
        std::string before;
        std::vector<std::string> to_remember;
        bool form = false;
        {
            const Lock lock(mutex_);
            while (!form_wanted_ && !line_wanted_ && !close_) changed_.wait(mutex_);
            if (close_) return;
            form = !line_wanted_;
            (form ? form_wanted_ : line_wanted_) = false;
            reading_ = form ? Asked::Form : Asked::Program;
            before = before_;
            to_remember.swap(to_remember_);
        }
        for (const std::string& entry : to_remember) editor.remember(entry);
        if (form && !editing_) write_all(1, before.empty() ? "qi> " : "  … ");
        LineEditor::Read read = form && editing_ ? editor.read(before) : editor.read_plain();
        if (form && !editing_ && read.end == LineEditor::End::Line && !before.empty())
            read.text = before + "\n" + read.text;
        while (!finish_reading(form, read)) {
        }
        vm_.scheduler.wakes.wake(*this, static_cast<std::int64_t>(form ? Asked::Form : Asked::Program));
    }
}

/// Hands the line over. False: something was printed meanwhile, which had to be shown first.
bool Terminal::finish_reading(bool form, LineEditor::Read& read) {
    std::string printed;
    {
        const Lock lock(mutex_);
        changed_.notify_all();
        printed.swap(pending_);
        if (printed.empty()) {
            reading_ = Asked::Nothing;
            const bool stopped = std::exchange(stop_, false);
            if (form) {
                const auto type = read.end == LineEditor::End::Line      ? TerminalEvent::Type::Line
                                  : read.end == LineEditor::End::Stopped ? TerminalEvent::Type::Stopped
                                                                         : TerminalEvent::Type::End;
                events_.push_back({type, std::move(read.text), stopped});
            } else if (read.end != LineEditor::End::Stopped) {
                program_lines_.push_back(read.end == LineEditor::End::Line ? std::optional(std::move(read.text))
                                                                           : std::nullopt);
            }
            return true;
        }
    }
    write_all(1, printed);
    return false;
}

LineEditor::Wait Terminal::wait(LineEditor& editor) {
    std::string pending;
    {
        const Lock lock(mutex_);
        if (stop_ || close_) {
            stop_ = false;
            return LineEditor::Wait::Stop;
        }
        pending.swap(pending_);
        changed_.notify_all();
    }
    if (!pending.empty()) editor.show_above(pending);
    pollfd waited[] = {{editor.input(), POLLIN, 0}, {poked_, POLLIN, 0}, {signals_, POLLIN, 0}};
    if (::poll(waited, 3, -1) < 0) return LineEditor::Wait::Nothing;
    if (waited[1].revents != 0) {
        std::uint64_t count;
        [[maybe_unused]] const ssize_t got = ::read(poked_, &count, sizeof count);
        return LineEditor::Wait::Nothing; // what there is to do is looked for first
    }
    if (waited[2].revents != 0) {
        signalfd_siginfo signal;
        while (::read(signals_, &signal, sizeof signal) > 0) {
        }
        editor.terminal_changed();
        return LineEditor::Wait::Nothing;
    }
    return waited[0].revents != 0 ? LineEditor::Wait::Input : LineEditor::Wait::Nothing;
}

Completion Terminal::complete(const std::string& text) {
    using namespace std::chrono_literals;
    {
        const Lock lock(mutex_);
        completion_.reset();
    }
    post({TerminalEvent::Type::Complete, text});
    const auto deadline = std::chrono::steady_clock::now() + 5s; // the program is busy: no completion then
    const Lock lock(mutex_);
    while (!completion_ && !close_ && !stop_)
        if (!changed_.wait_until(mutex_, deadline)) break;
    Completion found = completion_ ? std::move(*completion_) : Completion();
    completion_.reset();
    return found;
}

} // namespace qi
