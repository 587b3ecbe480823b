#include "cli/serve/serve_worker.hpp"

#include "base/own_program.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace qi {

namespace {

/// In the new process. It ends with qi serve, whatever ends that.
[[noreturn]] void become_worker(std::vector<char*>& words, int line, const std::string& place,
                                const std::string& places, pid_t parent, const std::optional<rlimit>& descriptors) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(128 + SIGTERM);
    // The first thing that it does with SIGUSR1 would be to die of it. So that waits until it can be obeyed.
    sigset_t early;
    sigemptyset(&early);
    sigaddset(&early, SIGUSR1);
    ::sigprocmask(SIG_SETMASK, &early, nullptr);
    if (descriptors) ::setrlimit(RLIMIT_NOFILE, &*descriptors);
    ::fcntl(line, F_SETFD, 0);
    // Several processes can't read the same input.
    if (const int nothing = ::open("/dev/null", O_RDONLY); nothing > STDIN_FILENO) {
        ::dup2(nothing, STDIN_FILENO);
        ::close(nothing);
    }
    WorkerLine::put_into_environment(line);
    ::setenv("QI_WORKER", place.c_str(), 1);
    ::setenv("QI_WORKERS", places.c_str(), 1);
    // These are for qi serve.
    for (const char* name : {"NOTIFY_SOCKET", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    ::execv(own_program(), words.data());
    ::_exit(127);
}

} // namespace

// This process has one thread, so that the new one may do what it likes before it becomes another program.
ServeWorker::ServeWorker(const std::vector<std::string>& words, std::size_t place, std::size_t places,
                         std::uint64_t number, const std::optional<rlimit>& descriptors)
    : place_(place), number_(number) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        problem_ = errno;
        return;
    }
    std::vector<std::string> copies = words;
    std::vector<char*> pointers;
    for (std::string& word : copies) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ == 0)
        become_worker(pointers, ends[1], std::to_string(place), std::to_string(places), parent, descriptors);
    if (process_ < 0) problem_ = errno;
    ::close(ends[1]);
    line_ = ends[0];
}

ServeWorker::~ServeWorker() {
    if (line_ >= 0) ::close(line_);
}

std::optional<WorkerRequest> ServeWorker::next_request() noexcept {
    bool ended = false;
    auto request = qi::next_request(line_, ended);
    if (ended) ::close(std::exchange(line_, -1));
    return request;
}

void ServeWorker::signal(int number) const noexcept {
    if (process_ > 0) ::kill(process_, number);
}

std::optional<int> ServeWorker::status() noexcept {
    int status = 0;
    if (process_ <= 0 || ::waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
    process_ = -1;
    return status;
}

int exit_status_of(int status) noexcept { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

} // namespace qi
