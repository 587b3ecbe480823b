// Puts the interpreter, the standard library and the command line together.
#include "base/bundle.hpp"
#include "base/descriptor.hpp"
#include "base/out_of_memory.hpp"
#include "cli/cli.hpp"
#include "cli/messages.hpp"
#include "cli/signals.hpp"
#include "stdlib.hpp"
#include "versions.hpp"
#include "ws/ws.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

int main(int count, char** arguments) {
    qi::reserve_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);
    std::vector<std::string> words(arguments + 1, arguments + count);
    if (const qi::Bundle& bundle = qi::own_bundle(); !bundle.empty()) { // all words are the script's
        words.insert(words.begin(), bundle.main());
        words.insert(words.begin(), bundle.flags().begin(), bundle.flags().end());
    }
    qi::Invocation invocation = qi::parse_arguments(words);
    if (invocation.what == qi::Invocation::What::Version) invocation.text = qi::stdlib::linked_versions();
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
    vm.own_flags = invocation.own_flags;
    qi::end_when_out_of_memory(vm.out);
    if (const char* stress = std::getenv("QI_GC_STRESS"); stress != nullptr && std::strcmp(stress, "1") == 0)
        vm.heap().set_stress(true);
    if (const char* in_place = std::getenv("QI_INPLACE"); in_place != nullptr && std::strcmp(in_place, "0") == 0)
        vm.store.in_place = false;
    const qi::Setup setup(vm);
    qi::define_stdlib(setup);
    const auto sockets =
        qi::stdlib::define_ws(setup, {invocation.resolve, invocation.net_restricted, invocation.allow_connect,
                                      invocation.allow_listen, false, invocation.trace_ws});
    qi::finish_stdlib(setup);
    std::optional<qi::SignalWatcher> signals;
    if (!qi::waits_for_signals(invocation)) signals.emplace(vm);
    const qi::LimitsInForce limits(vm, qi::limits_for(invocation));
    return qi::run(vm, invocation);
}
