#include "ws/transport/topics/shared_message.hpp"

#include "ws/transport/wire/frame.hpp"

namespace qi::ws {

const SharedFrame& SharedMessage::compressed(int window) {
    for (const auto& [known, frame] : compressed_)
        if (known == window) return frame;
    const auto made = context_.deflater(window).deflate(payload.view(), false);
    SharedFrame frame{{}, false};
    if (made && made->size() < payload.size())
        frame = {copy_as_frame(type == MessageType::Text ? Opcode::Text : Opcode::Binary, made->view(), true), true};
    return compressed_.emplace_back(window, std::move(frame)).second;
}

} // namespace qi::ws
