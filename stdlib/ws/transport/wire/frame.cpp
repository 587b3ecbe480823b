#include "ws/transport/wire/frame.hpp"

#include <cstring>

namespace qi::ws {

std::size_t write_header(char* to, const FrameHeader& header) noexcept {
    auto* out = reinterpret_cast<unsigned char*>(to);
    const unsigned mask_bit = header.mask ? 0x80 : 0;
    *out++ = static_cast<unsigned char>((header.final ? 0x80u : 0u) | (header.compressed ? 0x40u : 0u) |
                                        static_cast<unsigned>(header.opcode));
    if (header.payload < 126) {
        *out++ = static_cast<unsigned char>(mask_bit | header.payload);
    } else {
        const bool small = header.payload < 65536;
        *out++ = static_cast<unsigned char>(mask_bit | (small ? 126u : 127u));
        for (int shift = small ? 8 : 56; shift >= 0; shift -= 8)
            *out++ = static_cast<unsigned char>(header.payload >> shift);
    }
    if (header.mask)
        for (const unsigned char byte : *header.mask) *out++ = byte;
    return static_cast<std::size_t>(out - reinterpret_cast<unsigned char*>(to));
}

std::size_t write_frame(char* to, const FrameHeader& header, const char* payload) noexcept {
    const std::size_t start = write_header(to, header);
    if (header.payload == 0) return start;
    if (header.mask)
        copy_masked(to + start, payload, header.payload, *header.mask);
    else
        std::memcpy(to + start, payload, header.payload);
    return start + header.payload;
}

Buffer copy_as_frame(Opcode opcode, std::string_view payload, bool compressed) {
    FrameHeader header;
    header.opcode = opcode;
    header.compressed = compressed;
    header.payload = payload.size();
    char start[largest_header];
    return Buffer::copy_of({start, write_header(start, header)}, payload);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    std::string payload;
    if (code == 1005) return payload;
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xFF);
    payload += reason;
    return payload;
}

} // namespace qi::ws
