#include "cli/run/restart.hpp"

#include "base/own_program.hpp"
#include "cli/files.hpp"
#include "cli/run/messages.hpp"
#include "cli/signals.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <vector>

extern char** environ;

namespace qi {

namespace {

using Times = std::map<std::string, std::filesystem::file_time_type>;
using namespace std::chrono_literals;

constexpr auto look_every = 50ms;
constexpr auto patience = 15s; // for a program that was told to end: more than a server takes for that by itself

/// When the .qi files in and below the program's folder were written last.
Times written_times(const std::string& file) {
    Times times;
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    const std::string where = folder.empty() ? "." : folder.string();
    std::error_code error;
    if (const auto files = qi_files({&where, 1}))
        for (const std::string& each : *files) times[each] = std::filesystem::last_write_time(each, error);
    times[file] = std::filesystem::last_write_time(file, error);
    return times;
}

/// A file that was written, made or removed between the two; empty: none was.
std::string changed_file(const Times& before, const Times& after) {
    for (const auto& [file, time] : after)
        if (const auto old = before.find(file); old == before.end() || old->second != time) return file;
    for (const auto& [file, time] : before)
        if (!after.contains(file)) return file;
    return {};
}

std::vector<std::string> words_without_watch(const std::string& script) {
    std::ifstream file("/proc/self/cmdline");
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) words.push_back(word);
    if (words.empty()) return {"qi", script}; // no /proc
    words.erase(std::find(words.begin(), words.end(), "--watch"));
    return words;
}

class Child {
public:
    explicit Child(std::vector<std::string> words) {
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        arguments.push_back(nullptr);
        if (::posix_spawn(&process_, own_program(), nullptr, nullptr, arguments.data(), environ) != 0) process_ = -1;
    }
    ~Child() {
        if (process_ < 0) return;
        if (!knows_) ::kill(process_, SIGTERM);
        for (auto end = Clock::now() + patience; !status() && Clock::now() < end;) std::this_thread::sleep_for(10ms);
        if (process_ < 0) return;
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    Child(const Child&) = delete;

    /// It has been told to end; a second signal would cut it short.
    void note_told() noexcept { knows_ = true; }

    /// Once it has ended, told once.
    std::optional<int> status() {
        int status = 0;
        if (process_ < 0 || ::waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
        process_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

private:
    pid_t process_ = -1;
    bool knows_ = false;
};

} // namespace

int run_watched(Vm& vm, const std::string& file) {
    const std::vector<std::string> words = words_without_watch(file);
    while (vm.scheduler.interrupting_signal() == 0) {
        const Times before = written_times(file);
        Child child(words);
        std::string changed;
        while (changed.empty() && vm.scheduler.interrupting_signal() == 0) {
            std::this_thread::sleep_for(look_every);
            if (const auto status = child.status())
                std::fprintf(stderr, "%s\n",
                             format(msg::run_watching, {format(msg::run_ended, {std::to_string(*status)})}).c_str());
            changed = changed_file(before, written_times(file));
        }
        if (vm.scheduler.interrupting_signal() != 0 && SignalWatcher::came_from_terminal()) child.note_told();
        if (!changed.empty()) std::fprintf(stderr, "%s\n", format(msg::run_changed, {changed}).c_str());
    }
    return 0;
}

} // namespace qi
