#include "base/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

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

/// The two digits of each twelve bits.
constexpr std::array<std::array<char, 2>, 4096> make_pairs() {
    std::array<std::array<char, 2>, 4096> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {alphabet[i >> 6], alphabet[i & 63]};
    return pairs;
}
constexpr auto pair_of = make_pairs();

std::uint32_t byte_at(const char* from, std::size_t i) noexcept { return static_cast<unsigned char>(from[i]); }

// What the vectors do is only ever a part from the start; the plain loops do the rest.

#ifdef __x86_64__

bool has_vectors() noexcept { return __builtin_cpu_supports("avx2") != 0; }

/// Twice 12 bytes at a time become 32 digits. How many of the bytes have been encoded.
__attribute__((target("avx2"))) std::size_t encode_vectors(const char* from, std::size_t size, char* to) noexcept {
    constexpr std::size_t step = 24, read = 28; // it looks at four bytes more than it encodes
    // In each 32 bits the three bytes of four digits: second, first, third, second.
    const __m256i spread = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10, //
                                            1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    // What is added to a digit's value: 26 to 51, each of 52 to 61, 62, 63, and 0 to 25.
    const __m256i offsets = _mm256_setr_epi8(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0, //
                                             71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0);
    std::size_t done = 0;
    for (; done + read <= size; done += step, to += 32) {
        const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + done));
        const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + done + 12));
        const __m256i bytes = _mm256_shuffle_epi8(_mm256_set_m128i(high, low), spread);
        // The first and the third digit go down to bits 0 to 5 of their halves, the second and the fourth up to 8
        // to 13.
        const __m256i odd =
            _mm256_mulhi_epu16(_mm256_and_si256(bytes, _mm256_set1_epi32(0x0FC0FC00)), _mm256_set1_epi32(0x04000040));
        const __m256i even =
            _mm256_mullo_epi16(_mm256_and_si256(bytes, _mm256_set1_epi32(0x003F03F0)), _mm256_set1_epi32(0x01000010));
        const __m256i values = _mm256_or_si256(odd, even);
        const __m256i upper = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), values);
        const __m256i which = _mm256_or_si256(_mm256_subs_epu8(values, _mm256_set1_epi8(51)),
                                              _mm256_and_si256(upper, _mm256_set1_epi8(13)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to),
                            _mm256_add_epi8(values, _mm256_shuffle_epi8(offsets, which)));
    }
    return done;
}

/// 32 digits at a time become twice 12 bytes, as far as they are digits. How many have been decoded; at least 40 are
/// never, so that there is room for four bytes behind the last one.
__attribute__((target("avx2"))) std::size_t decode_vectors(const char* from, std::size_t size, char* to) noexcept {
    constexpr std::size_t step = 32, read = 40;
    // By a character's upper half: the least and the largest digit, and what makes it its value. There is no digit from
    // 128 on, which is negative here. '/' has the place of the control characters.
    const __m256i least =
        _mm256_setr_epi8(127, 127, '+', '0', 'A', 'P', 'a', 'p', 127, 127, 127, 127, 127, 127, 127, 127, //
                         127, 127, '+', '0', 'A', 'P', 'a', 'p', 127, 127, 127, 127, 127, 127, 127, 127);
    const __m256i largest = _mm256_setr_epi8(0, 0, '/', '9', 'O', 'Z', 'o', 'z', 0, 0, 0, 0, 0, 0, 0, 0, //
                                             0, 0, '/', '9', 'O', 'Z', 'o', 'z', 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i offsets = _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, //
                                             0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i gather = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, //
                                            2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m256i plus = _mm256_set1_epi8('+'), slash = _mm256_set1_epi8('/');
    std::size_t done = 0;
    for (; done + read <= size; done += step, to += 24) {
        const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + done));
        const __m256i half = _mm256_and_si256(_mm256_srli_epi32(text, 4), _mm256_set1_epi8(15));
        const __m256i outside = _mm256_or_si256(_mm256_cmpgt_epi8(_mm256_shuffle_epi8(least, half), text),
                                                _mm256_cmpgt_epi8(text, _mm256_shuffle_epi8(largest, half)));
        const __m256i between = _mm256_and_si256(_mm256_cmpgt_epi8(text, plus), _mm256_cmpgt_epi8(slash, text));
        const __m256i wrong = _mm256_or_si256(outside, between);
        if (_mm256_testz_si256(wrong, wrong) == 0) break;
        const __m256i which = _mm256_add_epi8(half, _mm256_cmpeq_epi8(text, slash));
        const __m256i values = _mm256_add_epi8(text, _mm256_shuffle_epi8(offsets, which));
        // Two digits to twelve bits, and twice twelve bits to three bytes.
        const __m256i twelves = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0140));
        const __m256i bytes = _mm256_shuffle_epi8(_mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000)), gather);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(bytes));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + 12), _mm256_extracti128_si256(bytes, 1));
    }
    return done;
}

