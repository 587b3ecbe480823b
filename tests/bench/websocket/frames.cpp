#include "frames.hpp"

#include "fail.hpp"

#include <algorithm>

namespace qi::bench {

namespace {

// RFC 6455, 5.2: the bits of the first two bytes.
constexpr unsigned final_bit = 0x80, reserved_bits = 0x70, opcode_bits = 0x0f, masked_bit = 0x80, length_bits = 0x7f;
constexpr unsigned two_bytes_follow = 126, eight_bytes_follow = 127;

bool is_control(Opcode opcode) { return static_cast<unsigned>(opcode) >= static_cast<unsigned>(Opcode::Close); }

std::size_t head_size(unsigned second_byte) {
    unsigned length = second_byte & length_bits;
    return length < two_bytes_follow ? 2 : length == two_bytes_follow ? 4 : 10;
}

} // namespace

void append_head(std::string& out, Opcode opcode, std::size_t size) {
    char head[14] = {static_cast<char>(final_bit | static_cast<unsigned>(opcode))};
    std::size_t used = 2, length_bytes = size < two_bytes_follow ? 0 : size <= 0xffff ? 2 : 8;
    std::size_t length = length_bytes == 0 ? size : length_bytes == 2 ? two_bytes_follow : eight_bytes_follow;
    head[1] = static_cast<char>(masked_bit | length);
    for (std::size_t i = length_bytes; i > 0; --i) head[used++] = static_cast<char>(size >> (8 * (i - 1)));
    for (unsigned char byte : mask_key) head[used++] = static_cast<char>(byte);
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
        if (is_control(static_cast<Opcode>(head_[0] & opcode_bits)))
            control_ += now;
        else if (!now.empty())
            sink.piece(now);
        if (left_ == 0) payload_is_whole(sink);
    }
}

bool FrameReader::take_head(std::string_view& bytes) {
    while (head_size_ < 2 || head_size_ < head_size(head_[1])) {
        if (bytes.empty()) return false;
        head_[head_size_++] = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
    }
    return true;
}

void FrameReader::head_is_whole(FrameSink& sink) {
    auto opcode = static_cast<Opcode>(head_[0] & opcode_bits);
    if (head_[0] & reserved_bits) fail("a frame of the server has reserved bits");
    if (head_[1] & masked_bit) fail("a frame of the server is masked");
    left_ = head_[1] & length_bits;
    if (head_size_ > 2) left_ = 0;
    for (std::size_t i = 2; i < head_size_; ++i) left_ = left_ << 8 | head_[i];
    in_payload_ = true;
    if (is_control(opcode)) {
        if (!(head_[0] & final_bit) || left_ > 125) fail("a control frame of the server is too large, or in parts");
        return;
    }
    if (in_message_ != (opcode == Opcode::Continuation)) fail("frames of two messages of the server are mixed");
    if (!in_message_) sink.message_began(opcode);
    in_message_ = true;
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
