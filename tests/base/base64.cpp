// Base64, beside an implementation that is as plain as RFC 4648, section 4, is written.
#include "base/base64.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <string>

namespace qi::base64::test {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bit by bit.
std::string plainly_encoded(std::string_view bytes) {
    std::string out;
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
        std::size_t value = 0;
        for (std::size_t i = bit; i < bit + 6; ++i) {
            const bool is_set =
                i / 8 < bytes.size() && (static_cast<unsigned char>(bytes[i / 8]) >> (7 - i % 8) & 1) != 0;
            value = value * 2 + (is_set ? 1 : 0);
        }
        out += digits[value];
    }
    while (out.size() % 4 != 0) out += '=';
    return out;
}

/// What encodes to the text; nothing if nothing does.
std::optional<std::string> plainly_decoded(std::string_view text) {
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text.substr(0, text.find('='))) {
        const std::size_t value = digits.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xFFFF;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> count);
    }
    return plainly_encoded(out) == text ? std::optional(out) : std::nullopt;
}

} // namespace

TEST_CASE("what is encoded is what the plain implementation makes of it, at every length") {
    std::mt19937 random(64);
    for (std::size_t size = 0; size < 300; ++size)
        for (int round = 0; round < 8; ++round) {
            std::string bytes(size + 3, '\0');
            for (char& byte : bytes) byte = static_cast<char>(round == 0 ? 0xFF : random());
            // From each place in memory.
            const std::string_view some = std::string_view(bytes).substr(size % 4, size);
            const std::string wanted = plainly_encoded(some);
            for (const bool vectors : {true, false}) {
                CHECK(detail::encode(some, vectors) == wanted);
                CHECK(detail::decode(wanted, vectors) == some);
            }
        }
}

TEST_CASE("each pair of bytes and each character is encoded and decoded, in each place of a vector") {
    for (unsigned value = 0; value < 65536; value += 7) {
        std::string bytes(120, static_cast<char>(value));
        for (std::size_t i = 0; i < bytes.size(); i += 2) bytes[i] = static_cast<char>(value >> 8);
        CHECK(detail::encode(bytes, true) == detail::encode(bytes, false));
    }
    const std::string good = plainly_encoded(std::string(150, 'q')) + "QQ==";
    for (std::size_t at = 0; at < good.size(); ++at)
        for (int c = 0; c < 256; ++c) {
            std::string text = good;
            text[at] = static_cast<char>(c);
            const auto wanted = plainly_decoded(text);
            if (detail::decode(text, true) != wanted || detail::decode(text, false) != wanted) {
                CAPTURE(at);
                CAPTURE(c);
                CHECK((detail::decode(text, true) == wanted));
                CHECK((detail::decode(text, false) == wanted));
            }
        }
}

TEST_CASE("what isn't base64 isn't decoded") {
    std::mt19937 random(65);
    // Texts of a few characters that matter, at lengths around those of vectors.
    constexpr std::string_view likely = "AZaz09+/=-_ \n\x7f\x80\xff";
    for (std::size_t size = 0; size < 100; ++size)
        for (int round = 0; round < 60; ++round) {
            std::string text(size, 'A');
            for (std::size_t n = random() % 4; n > 0 && size > 0; --n)
                text[random() % 2 == 0 ? random() % size : size - 1 - random() % std::min<std::size_t>(size, 4)] =
                    likely[random() % likely.size()];
            const auto wanted = plainly_decoded(text);
            CHECK((detail::decode(text, true) == wanted));
            CHECK((detail::decode(text, false) == wanted));
        }
    for (const char* wrong :
         {"A", "AA", "AAA", "AAAAA", "=", "====", "A===", "AB==", "AAB=", "AA=A", "AAAA====", "=AAA"})
        CHECK_FALSE(decode(wrong));
    CHECK(decode("") == "");
    CHECK(decode("SP8=") == "H\xff");
}

} // namespace qi::base64::test
