#include "cli/init_files.hpp"

#include "cli/messages.hpp"
#include "vm/modules/loader.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace qi {

namespace {

constexpr const char* folder_of_folder = ".qi";
constexpr const char* file_of_folder = ".qi/init.qi";

void report(const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }

void run(Vm& vm, const std::string& name, const std::string& path) {
    auto text = read_file(path);
    const auto outcome = text ? Loader(vm).run(std::make_shared<Source>(name, std::move(*text), true), true)
                              : Loader::Outcome{false, Value::nil(), "qi: " + text.error().text()};
    vm.out.flush();
    if (!outcome.ok) report(outcome.problem);
}

bool belongs_to_user_alone(const struct stat& status) {
    return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// What is checked is what is read: both are opened first, and links aren't followed.
void run_file_of_folder(Vm& vm, const struct stat& already_run) {
    struct stat folder_status {
    }, status{};
    if (::access(file_of_folder, F_OK) != 0) return;
    const int folder = ::open(folder_of_folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    const int file = folder < 0 ? -1 : ::openat(folder, "init.qi", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const bool known = file >= 0 && ::fstat(folder, &folder_status) == 0 && ::fstat(file, &status) == 0;
    if (!known || !belongs_to_user_alone(folder_status) || !belongs_to_user_alone(status))
        report("qi: " + format(msg::init_not_own, {file_of_folder}));
    else if (status.st_ino != already_run.st_ino || status.st_dev != already_run.st_dev)
        run(vm, file_of_folder, "/proc/self/fd/" + std::to_string(file));
    if (file >= 0) ::close(file);
    if (folder >= 0) ::close(folder);
}

} // namespace

void run_init_files(Vm& vm, bool of_folder_too) {
    struct stat of_home {};
    if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
        const std::string path = std::string(home) + "/.qi/init.qi";
        if (::stat(path.c_str(), &of_home) == 0) run(vm, path, path);
    }
    if (of_folder_too) run_file_of_folder(vm, of_home);
}

} // namespace qi
