// Standard input, read by a thread of its own that starts on first use: whoever wants a line parks until it is there,
// and other goroutines go on. What the two threads share is guarded by one mutex.
#include "io/io.hpp"

#include "base/mutex.hpp"
#include "base/quiet_thread.hpp"
#include "io/encoding.hpp"
#include "io/messages.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <thread>
#include <unistd.h>
#include <utility>

namespace qi::stdlib {

namespace {

constexpr std::size_t most_waiting = 1 << 20;     // bytes read ahead, unless a longer line is wanted
constexpr std::size_t lines_between_looks = 4096; // at whether the program is to stop

/// What there is of a line.
enum class Next { Line, NotYet, End, TooLong, Failed };

/// The reader's side. Lives until both the thread and the interpreter have let go of it.
class Reader {
public:
    Reader(WakeList& wakes, OutsideWorld& world) : world_(world), wakes_(&wakes) {}

    void run() {
        char buffer[65536];
        for (;;) {
            const ssize_t got = ::read(0, buffer, sizeof buffer);
            if (got < 0 && errno == EINTR) continue;
            const int error = errno;
            const std::string_view read(buffer, got <= 0 ? 0 : static_cast<std::size_t>(got));
            const bool ends_line = read.find('\n') != std::string_view::npos;
            const Lock lock(mutex_);
            if (got < 0) error_ = error;
            if (got <= 0) ended_ = true;
            text_.append(read);
            if (ends_line) line_wanted_ = false;
            if (wakes_ == nullptr) return; // the program has ended
            if (ended_ || ends_line || ahead() > String::max_size) wakes_->wake(world_);
            if (ended_) return;
            while (is_enough() && wakes_ != nullptr) room_.wait(mutex_);
        }
    }

    /// The next line without its end. NotYet: it is to be waited for.
    Next next(std::string& line) {
        const Lock lock(mutex_);
        const std::size_t end = text_.find('\n', std::max(searched_, taken_));
        searched_ = text_.size();
        if ((end == std::string::npos ? text_.size() : end) - taken_ > String::max_size) return Next::TooLong;
        if (end == std::string::npos && !ended_) {
            line_wanted_ = true;
            room_.notify_one();
            return Next::NotYet;
        }
        if (end == std::string::npos && taken_ == text_.size()) return error_ == 0 ? Next::End : Next::Failed;
        line = text_.substr(taken_, end == std::string::npos ? end : end - taken_);
        if (std::exchange(at_start_, false)) line.erase(0, line.size() - without_mark(line).size());
        if (line.ends_with('\r')) line.pop_back();
        taken_ = end == std::string::npos ? text_.size() : end + 1;
        searched_ = taken_;
        if (taken_ > most_waiting / 4 && taken_ > text_.size() / 2) { // so that each byte is moved once or so
            text_.erase(0, taken_);
            taken_ = searched_ = 0;
        }
        room_.notify_one();
        return Next::Line;
    }
    /// Whether the end was reached; from now on everything is read, however much it is.
    bool complete() {
        const Lock lock(mutex_);
        all_wanted_ = true;
        room_.notify_one();
        return ended_;
    }
    int error() {
        const Lock lock(mutex_);
        return error_;
    }
    bool reading() {
        const Lock lock(mutex_);
        return !ended_;
    }
    void let_go() {
        const Lock lock(mutex_);
        wakes_ = nullptr;
        room_.notify_one();
    }

private:
    std::size_t ahead() const QI_REQUIRES(mutex_) { return text_.size() - taken_; }
    /// Nobody waits for more than is there, or a line has become longer than any string.
    bool is_enough() const QI_REQUIRES(mutex_) {
        return ahead() > most_waiting && !all_wanted_ && (!line_wanted_ || ahead() > String::max_size);
    }

