#include "child.hpp"

#include "fail.hpp"

#include <cerrno>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qi::bench {

Child::Child(Loop& loop, std::vector<std::string> command) {
    std::vector<char*> arguments;
    for (std::string& each : command) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    errno = posix_spawnp(&pid_, arguments[0], nullptr, nullptr, arguments.data(), environ);
    if (errno != 0) fail_by_system("can't start " + command[0]);
    descriptor_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)); // glibc 2.36 declares pidfd_open for C alone
    if (descriptor_ < 0) fail_by_system("can't watch " + command[0]);
    loop.watch(descriptor_, *this);
}

Child::~Child() { close(descriptor_); }

void Child::ready(std::uint32_t) {
    int status = 0;
    if (has_ended_ || waitpid(pid_, &status, WNOHANG) != pid_) return;
    if (WIFSIGNALED(status)) fail("the client ended by signal " + std::to_string(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0) fail("the client ended with status " + std::to_string(WEXITSTATUS(status)));
    has_ended_ = true;
}

double ended_children_cpu_seconds() {
    rusage usage{};
    if (getrusage(RUSAGE_CHILDREN, &usage) != 0) fail_by_system("can't read the CPU time of the clients");
    auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

} // namespace qi::bench
