#include "ws/transport/wire/frame_reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace qi::ws {

/// False: the frame may not be.
bool FrameReader::begin(unsigned char first) noexcept {
    opcode_ = static_cast<Opcode>(first & 0x0F);
    final_ = (first & 0x80) != 0;
    const bool marked = (first & 0x40) != 0; // RSV1: compressed
    if ((first & 0x30) != 0) return false;
    switch (opcode_) {
    case Opcode::Close:
    case Opcode::Ping:
    case Opcode::Pong: return final_ && !marked;
    case Opcode::Continuation:
        return within_ && !marked; // RSV1 belongs to the first frame of a message (RFC 7692, 6.1)
    case Opcode::Text:
    case Opcode::Binary:
        if (within_ || (marked && !compression_)) return false;
        compressed_ = marked;
        type_ = opcode_ == Opcode::Text ? MessageType::Text : MessageType::Binary;
        return true;
    }
    return false;
}

bool FrameReader::take_length(unsigned char second) noexcept {
    const unsigned length = second & 0x7F;
    if (((second & 0x80) != 0) != masked_ || (is_control() && length > largest_control_payload)) return false;
    header_size_ = static_cast<std::uint8_t>((length < 126 ? 2 : length == 126 ? 4 : 10) + (masked_ ? 4 : 0));
    return true;
}

bool FrameReader::finish_header(FrameUser& user) noexcept {
    const unsigned length = header_[1] & 0x7F;
    std::size_t at = 2;
    left_ = length;
    if (length >= 126) {
        left_ = 0;
        for (const std::size_t end = length == 126 ? 4 : 10; at < end; ++at) left_ = left_ << 8 | header_[at];
        // The shortest form is the only one, and the highest bit stays free (RFC 6455, 5.2).
        if (left_ < (length == 126 ? 126u : 65536u) || (left_ >> 63) != 0) return false;
    }
    if (masked_) std::memcpy(mask_.data(), header_ + at, mask_.size());
    offset_ = 0;
    in_payload_ = true;
    if (is_control()) return true;
    within_ = true;
    user.on_frame(left_, compressed_);
    return true;
}

/// All of the payload, or a piece of a data frame's.
void FrameReader::payload(char* bytes, std::size_t size, FrameUser& user) noexcept {
    if (masked_ && size > 0) copy_masked(bytes, bytes, size, mask_, static_cast<std::size_t>(offset_ & 3));
    offset_ += size;
    left_ -= size;
    const std::string_view piece(bytes, size);
    if (left_ == 0) {
        in_payload_ = false;
        header_got_ = 0;
        header_size_ = 2;
    }
    switch (opcode_) {
    case Opcode::Ping: return user.on_ping(piece);
    case Opcode::Pong: return user.on_pong(piece);
    case Opcode::Close: over_ = true; return user.on_peer_close(piece);
    case Opcode::Continuation:
    case Opcode::Text:
    case Opcode::Binary: break;
    }
    const bool last = final_ && left_ == 0;
    if (last) within_ = false;
    user.on_data(piece, last, type_, compressed_);
}

std::size_t FrameReader::read(char* bytes, std::size_t size, FrameUser& user) noexcept {
    std::size_t at = 0;
    const auto violation = [&] {
        over_ = broken_ = true;
        user.on_violation();
        return at;
    };
    while (!held_ && !over_) {
        if (!in_payload_) {
            if (at == size) break;
            const auto byte = static_cast<unsigned char>(bytes[at++]);
            header_[header_got_++] = byte;
            if (header_got_ == 1 && !begin(byte)) return violation();
            if (header_got_ == 2 && !take_length(byte)) return violation();
            if (header_got_ < header_size_ || header_got_ < 2) continue;
            if (!finish_header(user)) return violation();
            continue; // the user may have had enough
        }
        const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - at));
        if (is_control() && (here < left_ || offset_ > 0)) {
            // In pieces: put together, since the user gets them whole.
            std::memcpy(control_ + offset_, bytes + at, here);
            at += here;
            offset_ += here;
            left_ -= here;
            if (left_ > 0) break;
            const auto whole = static_cast<std::size_t>(std::exchange(offset_, 0));
            left_ = whole;
            payload(control_, whole, user);
            continue;
        }
        if (here == 0 && left_ > 0) break;
        char* piece = bytes + at;
        at += here;
        payload(piece, here, user);
    }
    return at;
}

} // namespace qi::ws