    OutsideWorld& world_; // as long as there is a wake list
    Mutex mutex_;
    Condition room_;
    WakeList* wakes_ QI_GUARDED_BY(mutex_);
    std::string text_ QI_GUARDED_BY(mutex_);
    std::size_t taken_ QI_GUARDED_BY(mutex_) = 0;
    std::size_t searched_ QI_GUARDED_BY(mutex_) = 0; // no line feed from taken_ up to here
    bool at_start_ QI_GUARDED_BY(mutex_) = true;
    bool ended_ QI_GUARDED_BY(mutex_) = false;
    int error_ QI_GUARDED_BY(mutex_) = 0;            // that ended it
    bool line_wanted_ QI_GUARDED_BY(mutex_) = false; // and none is there
    bool all_wanted_ QI_GUARDED_BY(mutex_) = false;
};

class StandardInput final : public OutsideWorld {
public:
    explicit StandardInput(Setup setup) : program_(setup) {
        setup.add_outside(this);
        setup.set_extension(this);
    }
    StandardInput(const StandardInput&) = delete;
    ~StandardInput() override { finish(); }

    Reader& reader() {
        if (reader_ == nullptr) {
            reader_ = std::make_shared<Reader>(program_.wakes(), *this);
            start_quietly([shared = reader_] { shared->run(); }).detach(); // it may sit in read() for ever
        }
        return *reader_;
    }
    bool could_wake() override { return reader_ != nullptr && reader_->reading(); }
    void woken(std::int64_t) override { program_.wake_all(arrived); }
    void finish() override {
        if (reader_ != nullptr) reader_->let_go();
    }

    Wait arrived{msg::standard_input.text()};

private:
    Program program_;
    std::shared_ptr<Reader> reader_;
};

/// Why there is no line although the input isn't at its end.
Error input_failure(Reader& input, Next what) {
    if (what == Next::Failed) return io_failure(msg::standard_input.text(), input.error(), -1);
    return failure(kind::limit, msg::line_too_long, {msg::standard_input.text(), std::to_string(String::max_size)});
}

Value next_line(Call call) {
    if (Console* console = call.console()) {
        std::optional<std::string> typed;
        if (!console->next_line(typed)) return call.park(console->line_wait());
        return typed ? make_string_from_outside(call.store(), *typed) : Value::nil();
    }
    auto& world = call.extension<StandardInput>();
    Reader& input = world.reader();
    std::string line;
    switch (const Next next = input.next(line)) {
    case Next::Line: return make_string_from_outside(call.store(), line);
    case Next::NotYet: return call.park(world.arrived);
    case Next::End: return Value::nil();
    default: return call.raise(input_failure(input, next));
    }
}

Value all_console_lines(Call call, Console& console) {
    std::vector<std::string> lines;
    if (!console.rest_of_input(lines)) return call.park(console.line_wait());
    std::vector<Value> values;
    for (const std::string& line : lines) values.push_back(make_string_from_outside(call.store(), line));
    return make_vector(call.store(), values);
}

Value all_lines(Call call) {
    if (call.console() != nullptr) return all_console_lines(call, *call.console());
    auto& world = call.extension<StandardInput>();
    Reader& input = world.reader();
    if (!input.complete()) return call.park(world.arrived);
    std::vector<Value> lines;
    std::string line;
    Next next;
    while ((next = input.next(line)) == Next::Line) {
        lines.push_back(make_string_from_outside(call.store(), line));
        if (lines.size() % lines_between_looks == 0 && call.should_stop()) return call.stop();
    }
    return next == Next::End ? make_vector(call.store(), lines) : call.raise(input_failure(input, next));
}

constexpr Native io_input_natives[] = {
    native("io/stdin-line",
           "The next line of standard input, or nil at its end. What isn't UTF-8 in it becomes U+FFFD; a byte order "
           "mark at the very beginning is dropped. Fails with :io, :permission-denied or :limit.\n"
           "(function? io/stdin-line) ;=> true",
           [](Call call) { return next_line(call); }),
    native("io/stdin-lines",
           "The remaining lines of standard input, as a vector, each as io/stdin-line gives it. Fails with :io, "
           ":permission-denied or :limit.\n"
           "(function? io/stdin-lines) ;=> true",
           [](Call call) { return all_lines(call); }),
};

} // namespace

void define_io_input(Setup setup) {
    setup.own(std::make_shared<StandardInput>(setup));
    setup.define(io_input_natives);
}

} // namespace qi::stdlib
