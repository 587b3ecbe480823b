#include "messages.hpp"

#include "fail.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace qi::bench {

namespace {

constexpr std::size_t stamp_size = 8;
/// In how many places a message's part of the pattern begins, four bytes from one to the next: so the mask fits all.
constexpr std::size_t shifts = 61;
/// What is larger isn't copied into a buffer before it is sent.
constexpr std::size_t small = 4096;

/// Six bits a character, the lowest first: what short messages have of it still tells one from the next.
void write_stamp(char (&stamp)[stamp_size], std::uint32_t sender, std::uint32_t number) {
    std::uint64_t bits = std::uint64_t{sender} << 32 | number;
    for (char& character : stamp) {
        character = static_cast<char>('0' + (bits & 63));
        bits >>= 6;
    }
}

std::size_t shift_of(std::uint32_t number) { return number % shifts * 4; }

} // namespace

Messages::Messages(std::size_t size, bool binary)
    : size_(size), opcode_(binary ? Opcode::Binary : Opcode::Text), stamp_size_(std::min(size, stamp_size)) {
    std::mt19937 random(20260101);
    pattern_.resize(size - stamp_size_ + shifts * 4);
    // Text is printable ASCII.
    for (char& byte : pattern_) byte = static_cast<char>(binary ? random() % 256 : ' ' + random() % 95);
    append_masked(masked_pattern_, pattern_);
}

std::string_view Messages::append_frame(std::string& out, std::uint32_t sender, std::uint32_t number) const {
    append_head(out, Role::Client, opcode_, size_);
    char stamp[stamp_size];
    write_stamp(stamp, sender, number);
    append_masked(out, {stamp, stamp_size_});
    std::string_view body = std::string_view(masked_pattern_).substr(shift_of(number), size_ - stamp_size_);
    if (body.size() > small) return body;
    out += body;
    return {};
}

void Messages::check(std::string_view bytes, std::size_t at, std::uint32_t sender, std::uint32_t number) const {
    if (at + bytes.size() > size_) fail("a message is longer than what was sent");
    std::size_t behind = at;
    std::string_view rest = bytes;
    bool right = true;
    if (at < stamp_size_) {
        char stamp[stamp_size];
        write_stamp(stamp, sender, number);
        std::string_view wanted = std::string_view(stamp, stamp_size_).substr(at, bytes.size());
        right = bytes.substr(0, wanted.size()) == wanted;
        rest.remove_prefix(wanted.size());
        behind += wanted.size();
    }
    if (right && !rest.empty())
        right = std::memcmp(rest.data(), pattern_.data() + shift_of(number) + (behind - stamp_size_), rest.size()) == 0;
    if (!right)
        fail("a wrong byte in message " + std::to_string(number) + " of sender " + std::to_string(sender) + ", among " +
             std::to_string(bytes.size()) + " from byte " + std::to_string(at) + " on");
}

} // namespace qi::bench
