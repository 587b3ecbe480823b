// Puts the interpreter, the standard library and the command line together.
#include "base/out_of_memory.hpp"
#include "cli/cli.hpp"
#include "cli/messages.hpp"
#include "cli/signals.hpp"
#include "stdlib.hpp"
#include "ws/ws.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int count, char** arguments) {
    std::signal(SIGPIPE, SIG_IGN);
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const qi::Invocation invocation = qi::parse_arguments(words);
    for (const auto* patterns : {&invocation.allow_connect, &invocation.allow_listen})
        for (const std::string& pattern : *patterns)
            if (!qi::stdlib::is_permission(pattern)) {
                std::fprintf(stderr, "qi: %s\n", qi::format(qi::msg::bad_permission, {pattern}).c_str());
                return 1;
            }
    for (const std::string& redirection : invocation.resolve)
        if (!qi::stdlib::is_redirection(redirection)) {
            std::fprintf(stderr, "qi: %s\n", qi::format(qi::msg::bad_redirection, {redirection}).c_str());
            return 1;
        }
    qi::Vm vm;
    qi::end_when_out_of_memory(vm.out);
    if (const char* stress = std::getenv("QI_GC_STRESS"); stress != nullptr && std::strcmp(stress, "1") == 0) vm.heap().set_stress(true);
    qi::define_stdlib(vm);
    const auto sockets = qi::stdlib::define_ws(vm, {invocation.resolve, invocation.net_restricted, invocation.allow_connect, invocation.allow_listen, false, invocation.trace_ws});
    qi::finish_stdlib(vm);
    const qi::SignalWatcher signals(vm);
    return qi::run(vm, invocation);
}