#else

constexpr bool has_vectors() noexcept { return false; }
constexpr std::size_t encode_vectors(const char*, std::size_t, char*) noexcept { return 0; }
constexpr std::size_t decode_vectors(const char*, std::size_t, char*) noexcept { return 0; }

#endif

} // namespace

namespace detail {

std::string encode(std::string_view bytes, bool with_vectors) {
    std::string out((bytes.size() + 2) / 3 * 4, '=');
    const char* from = bytes.data();
    std::size_t i = with_vectors && has_vectors() ? encode_vectors(from, bytes.size(), out.data()) : 0;
    char* to = out.data() + i / 3 * 4;
    for (; i + 3 <= bytes.size(); i += 3, to += 4) {
        const std::uint32_t word = byte_at(from, i) << 16 | byte_at(from, i + 1) << 8 | byte_at(from, i + 2);
        std::memcpy(to, pair_of[word >> 12].data(), 2);
        std::memcpy(to + 2, pair_of[word & 4095].data(), 2);
    }
    if (i < bytes.size()) {
        const bool two = i + 2 == bytes.size();
        const std::uint32_t word = byte_at(from, i) << 16 | (two ? byte_at(from, i + 1) << 8 : 0);
        std::memcpy(to, pair_of[word >> 12].data(), 2);
        if (two) to[2] = alphabet[word >> 6 & 63];
    }
    return out;
}

std::optional<std::string> decode(std::string_view text, bool with_vectors) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    const std::size_t digits = text.size() - padding;
    std::string out(text.size() / 4 * 3 - padding, '\0');
    const char* from = text.data();
    std::size_t i = with_vectors && has_vectors() ? decode_vectors(from, digits, out.data()) : 0;
    char* to = out.data() + i / 4 * 3;
    const auto value = [&](std::size_t at) { return int{value_of[byte_at(from, at)]}; };
    for (; i + 4 <= digits; i += 4, to += 3) {
        const int a = value(i), b = value(i + 1), c = value(i + 2), d = value(i + 3);
        if ((a | b | c | d) < 0) return std::nullopt;
        to[0] = static_cast<char>(a << 2 | b >> 4);
        to[1] = static_cast<char>(b << 4 | c >> 2);
        to[2] = static_cast<char>(c << 6 | d);
    }
    if (padding == 0) return out;
    // The bits that the padding leaves over must be zero: one value has one spelling.
    const int a = value(i), b = value(i + 1), c = padding == 1 ? value(i + 2) : 0;
    if ((a | b | c) < 0 || (padding == 1 ? c & 3 : b & 15) != 0) return std::nullopt;
    to[0] = static_cast<char>(a << 2 | b >> 4);
    if (padding == 1) to[1] = static_cast<char>(b << 4 | c >> 2);
    return out;
}

} // namespace detail

std::string encode(std::string_view bytes) { return detail::encode(bytes, true); }
std::optional<std::string> decode(std::string_view text) { return detail::decode(text, true); }

} // namespace qi::base64
