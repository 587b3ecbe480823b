#include "base/base64.hpp"

#include <array>
#include <cstdint>

namespace qi::base64 {

namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
    std::array<std::int8_t, 256> values{};
    for (auto& v : values) v = -1;
    for (int i = 0; i < 64; ++i) values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return values;
}
constexpr auto value_of = make_values();

} // namespace

std::string encode(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4, '=');
    std::size_t at = 0, i = 0;
    const auto byte = [&](std::size_t n) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[n])); };
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t word = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        out[at++] = alphabet[word >> 18];
        out[at++] = alphabet[word >> 12 & 63];
        out[at++] = alphabet[word >> 6 & 63];
        out[at++] = alphabet[word & 63];
    }
    if (i < bytes.size()) {
        const bool two = i + 2 == bytes.size();
        const std::uint32_t word = byte(i) << 16 | (two ? byte(i + 1) << 8 : 0);
        out[at++] = alphabet[word >> 18];
        out[at++] = alphabet[word >> 12 & 63];
        if (two) out[at++] = alphabet[word >> 6 & 63];
    }
    return out;
}

std::optional<std::string> decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    const std::size_t digits = text.size() - padding;
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const std::int8_t value = value_of[static_cast<unsigned char>(text[i])];
        if (value < 0) return std::nullopt;
        word = word << 6 | static_cast<std::uint32_t>(value);
        if (i % 4 == 3) {
            out += static_cast<char>(word >> 16);
            out += static_cast<char>(word >> 8);
            out += static_cast<char>(word);
            word = 0;
        }
    }
    // The bits that the padding leaves over must be zero: one value has one spelling.
    if (padding == 1) {
        if ((word & 3) != 0) return std::nullopt;
        out += static_cast<char>(word >> 10);
        out += static_cast<char>(word >> 2);
    } else if (padding == 2) {
        if ((word & 15) != 0) return std::nullopt;
        out += static_cast<char>(word >> 4);
    }
    return out;
}

} // namespace qi::base64
