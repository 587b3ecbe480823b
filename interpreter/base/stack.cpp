#include "base/stack.hpp"
#include <algorithm>
#include <sys/resource.h>

namespace qi {

StackBound::StackBound() noexcept {
    // 8 MiB is what Linux gives where nobody says otherwise; "unlimited" is no reason to go on for ever.
    constexpr rlim_t usual = rlim_t{8} << 20, most = rlim_t{64} << 20;
    rlimit limit{};
    const rlim_t size = getrlimit(RLIMIT_STACK, &limit) == 0 ? std::min(limit.rlim_cur, most) : usual;
    bound_ = static_cast<const char*>(__builtin_frame_address(0)) - size / 4 * 3;
}

} // namespace qi
