// What all connections of one run share.
#pragma once

#include "loop.hpp"
#include "options.hpp"
#include "stream.hpp"

namespace qi::bench {

struct Run {
    explicit Run(const Options& chosen) : options(chosen), loop(chosen.patience), target(chosen) {}

    const Options options;
    Loop loop;
    const Target target;
    // How many connections there are of each kind.
    int opening = 0, open = 0, closing = 0;
};

} // namespace qi::bench
