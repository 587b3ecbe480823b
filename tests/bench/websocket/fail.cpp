#include "fail.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace qi::bench {

void fail(const std::string& what) {
    std::fprintf(stderr, "load: %s\n", what.c_str());
    std::exit(1);
}

void fail_by_system(const std::string& what) { fail(what + ": " + std::strerror(errno)); }

} // namespace qi::bench
