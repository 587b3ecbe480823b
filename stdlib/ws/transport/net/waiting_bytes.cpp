#include "ws/transport/net/waiting_bytes.hpp"

#include <algorithm>
#include <string_view>

namespace qi::ws {

void WaitingBytes::keep(std::span<const Link::Piece> pieces, std::size_t from) {
    for (const Link::Piece& piece : pieces) {
        const std::size_t gone = std::min(from, piece.bytes.size());
        from -= gone;
        const std::string_view rest = piece.bytes.substr(gone);
        if (rest.empty()) continue;
        if (piece.owner == nullptr)
            parts_.push(Buffer::copy_of(rest));
        else
            parts_.push(piece.owner->slice(static_cast<std::size_t>(rest.data() - piece.owner->data()), rest.size()));
        size_ += rest.size();
    }
}

std::size_t WaitingBytes::first(std::span<Link::Piece> into) const noexcept {
    std::size_t count = 0;
    for (const Buffer& part : parts_) {
        if (count == into.size()) break;
        into[count++] = {part.view(), &part};
    }
    return count;
}

void WaitingBytes::drop(std::size_t size) noexcept {
    size_ -= size;
    while (size > 0) {
        Buffer& part = parts_.front();
        const std::size_t here = std::min(size, part.size());
        size -= here;
        if (here == part.size())
            parts_.drop();
        else
            part = part.slice(here, part.size() - here);
    }
}

} // namespace qi::ws
