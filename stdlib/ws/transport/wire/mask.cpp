#include "ws/transport/wire/mask.hpp"

#include <bit>
#include <cstring>
#include <random>
#include <sys/random.h>

namespace qi::ws {

MaskSource::MaskSource() {
    if (getrandom(state_, sizeof state_, 0) == static_cast<ssize_t>(sizeof state_)) return;
    std::random_device device;
    for (auto& word : state_) word = (std::uint64_t{device()} << 32) | device();
    state_[0] |= 1; // the generator's state must not be all zero
}

MaskKey MaskSource::next() noexcept {
    if (!has_spare_) {
        // xoshiro256++ by Blackman and Vigna: one step gives two keys.
        const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        const std::uint64_t shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = std::rotl(state_[3], 45);
        spare_ = static_cast<std::uint32_t>(result >> 32);
        has_spare_ = true;
        return std::bit_cast<MaskKey>(static_cast<std::uint32_t>(result));
    }
    has_spare_ = false;
    return std::bit_cast<MaskKey>(spare_);
}

void copy_masked(char* to, const char* from, std::size_t size, MaskKey key, std::size_t offset) noexcept {
    MaskKey turned;
    for (std::size_t i = 0; i < 4; ++i) turned[i] = key[(i + offset) & 3];
    const auto half = std::bit_cast<std::uint32_t>(turned);
    const std::uint64_t mask = (std::uint64_t{half} << 32) | half;
    std::size_t i = 0;
    using Lanes = std::uint64_t __attribute__((vector_size(32)));
    const Lanes masks = {mask, mask, mask, mask};
    for (; i + 64 <= size; i += 64) {
        Lanes lanes[2];
        std::memcpy(lanes, from + i, sizeof lanes);
        lanes[0] ^= masks;
        lanes[1] ^= masks;
        std::memcpy(to + i, lanes, sizeof lanes);
    }
    for (; i + 8 <= size; i += 8) {
        std::uint64_t word;
        std::memcpy(&word, from + i, 8);
        word ^= mask;
        std::memcpy(to + i, &word, 8);
    }
    for (; i < size; ++i) to[i] = static_cast<char>(static_cast<unsigned char>(from[i]) ^ turned[i & 3]);
}

} // namespace qi::ws
