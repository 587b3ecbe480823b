#include "base/sip_hash.hpp"

#include <ctime>
#include <sys/random.h>

namespace qi {

const SipHash::Key& secret_key() noexcept {
    static const SipHash::Key key = [] {
        SipHash::Key made;
        if (::getrandom(&made, sizeof made, 0) == static_cast<ssize_t>(sizeof made)) return made;
        // A kernel without it: the addresses, which are random there too, and the time.
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        SipHash mixed(
            SipHash::Key{reinterpret_cast<std::uintptr_t>(&now), reinterpret_cast<std::uintptr_t>(&secret_key)});
        mixed.add(static_cast<std::uint64_t>(now.tv_nsec));
        const SipHash::Digest digest = mixed.finish();
        return SipHash::Key{digest.low, digest.high};
    }();
    return key;
}

} // namespace qi
