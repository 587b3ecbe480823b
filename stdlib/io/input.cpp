// Standard input, read by a thread of its own that starts on first use: whoever wants a line parks until it is there,
// and other goroutines go on. What the two threads share is guarded by one mutex.
#include "io/io.hpp"

#include "base/mutex.hpp"
#include "base/utf8.hpp"
#include "io/messages.hpp"

#include <cerrno>
#include <deque>
#include <thread>
#include <unistd.h>

namespace qi::stdlib {

namespace {

constexpr WakeKey input_key = -1; // those of ws/ are positive
constexpr std::size_t most_waiting = 1 << 20; // bytes read ahead

/// The reader's side. Lives until both the thread and the interpreter have let go of it.
class Reader {
public:
    explicit Reader(WakeList& wakes) : wakes_(&wakes) {}

    void run() {
        char buffer[65536];
        for (;;) {
            const ssize_t got = ::read(0, buffer, sizeof buffer);
            if (got < 0 && errno == EINTR) continue;
            const Lock lock(mutex_);
            if (got <= 0) ended_ = true;
            else text_.append(buffer, static_cast<std::size_t>(got));
            if (wakes_ == nullptr) return; // the program has ended
            wakes_->wake({&input_key, 1});
            if (ended_) return;
            while (text_.size() - taken_ > most_waiting && !all_wanted_ && wakes_ != nullptr) room_.wait(mutex_);
        }
    }

    /// The next line without its end. False: it isn't there yet. Empty optional: the input is at its end.
    bool next(std::optional<std::string>& line) {
        const Lock lock(mutex_);
        const std::size_t end = text_.find('\n', taken_);
        if (end == std::string::npos && !ended_) return false;
        if (end == std::string::npos && taken_ == text_.size()) {
            line.reset();
            return true;
        }
        line = text_.substr(taken_, end == std::string::npos ? end : end - taken_);
        if (line->ends_with('\r')) line->pop_back();
        taken_ = end == std::string::npos ? text_.size() : end + 1;
        if (taken_ > most_waiting / 4) {
            text_.erase(0, taken_);
            taken_ = 0;
            room_.notify_one();
        }
        return true;
    }
    /// Whether the end was reached; from now on everything is read, however much it is.
    bool complete() {
        const Lock lock(mutex_);
        all_wanted_ = true;
        room_.notify_one();
        return ended_;
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
    Mutex mutex_;
    Condition room_;
    WakeList* wakes_ QI_GUARDED_BY(mutex_);
    std::string text_ QI_GUARDED_BY(mutex_);
    std::size_t taken_ QI_GUARDED_BY(mutex_) = 0;
    bool ended_ QI_GUARDED_BY(mutex_) = false;
    bool all_wanted_ QI_GUARDED_BY(mutex_) = false;
};

class StandardInput final : public OutsideWorld {
public:
    StandardInput() = default;
    StandardInput(const StandardInput&) = delete;
    ~StandardInput() override { finish(); }

    Reader& reader(Vm& vm) {
        if (reader_ == nullptr) {
            reader_ = std::make_shared<Reader>(vm.wakes);
            vm.add_outside(this);
            std::thread([shared = reader_] { shared->run(); }).detach(); // it may sit in read() for ever
        }
        return *reader_;
    }
    bool could_wake() override { return reader_ != nullptr && reader_->reading(); }
    std::string waited_for(WakeKey key) const override { return key == input_key ? std::string(msg::standard_input.text()) : std::string(); }
    void finish() override {
        if (reader_ != nullptr) reader_->let_go();
    }

private:
    std::shared_ptr<Reader> reader_;
};

Reader& standard_input(Vm& vm) {
    static StandardInput input;
    return input.reader(vm);
}

Result<Value> text_value(Vm& vm, std::string_view name, std::string&& line) {
    if (const std::size_t good = utf8::valid_prefix(line); good != line.size())
        return failure(kind::value, msg::not_in_encoding, {name, msg::standard_input.text(), "utf-8", std::to_string(good + 1)});
    return make_string(vm.store, std::move(line));
}

Value next_line(Vm& vm) {
    std::optional<std::string> line;
    if (Console* console = vm.console()) {
        if (!console->next_line(line)) return vm.park_external(console->key(), std::nullopt);
    } else if (!standard_input(vm).next(line)) return vm.park_external(input_key, std::nullopt);
    if (!line) return Value::nil();
    auto value = text_value(vm, "io/stdin-line", std::move(*line));
    return value ? *value : vm.raise(value.error());
}

Value all_console_lines(Vm& vm, Console& console) {
    std::vector<std::string> lines;
    if (!console.rest_of_input(lines)) return vm.park_external(console.key(), std::nullopt);
    std::vector<Value> values;
    for (std::string& line : lines) values.push_back(make_string(vm.store, std::move(line)));
    return make_vector(vm.store, values);
}

Value all_lines(Vm& vm) {
    if (vm.console() != nullptr) return all_console_lines(vm, *vm.console());
    Reader& input = standard_input(vm);
    if (!input.complete()) return vm.park_external(input_key, std::nullopt);
    std::vector<Value> lines;
    for (std::optional<std::string> line; input.next(line) && line;) {
        auto value = text_value(vm, "io/stdin-lines", std::move(*line));
        if (!value) return vm.raise(value.error());
        lines.push_back(*value);
    }
    return make_vector(vm.store, lines);
}

constexpr Native rows[] = {
    native("io/stdin-line",
           "The next line of standard input, or nil at its end. Fails with :io, or with :value if it isn't UTF-8.\n"
           "(function? io/stdin-line) ;=> true",
           [](Vm& vm) { return next_line(vm); }),
    native("io/stdin-lines",
           "The remaining lines of standard input, as a vector. Fails with :io, or with :value if one isn't UTF-8.\n"
           "(function? io/stdin-lines) ;=> true",
           [](Vm& vm) { return all_lines(vm); }),
};

} // namespace

void define_io_input(Vm& vm) { define_natives(vm, rows); }

} // namespace qi::stdlib
