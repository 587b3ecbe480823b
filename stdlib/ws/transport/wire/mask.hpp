// The masking of client frames, RFC 6455, 5.3. One thread each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace qi::ws {

/// A masking key as its four bytes lie on the wire.
using MaskKey = std::array<unsigned char, 4>;

/// Fresh keys, from a fast generator seeded by the kernel: keys must not be foreseeable to whoever chooses
/// the payload, and a system call for each would cost more than the frame.
class MaskSource {
public:
    MaskSource();
    MaskKey next() noexcept;

private:
    std::uint64_t state_[4];
    std::uint32_t spare_ = 0;
    bool has_spare_ = false;
};

/// `to` becomes `from` masked, as bytes `offset` and on of the payload. The two are the same or don't overlap.
void copy_masked(char* to, const char* from, std::size_t size, MaskKey key, std::size_t offset = 0) noexcept;

} // namespace qi::ws
