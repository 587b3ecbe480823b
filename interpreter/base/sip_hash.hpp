// SipHash-2-4 (Aumasson and Bernstein 2012), over 64-bit words: a hash for which no way is known to find many inputs of
// one result faster than by trying. Where its results decide an order that a program sees, the key is fixed and the
// result long; where they decide nothing but places in a table, the key is secret, another one in every process.
// Any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace qi {

class SipHash {
public:
    struct Key {
        std::uint64_t low = 0, high = 0;
    };
    struct Digest {
        std::uint64_t low = 0, high = 0;
        friend auto operator<=>(const Digest&, const Digest&) = default;
    };

    explicit constexpr SipHash(const Key& key) noexcept
        : a_(0x736F6D6570736575u ^ key.low), b_(0x646F72616E646F6Du ^ key.high ^ 0xEE),
          c_(0x6C7967656E657261u ^ key.low), d_(0x7465646279746573u ^ key.high) {}

    constexpr void add(std::uint64_t word) noexcept {
        d_ ^= word;
        turn(2);
        a_ ^= word;
    }
    constexpr void add(const Digest& digest) noexcept {
        add(digest.low);
        add(digest.high);
    }
    /// Their number and `tag`, then the bytes: no two texts add the same words.
    void add(std::string_view bytes, std::uint8_t tag) noexcept {
        add(std::uint64_t{bytes.size()} << 8 | tag);
        std::size_t i = 0;
        for (std::uint64_t word; i + 8 <= bytes.size(); i += 8) {
            std::memcpy(&word, bytes.data() + i, 8);
            add(word);
        }
        if (i == bytes.size()) return;
        std::uint64_t tail = 0;
        std::memcpy(&tail, bytes.data() + i, bytes.size() - i);
        add(tail);
    }

    /// 128 bits; nothing is added after it.
    constexpr Digest finish() noexcept {
        Digest digest;
        digest.low = finish_low();
        b_ ^= 0xDD;
        turn(4);
        digest.high = a_ ^ b_ ^ c_ ^ d_;
        return digest;
    }
    /// The lower 64 of them.
    constexpr std::uint64_t finish_low() noexcept {
        c_ ^= 0xEE;
        turn(4);
        return a_ ^ b_ ^ c_ ^ d_;
    }

private:
    constexpr void turn(int rounds) noexcept {
        for (; rounds > 0; --rounds) {
            a_ += b_;
            b_ = std::rotl(b_, 13) ^ a_;
            a_ = std::rotl(a_, 32);
            c_ += d_;
            d_ = std::rotl(d_, 16) ^ c_;
            a_ += d_;
            d_ = std::rotl(d_, 21) ^ a_;
            c_ += b_;
            b_ = std::rotl(b_, 17) ^ c_;
            c_ = std::rotl(c_, 32);
        }
    }

    std::uint64_t a_, b_, c_, d_;
};

/// This process's own key. Nothing that a program can see may depend on it.
const SipHash::Key& secret_key() noexcept;

/// For tables whose keys are chosen by others.
struct SecretHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        SipHash hash(secret_key());
        hash.add(text, 0);
        return hash.finish_low();
    }
};

} // namespace qi
