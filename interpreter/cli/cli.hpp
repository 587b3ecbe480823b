// The command line: qi FILE, qi -e EXPR, qi -, subcommands, --version, --help. Interpreter thread only.
#pragma once

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
    std::string text;                   // path or expression; of Wrong the message
    std::vector<std::string> arguments; // for the script
    std::vector<std::string> resolve;   // --resolve HOST:PORT:ADDRESS:PORT, each
    bool trace_ws = false;              // --trace-ws: each WebSocket frame is shown
    bool net_restricted = false;        // --deny-net, or one of the next two was given
    std::vector<std::string> allow_connect; // --allow-connect=PATTERN,…
    std::vector<std::string> allow_listen;  // --allow-listen=HOST:PORT,…
};

Invocation parse_arguments(std::span<const std::string> arguments);

/// Runs a script with the arguments behind it; the exit status.
int run_file(Vm& vm, const std::string& path, std::span<const std::string> arguments);

/// Runs it; the exit status.
int run(Vm& vm, const Invocation& invocation);

} // namespace qi
