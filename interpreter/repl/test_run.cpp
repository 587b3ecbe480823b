#include "repl/test_run.hpp"

#include "base/own_program.hpp"
#include "base/quiet_thread.hpp"
#include "base/system_error.hpp"
#include "repl/messages.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace qi {

Result<void> TestRun::start(const std::vector<std::string>& paths) {
    stop();
    std::vector<std::string> words{"qi"};
    words.insert(words.end(), vm_.own_flags.begin(), vm_.own_flags.end());
    words.emplace_back("test");
    for (const std::string& path : paths) words.push_back(path.starts_with('-') ? "./" + path : path);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    const int error = ::posix_spawn(&process_, own_program(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return failure(kind::io, msg::cannot_test, {system_error_text(error)});
    running_ = true;
    thread_ = start_quietly([this] {
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
        }
        running_ = false;
        vm_.scheduler.wakes.wake(*this);
    });
    return {};
}

void TestRun::stop() {
    if (!thread_.joinable()) return;
    if (running_)
        ::kill(process_,
               SIGTERM); // it may be gone in this moment; its id isn't given to another before the thread is done
    thread_.join();
}

} // namespace qi
