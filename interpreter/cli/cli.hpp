// The command line: qi FILE, qi -e EXPR, qi -, subcommands, --version, --help. Interpreter thread only.
#pragma once

#include "cli/limits.hpp"
#include "vm/vm.hpp"

#include <span>
#include <string>
#include <vector>

namespace qi {

struct Command;

/// What the rest of the program asks of the command line.
struct Invocation {
    enum class What { File, Expression, StandardInput, Command, Version, Help, Wrong } what = What::Help;
    const qi::Command* command = nullptr;
    std::string text; // path or expression; of Wrong the message, of Version what is printed in addition
    std::vector<std::string> arguments;     // for the script
    std::vector<std::string> resolve;       // --resolve HOST:PORT:ADDRESS:PORT, each
    bool trace_ws = false;                  // --trace-ws: each WebSocket frame is shown
    bool net_restricted = false;            // --deny-net, or one of the next two was given
    std::vector<std::string> allow_connect; // --allow-connect=PATTERN,…
    std::vector<std::string> allow_listen;  // --allow-listen=HOST:PORT,…
    Limits limits;                          // --max-heap=SIZE, --max-time=DURATION, --max-steps=N
    bool stats = false;                     // --stats
    std::vector<std::string>
        own_flags; // all of these as they were written: for the processes that run programs for this one
};

Invocation parse_arguments(std::span<const std::string> arguments);
/// It waits for its signals itself, in its only thread.
bool waits_for_signals(const Invocation& invocation);

/// Those that hold for it: a person at the prompt isn't thrown out, and those of qi serve are its workers'.
Limits limits_for(const Invocation& invocation);

/// Runs a script with the arguments after it; the exit status.
int run_file(Vm& vm, const std::string& path, std::span<const std::string> arguments);

/// Runs it; the exit status, 1 where that is 0 and something that was printed could not be written.
int run(Vm& vm, const Invocation& invocation);

} // namespace qi
