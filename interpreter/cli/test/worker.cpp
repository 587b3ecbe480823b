#include "cli/test/worker.hpp"

#include "base/messages.hpp"
#include "base/own_program.hpp"
#include "base/system_error.hpp"
#include "cli/messages.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace qi {

namespace {

constexpr int record_descriptor = 3; // in the process that runs the file
constexpr long default_timeout = 60000;
constexpr auto last_words = std::chrono::seconds(2); // for a program that was told to stop

} // namespace

Worker::Worker(const TestOptions& options, std::span<const std::string> own_flags, std::string file)
    : started_(Clock::now()), heard_(started_), limit_(options.timeout > 0 ? options.timeout : default_timeout),
      patience_(limit_) {
    record_.file = std::move(file);
    int pipe[2];
    output_ = static_cast<int>(::memfd_create("output", MFD_CLOEXEC));
    if (output_ < 0 || ::fcntl(output_, F_SETFL, O_APPEND) != 0 || ::pipe2(pipe, O_CLOEXEC) != 0) {
        record_.tests.push_back({"", 0, system_error_text(errno), ""});
        return;
    }
    records_ = pipe[0];
    std::vector<std::string> words{"qi"};
    words.insert(words.end(), own_flags.begin(), own_flags.end());
    words.insert(words.end(), {"test", "--worker", std::to_string(record_descriptor)});
    if (!options.filter.empty()) words.insert(words.end(), {"--filter", options.filter});
    if (options.timeout > 0) words.insert(words.end(), {"--timeout", std::to_string(options.timeout)});
    words.push_back(record_.file.starts_with('-') ? "./" + record_.file : record_.file);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output_, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output_, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], record_descriptor);
    const int error = ::posix_spawn(&process_, own_program(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    if (error != 0) {
        process_ = -1;
        record_.tests.push_back({"", 0, system_error_text(error), ""});
    }
}

Worker::~Worker() {
    stop();
    if (process_ > 0) ::waitpid(process_, nullptr, 0);
    if (records_ >= 0) ::close(records_);
    if (output_ >= 0) ::close(output_);
}

void Worker::stop() {
    if (process_ > 0) ::kill(process_, SIGKILL);
}

bool Worker::read() {
    char buffer[65536];
    const ssize_t got = process_ < 0 ? 0 : ::read(records_, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) return true;
    if (got > 0) {
        heard_ = Clock::now();
        unread_.append(buffer, static_cast<std::size_t>(got));
        take_records();
        return true;
    }
    finish();
    return false;
}

/// The test that passed has failed after all; what else is wrong is a failure by itself.
void Worker::fail_test(std::string name, std::string text) {
    for (TestRecord& test : record_.tests) {
        if (name.empty() || test.name != name || !test.failure.empty()) continue;
        test.failure = std::move(text);
        return;
    }
    record_.tests.push_back({std::move(name), 0, std::move(text), ""});
}

/// A record is `length:bytes` for each field and a line feed: begin, name, limit; test, name, seconds, failure, output,
/// what was printed before; failure, test's name, text; or file, the error that ended the file, if one did, output.
void Worker::take_records() {
    std::size_t done = 0;
    for (;;) {
        std::vector<std::string> fields;
        std::size_t at = done;
        while (at < unread_.size() && unread_[at] != '\n') {
            std::size_t length = 0;
            const char* const begin = unread_.data() + at;
            const auto [end, error] = std::from_chars(begin, unread_.data() + unread_.size(), length);
            const auto text = static_cast<std::size_t>(end - unread_.data()) + 1;
            if (error != std::errc() || text + length > unread_.size()) break;
            fields.push_back(unread_.substr(text, length));
            at = text + length;
        }
        if (at >= unread_.size() || unread_[at] != '\n') break;
        done = at + 1;
        if (fields.size() == 3 && fields[0] == "begin") {
            in_test_ = true;
            running_ = fields[1];
            patience_ = std::chrono::milliseconds(2 * std::strtol(fields[2].c_str(), nullptr, 10) + 10000);
        }
        if (fields.size() == 3 && fields[0] == "failure") fail_test(fields[1], fields[2]);
        if (fields.size() == 6 && fields[0] == "test") {
            in_test_ = false;
            patience_ = limit_;
            record_.tests.push_back({fields[1].empty() ? "\"\"" : fields[1], std::strtod(fields[2].c_str(), nullptr),
                                     fields[3], fields[5] + fields[4]});
        }
        if (fields.size() == 3 && fields[0] == "file") {
            ended_well_ = true;
            if (!fields[1].empty()) record_.tests.push_back({"", 0, fields[1], fields[2]});
        }
    }
    unread_.erase(0, done);
}

std::string Worker::left_output() const {
    std::string text(65536, '\0');
    const ssize_t got = ::pread(output_, text.data(), text.size(), 0);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

void Worker::finish() {
    if (process_ < 0) return;
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    record_.seconds = std::chrono::duration<double>(Clock::now() - started_).count();
    if (ended_well_ && !stuck_) return;
    if (stuck_ && !in_test_) {
        const std::string why = format(msg::test_top_level_stuck, {std::to_string(limit_.count())});
        // Told to stop, it said where it was.
        if (ended_well_ && !record_.tests.empty() && record_.tests.back().name.empty())
            record_.tests.back().failure.insert(0, why + "\n");
        else
            record_.tests.push_back({"", 0, why, left_output()});
        return;
    }
    const std::string why = stuck_                ? format(msg::test_stuck, {std::to_string(patience_.count() / 1000)})
                            : WIFSIGNALED(status) ? format(msg::test_killed, {std::to_string(WTERMSIG(status))})
                                                  : format(msg::test_left, {std::to_string(WEXITSTATUS(status))});
    record_.tests.push_back({in_test_ ? running_ : "", 0, why, left_output()});
}

void Worker::end_if_stuck(Clock::time_point asked) {
    if (process_ < 0) return;
    const auto silent = asked - heard_;
    if (silent >= patience_ && !stuck_) {
        stuck_ = true;
        if (in_test_) return stop();
        ::kill(process_, SIGINT);
    }
    if (stuck_ && silent >= patience_ + last_words) stop();
}

std::string Worker::activity() const { return in_test_ ? running_ : std::string(msg::top_level.text()); }

} // namespace qi
