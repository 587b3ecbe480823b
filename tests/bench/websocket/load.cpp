// The load generator for WebSocket servers, and the server that measures clients: options.cpp says what it does.
#include "fail.hpp"
#include "loads.hpp"

#include <csignal>
#include <sys/resource.h>

namespace {

using namespace qi::bench;

struct Load {
    const char* name;
    void (*run)(Run& run, Report& report);
};

constexpr Load loads[] = {
    {"echo", echo},
    {"connects", connects},
    {"topic", topic},
    {"idle", idle},
    {"many", many},
    {"client-pipelined", client_pipelined},
    {"client-json", client_json},
    {"client-start", client_start},
};

/// As many descriptors as this user may have.
void raise_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) fail_by_system("can't read the limit of descriptors");
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int count, char** arguments) {
    Options options = read_options(count, arguments);
    raise_limit();
    std::signal(SIGPIPE, SIG_IGN); // OpenSSL writes without MSG_NOSIGNAL
    for (const Load& load : loads)
        if (options.load == load.name) {
            Run run(options);
            Report report(options.load);
            load.run(run, report);
            report.print();
            return 0;
        }
    fail("there is no load " + options.load);
}
