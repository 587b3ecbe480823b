#include "options.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <variant>

namespace qi::bench {

namespace {

constexpr char usage[] =
    R"(usage: load echo --port N [--connections 1] [--under-way 1] [--size 64] [--seconds 2] [--binary]
       load connects --port N [--parallel 64] [--seconds 2]
       load topic --port N [--subscribers 1] [--under-way 1] [--size 64] [--seconds 2] [--binary]
       load idle --port N [--connections 1] [--parallel 64]
       load many --port N [--connections 1] [--parallel 64]
       load client-pipelined [--under-way 1] [--seconds 2] -- PROGRAM [ARGUMENT…]
       load client-json [--under-way 1] [--seconds 2] -- PROGRAM [ARGUMENT…]
       load client-start [--seconds 2] -- PROGRAM [ARGUMENT…]

Loads a WebSocket server on this machine, checks every byte of what it answers, and prints one line of JSON. The last three
are the server themselves, and start the program as its client; behind its arguments it gets the URL, how many messages are
to be under way, and over TLS the file of the authority.
    --tls               over TLS; nothing of the certificate is checked
    --certificates .    the folder with server.pem, server.key and ca.pem that a client is shown
    --server-pid N      also the CPU time and the memory of this process
    --warm-up 0.3       seconds before those that count
    --settle 0.5        seconds before memory is looked at
    --patience 10       seconds without any answer after which it gives up
    --host 127.0.0.1
    --help
)";

struct Row {
    std::string_view name;
    std::variant<bool Options::*, int Options::*, double Options::*, std::string Options::*> field;
};

constexpr Row rows[] = {
    {"--host", &Options::host},
    {"--port", &Options::port},
    {"--tls", &Options::tls},
    {"--binary", &Options::binary},
    {"--connections", &Options::connections},
    {"--subscribers", &Options::subscribers},
    {"--parallel", &Options::parallel},
    {"--under-way", &Options::under_way},
    {"--size", &Options::size},
    {"--seconds", &Options::seconds},
    {"--warm-up", &Options::warm_up},
    {"--settle", &Options::settle},
    {"--patience", &Options::patience},
    {"--server-pid", &Options::server_pid},
    {"--certificates", &Options::certificates},
};

[[noreturn]] void show_usage(std::FILE* to = stderr, int status = 2) {
    std::fputs(usage, to);
    std::exit(status);
}

const Row& row_of(std::string_view name) {
    for (const Row& row : rows)
        if (row.name == name) return row;
    show_usage();
}

void set(Options& options, std::string Options::*field, const char* text) { options.*field = text; }

template <typename Number>
void set(Options& options, Number Options::*field, const char* text) {
    char* end = nullptr;
    double number = std::strtod(text, &end);
    if (end == text || *end || number < 0 || number > 1e9) show_usage();
    options.*field = static_cast<Number>(number);
}

} // namespace

Options read_options(int count, char** arguments) {
    if (count < 2) show_usage();
    Options options;
    options.load = arguments[1];
    if (options.load == "--help") show_usage(stdout, 0);
    for (int i = 2; i < count; ++i) {
        if (arguments[i] == std::string_view("--")) {
            options.command.assign(arguments + i + 1, arguments + count);
            break;
        }
        const Row& row = row_of(arguments[i]);
        if (auto* flag = std::get_if<bool Options::*>(&row.field)) {
            options.*(*flag) = true;
            continue;
        }
        if (++i == count) show_usage();
        if (auto* whole = std::get_if<int Options::*>(&row.field)) set(options, *whole, arguments[i]);
        if (auto* number = std::get_if<double Options::*>(&row.field)) set(options, *number, arguments[i]);
        if (auto* text = std::get_if<std::string Options::*>(&row.field)) set(options, *text, arguments[i]);
    }
    // A message's stamp tells 65,536 connections apart.
    bool has_room = options.connections > 0 && options.connections <= 65536 && options.subscribers > 0 &&
                    options.parallel > 0 && options.under_way > 0 && options.size > 0;
    bool serves = options.load.starts_with("client-");
    bool has_other_side =
        serves ? !options.command.empty() && options.port == 0 : options.port > 0 && options.command.empty();
    if (options.port > 65535 || !has_room || !has_other_side) show_usage();
    return options;
}

} // namespace qi::bench
