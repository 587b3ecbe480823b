// Mixing functions. Hashes are the same in every run, because the order of large maps is.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace qi {

/// Finalizer of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

inline std::uint32_t hash_bytes(std::string_view bytes) noexcept {
    std::uint64_t state = bytes.size() * 0x9E3779B97F4A7C15u;
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + i, 8);
        state = mix(state ^ word);
    }
    std::uint64_t tail = 0;
    if (i < bytes.size()) std::memcpy(&tail, bytes.data() + i, bytes.size() - i);
    return static_cast<std::uint32_t>(mix(state ^ tail) >> 16) | 1; // never 0, which means "not computed"
}

constexpr std::uint32_t combine(std::uint32_t seed, std::uint32_t hash) noexcept {
    return static_cast<std::uint32_t>(mix((std::uint64_t{seed} << 32 | hash) + 0x9E3779B97F4A7C15u));
}

} // namespace qi
