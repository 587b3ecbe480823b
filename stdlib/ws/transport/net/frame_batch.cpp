#include "ws/transport/net/frame_batch.hpp"

#include <string_view>
#include <utility>

namespace qi::ws {

void FrameBatch::add(std::size_t size) {
    if (!parts_.empty() && parts_.back().size > 0)
        parts_.back().size += size;
    else
        parts_.push_back({used_, size, {}});
    used_ += size;
}

void FrameBatch::add(Buffer bytes) { parts_.push_back({0, 0, std::move(bytes)}); }

bool FrameBatch::write(Link& link) {
    pieces_.clear();
    for (const Part& part : parts_)
        pieces_.push_back(part.size > 0 ? Link::Piece{{bytes_.get() + part.start, part.size}, nullptr}
                                        : Link::Piece{part.elsewhere.view(), &part.elsewhere});
    const bool written = link.write(pieces_);
    parts_.clear();
    used_ = 0;
    return written;
}

} // namespace qi::ws
