#include "frames.hpp"

#include "fail.hpp"

#include <algorithm>
#include <cstring>

namespace qi::bench {

namespace {

// RFC 6455, 5.2: the bits of the first two bytes.
constexpr unsigned final_bit = 0x80, reserved_bits = 0x70, opcode_bits = 0x0f, masked_bit = 0x80, length_bits = 0x7f;
constexpr unsigned two_bytes_follow = 126, eight_bytes_follow = 127;

bool is_control(Opcode opcode) { return static_cast<unsigned>(opcode) >= static_cast<unsigned>(Opcode::Close); }

} // namespace

void append_head(std::string& out, Role role, Opcode opcode, std::size_t size) {
    char head[14] = {static_cast<char>(final_bit | static_cast<unsigned>(opcode))};
    std::size_t used = 2, length_bytes = size < two_bytes_follow ? 0 : size <= 0xffff ? 2 : 8;
    std::size_t length = length_bytes == 0 ? size : length_bytes == 2 ? two_bytes_follow : eight_bytes_follow;
    head[1] = static_cast<char>(length);
    for (std::size_t i = length_bytes; i > 0; --i) head[used++] = static_cast<char>(size >> (8 * (i - 1)));
    if (role == Role::Client) {
        head[1] = static_cast<char>(masked_bit | length);
        for (unsigned char byte : mask_key) head[used++] = static_cast<char>(byte);
    }
    out.append(head, used);
}

void append_masked(std::string& out, std::string_view bytes, std::size_t at) {
    for (char byte : bytes) out.push_back(static_cast<char>(byte ^ mask_key[at++ % 4]));
}

void FrameReader::read(std::string_view bytes, FrameSink& sink) {
    while (!bytes.empty()) {
        if (!in_payload_) {
            if (!take_head(bytes)) return;
            head_is_whole(sink);
        }
        std::string_view now = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
        bytes.remove_prefix(now.size());
        left_ -= now.size();
        if (role_ == Role::Server) now = unmasked(now);
        if (is_control(static_cast<Opcode>(head_[0] & opcode_bits)))
            control_ += now;
        else if (!now.empty())
            sink.piece(now);
        if (left_ == 0) payload_is_whole(sink);
    }
}

std::size_t FrameReader::head_size() const {
    unsigned length = head_[1] & length_bits;
    return (length < two_bytes_follow ? 2 : length == two_bytes_follow ? 4 : 10) + (head_[1] & masked_bit ? 4 : 0);
}

bool FrameReader::take_head(std::string_view& bytes) {
    while (head_size_ < 2 || head_size_ < head_size()) {
        if (bytes.empty()) return false;
        head_[head_size_++] = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
    }
    return true;
}

void FrameReader::head_is_whole(FrameSink& sink) {
    auto opcode = static_cast<Opcode>(head_[0] & opcode_bits);
    bool is_masked = head_[1] & masked_bit;
    if (head_[0] & reserved_bits) refuse("has reserved bits");
    if (is_masked != (role_ == Role::Server)) refuse(is_masked ? "is masked" : "isn't masked");
    left_ = head_[1] & length_bits;
    std::size_t end = is_masked ? head_size_ - 4u : head_size_;
    if (end > 2) left_ = 0;
    for (std::size_t i = 2; i < end; ++i) left_ = left_ << 8 | head_[i];
    in_payload_ = true;
    at_ = 0;
    if (is_control(opcode)) {
        if (!(head_[0] & final_bit) || left_ > 125)
            fail(std::string("a control frame of the ") + other_side(role_) + " is too large, or in parts");
        return;
    }
    if (in_message_ != (opcode == Opcode::Continuation)) refuse("is part of another message");
    if (!in_message_) sink.message_began(opcode);
    in_message_ = true;
}

std::string_view FrameReader::unmasked(std::string_view bytes) {
    const unsigned char* key = head_ + head_size_ - 4;
    // The key as it lies over the next eight bytes.
    unsigned char keys[8];
    for (std::size_t i = 0; i < sizeof keys; ++i) keys[i] = key[(at_ + i) % 4];
    std::uint64_t mask = 0;
    std::memcpy(&mask, keys, sizeof mask);
    at_ += bytes.size();
    unmasked_.resize(bytes.size());
    std::size_t i = 0;
    for (; i + sizeof mask <= bytes.size(); i += sizeof mask) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + i, sizeof word);
        word ^= mask;
        std::memcpy(unmasked_.data() + i, &word, sizeof word);
    }
    for (; i < bytes.size(); ++i) unmasked_[i] = static_cast<char>(bytes[i] ^ keys[i % sizeof keys]);
    return unmasked_;
}

void FrameReader::refuse(const char* what) const {
    fail(std::string("a frame of the ") + other_side(role_) + " " + what);
}

void FrameReader::payload_is_whole(FrameSink& sink) {
    auto opcode = static_cast<Opcode>(head_[0] & opcode_bits);
    in_payload_ = false;
    head_size_ = 0;
    if (is_control(opcode)) {
        sink.control(opcode, control_);
        control_.clear();
    } else if (head_[0] & final_bit) {
        in_message_ = false;
        sink.message_ended();
    }
}

} // namespace qi::bench
