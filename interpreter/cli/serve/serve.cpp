#include "cli/serve/serve.hpp"

#include "base/system_error.hpp"
#include "cli/serve/messages.hpp"
#include "cli/serve/supervisor.hpp"

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

namespace qi {

namespace {

constexpr int most_workers = 1024;

int allowed_processors() noexcept {
    cpu_set_t set;
    CPU_ZERO(&set);
    // A machine with more processors than the set has room for.
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    return CPU_COUNT(&set);
}

/// A line and some sockets for each worker are more than the usual 1024. The limit that there was, if it is another
/// now.
std::optional<rlimit> raise_descriptor_limit() noexcept {
    rlimit before{};
    if (::getrlimit(RLIMIT_NOFILE, &before) != 0 || before.rlim_cur == before.rlim_max) return std::nullopt;
    rlimit raised = before;
    raised.rlim_cur = before.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) return std::nullopt;
    return before;
}

} // namespace

int run_serve(Vm& vm, std::span<const std::string> arguments) {
    const auto wrong = [](const std::string& text) {
        std::fprintf(stderr, "qi: %s\n", text.c_str());
        return 2;
    };
    int workers = allowed_processors();
    bool json = false;
    std::size_t at = 0;
    for (; at < arguments.size() && (arguments[at] == "--json" || arguments[at] == "--workers"); ++at) {
        if (arguments[at] == "--json") {
            json = true;
            continue;
        }
        const std::string given = at + 1 < arguments.size() ? arguments[++at] : "";
        const auto [end, problem] = std::from_chars(given.data(), given.data() + given.size(), workers);
        if (problem != std::errc() || end != given.data() + given.size() || workers < 1 || workers > most_workers)
            return wrong(format(msg::serve_workers, {std::to_string(most_workers), given.empty() ? "\"\"" : given}));
    }
    if (at == arguments.size()) return wrong(std::string(msg::serve_needs_file.text()));
    const std::string& file = arguments[at];
    if (::access(file.c_str(), R_OK) != 0) {
        std::fprintf(stderr, "qi: %s\n", format(msg::serve_no_file, {file, system_error_text(errno)}).c_str());
        return 1;
    }
    // `run` in between: the file may have the name of a subcommand.
    std::vector<std::string> words{"qi"};
    words.insert(words.end(), vm.own_flags.begin(), vm.own_flags.end());
    words.emplace_back("run");
    words.insert(words.end(), arguments.begin() + static_cast<std::ptrdiff_t>(at), arguments.end());
    Supervisor supervisor(std::move(words), file, static_cast<std::size_t>(workers), json, raise_descriptor_limit());
    return supervisor.run();
}

} // namespace qi
