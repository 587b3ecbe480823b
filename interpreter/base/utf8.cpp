#include "base/utf8.hpp"

#include <algorithm>
#include <cstring>
#include <uniwidth.h>

namespace qi::utf8 {

namespace {

using Lanes = std::uint64_t __attribute__((vector_size(16)));
constexpr std::uint64_t high_bits = 0x8080808080808080u;

/// Whether one of 64 bytes isn't ASCII.
bool has_high_bit(const unsigned char* bytes) noexcept {
    Lanes lanes[4];
    std::memcpy(lanes, bytes, sizeof lanes);
    const Lanes any = lanes[0] | lanes[1] | lanes[2] | lanes[3];
    return ((any[0] | any[1]) & high_bits) != 0;
}

/// Length of the ASCII at the start, in steps of 8 bytes; less only where it ends.
std::size_t ascii_words(const unsigned char* p, std::size_t size) noexcept {
    std::size_t i = 0;
    // Most text on the wire is ASCII: 64 bytes at a time while it lasts.
    while (i + 64 <= size && !has_high_bit(p + i)) i += 64;
    for (std::uint64_t word; i + 8 <= size; i += 8) {
        std::memcpy(&word, p + i, 8);
        if ((word & high_bits) != 0) break;
    }
    return i;
}

bool continuation(unsigned char byte) noexcept { return (byte & 0xC0) == 0x80; }

/// Bytes of the well-formed sequence at `p`, 0 if there is none. Table 3-7 of the Unicode standard.
std::size_t well_formed(const unsigned char* p, std::size_t left) noexcept {
    const unsigned char a = p[0];
    if (a < 0x80) return 1;
    if (a < 0xC2) return 0;
    if (a < 0xE0) return left >= 2 && continuation(p[1]) ? 2 : 0;
    if (a < 0xF0) {
        if (left < 3 || !continuation(p[1]) || !continuation(p[2])) return 0;
        if (a == 0xE0 && p[1] < 0xA0) return 0; // overlong
        if (a == 0xED && p[1] > 0x9F) return 0; // surrogates
        return 3;
    }
    if (a > 0xF4 || left < 4 || !continuation(p[1]) || !continuation(p[2]) || !continuation(p[3])) return 0;
    if (a == 0xF0 && p[1] < 0x90) return 0; // overlong
    if (a == 0xF4 && p[1] > 0x8F) return 0; // beyond U+10FFFF
    return 4;
}

} // namespace

Checked check(std::string_view bytes) noexcept {
    const auto* p = reinterpret_cast<const unsigned char*>(bytes.data());
    const std::size_t size = bytes.size();
    std::size_t i = 0;
    std::size_t surplus = 0; // bytes behind the first one of each code point
    while (i < size) {
        i += ascii_words(p + i, size - i);
        if (i == size) break;
        const std::size_t length = well_formed(p + i, size - i);
        if (length == 0) break;
        i += length;
        surplus += length - 1;
    }
    return {i, i - surplus};
}

std::size_t valid_prefix(std::string_view bytes) noexcept { return check(bytes).bytes; }

bool valid(std::string_view bytes) noexcept { return valid_prefix(bytes) == bytes.size(); }

bool is_begun(std::string_view bytes) noexcept {
    if (bytes.empty() || bytes.size() > 3) return false;
    // The lead byte alone restricts the second, to a range that has one of these two in it.
    for (const unsigned char fill : {0x80, 0xBF}) {
        unsigned char whole[4] = {fill, fill, fill, fill};
        std::memcpy(whole, bytes.data(), bytes.size());
        if (well_formed(whole, sizeof whole) > bytes.size()) return true;
    }
    return false;
}

std::string repaired(std::string_view bytes) {
    std::string text;
    for (;;) {
        const std::size_t good = valid_prefix(bytes);
        text += bytes.substr(0, good);
        if (good == bytes.size()) return text;
        append(text, 0xFFFD);
        bytes.remove_prefix(good + 1);
    }
}

std::size_t count(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u, pairs = 0x00FF00FF00FF00FFu;
    constexpr std::size_t most_words = 255; // so that no byte of the sum overflows
    const std::size_t ascii = ascii_words(reinterpret_cast<const unsigned char*>(text.data()), text.size());
    const char* at = text.data() + ascii;
    std::size_t left = text.size() - ascii, continuations = 0;
    while (left >= 8) {
        std::uint64_t sum = 0; // in each byte, how many there stood in that byte of a word
        for (std::size_t words = std::min(left / 8, most_words); words > 0; --words, at += 8, left -= 8) {
            std::uint64_t word;
            std::memcpy(&word, at, 8);
            sum += (word >> 7) & ~(word >> 6) & ones;
        }
        continuations += (((sum & pairs) + (sum >> 8 & pairs)) * 0x0001000100010001u) >> 48;
    }
    for (; left > 0; ++at, --left) continuations += continuation(static_cast<unsigned char>(*at)) ? 1 : 0;
    return text.size() - continuations;
}

char32_t decode(std::string_view text, std::size_t& at) noexcept {
    const std::string_view character = character_at(text, at);
    if (character.empty()) return 0xFFFD;
    const auto* p = reinterpret_cast<const unsigned char*>(character.data());
    at += character.size();
    if (character.size() < sequence_length(p[0])) return 0xFFFD; // cut off
    switch (character.size()) {
    case 1: return p[0] < 0x80 ? p[0] : 0xFFFD;
    case 2: return static_cast<char32_t>((p[0] & 0x1F) << 6 | (p[1] & 0x3F));
    case 3: return static_cast<char32_t>((p[0] & 0x0F) << 12 | (p[1] & 0x3F) << 6 | (p[2] & 0x3F));
    default: {
        const auto point =
            static_cast<char32_t>((p[0] & 0x07) << 18 | (p[1] & 0x3F) << 12 | (p[2] & 0x3F) << 6 | (p[3] & 0x3F));
        return point <= 0x10FFFF ? point : 0xFFFD;
    }
    }
}

void append(std::string& out, char32_t c) {
    const auto byte = [&](unsigned value) { out += static_cast<char>(value); };
    if (c < 0x80) {
        byte(c);
    } else if (c < 0x800) {
        byte(0xC0 | c >> 6);
        byte(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        byte(0xE0 | c >> 12);
        byte(0x80 | (c >> 6 & 0x3F));
        byte(0x80 | (c & 0x3F));
    } else {
        byte(0xF0 | c >> 18);
        byte(0x80 | (c >> 12 & 0x3F));
        byte(0x80 | (c >> 6 & 0x3F));
        byte(0x80 | (c & 0x3F));
    }
}

std::size_t offset_of(std::string_view text, std::size_t index) noexcept {
    std::size_t at = 0;
    while (index > 0 && at < text.size()) {
        at += sequence_length(static_cast<unsigned char>(text[at]));
        --index;
    }
    return at < text.size() ? at : text.size();
}

std::size_t control_length(std::string_view text, std::size_t at) noexcept {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c < 0x20) return c == '\n' || c == '\t' ? 0 : 1;
    if (c == 0x7F) return 1;
    if (c != 0xC2 || at + 1 == text.size()) return 0;
    const auto next = static_cast<unsigned char>(text[at + 1]);
    return next >= 0x80 && next < 0xA0 ? 2 : 0;
}

void append_visible(std::string& out, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = control_length(text, at);
        if (length == 0) {
            ++at;
            continue;
        }
        out.append(text, from, at - from);
        const auto c =
            static_cast<unsigned char>(text[at + length - 1]); // of U+0080 to U+009F the second byte is the number
        out += "\\u{";
        if (c >= 0x10) out += digits[c >> 4];
        out += digits[c & 15];
        out += '}';
        from = at += length;
    }
    out.append(text, from);
}

std::string visible(std::string_view text) {
    std::string out;
    append_visible(out, text);
    return out;
}

std::string shortened(std::string_view text, std::size_t bytes) {
    std::string out(text.substr(0, bytes));
    if (text.size() > bytes) {
        std::size_t end = bytes - 3;
        while (end > 0 && continuation(static_cast<unsigned char>(text[end]))) --end;
        out.resize(end);
        out += "…";
    }
    for (char& c : out)
        if (c == '\n' || c == '\t' || c == '\r') c = ' ';
    return out;
}

int width(char32_t c) noexcept {
    if (c < 0x7F) return 1;
    const int columns = ::uc_width(c, "UTF-8");
    return columns < 0 ? 1 : columns; // a control character, which has none
}

int width(std::string_view text) noexcept {
    int columns = 0;
    for (std::size_t at = 0; at < text.size();) columns += width(decode(text, at));
    return columns;
}

} // namespace qi::utf8
