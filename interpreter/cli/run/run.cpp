#include "cli/run/run.hpp"

#include "cli/cli.hpp"
#include "cli/messages.hpp"
#include "cli/run/messages.hpp"
#include "cli/run/profiler.hpp"
#include "cli/run/restart.hpp"

#include <algorithm>
#include <cstdio>

namespace qi {

bool wants_trace(std::span<const std::string> arguments) {
    for (const std::string& argument : arguments) {
        if (!argument.starts_with("-")) return false;
        if (argument == "--trace-ws") return true;
    }
    return false;
}

int run_program(Vm& vm, std::span<const std::string> arguments) {
    const auto wrong = [](const std::string& text) {
        std::fprintf(stderr, "qi: %s\n", text.c_str());
        return 2;
    };
    bool watch = false;
    std::string profile;
    std::size_t at = 0;
    for (; at < arguments.size() && arguments[at].starts_with("-"); ++at) {
        const std::string& flag = arguments[at];
        if (flag == "--watch")
            watch = true;
        else if (flag == "--profile")
            profile = "profile.folded";
        else if (flag == "--profile=")
            return wrong(format(msg::flag_value, {flag, "--profile=profile.folded"}));
        else if (flag.starts_with("--profile="))
            profile = flag.substr(10);
    }
    if (at == arguments.size()) return wrong(std::string(msg::run_needs_file.text()));
    const std::string& file = arguments[at];
    const auto rest = arguments.subspan(at + 1);
    if (watch) return run_watched(vm, file);
    if (profile.empty()) return run_file(vm, file, rest);
    Profiler profiler(vm);
    if (const auto started = profiler.start(); !started) return wrong(started.error().text());
    const int status = run_file(vm, file, rest);
    profiler.stop();
    if (const auto written = profiler.write_folded(profile); !written) return wrong(written.error().text());
    std::fputs(profiler.summary(profile).c_str(), stderr);
    return status;
}

} // namespace qi
