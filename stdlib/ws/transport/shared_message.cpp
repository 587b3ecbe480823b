#include "ws/transport/shared_message.hpp"

#include "ws/transport/frame.hpp"

#include <string>

namespace qi::ws {

SharedFrame SharedMessage::encode(std::string_view bytes, bool compressed) const {
    FrameHeader header;
    header.opcode = type == MessageType::Text ? Opcode::Text : Opcode::Binary;
    header.compressed = compressed;
    header.payload = bytes.size();
    char start[largest_header];
    std::string frame(start, write_header(start, header));
    frame += bytes;
    return {Buffer::copy_of(frame), true};
}

const SharedFrame& SharedMessage::plain() {
    if (!plain_) plain_ = encode(payload.view(), false);
    return *plain_;
}

const SharedFrame& SharedMessage::compressed(int window) {
    for (const auto& [known, frame] : compressed_)
        if (known == window) return frame;
    const auto made = desk_.deflater(window).deflate(payload.view(), false);
    SharedFrame frame{{}, false};
    if (made && made->size() < payload.size()) frame = encode(made->view(), true);
    return compressed_.emplace_back(window, std::move(frame)).second;
}

} // namespace qi::ws
