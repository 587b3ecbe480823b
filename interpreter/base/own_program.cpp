#include "base/own_program.hpp"

#include <sys/auxv.h>
#include <unistd.h>

namespace qi {

const char* own_program() noexcept {
    constexpr const char* link = "/proc/self/exe";
    if (::access(link, R_OK) == 0) return link;
    const auto* called = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    return called == nullptr ? link : called;
}

} // namespace qi
