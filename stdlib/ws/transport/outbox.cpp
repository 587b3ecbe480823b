#include "ws/transport/outbox.hpp"

#include <algorithm>
#include <cstring>

namespace qi::ws {

namespace {

// A payload up to here is copied behind its header, so that small messages share a write.
constexpr std::size_t largest_small = 32 * 1024;

} // namespace

void Outbox::clear() noexcept {
    items_.clear();
    urgent_.clear();
}

FrameHeader Outbox::header_for(const Item& item) {
    FrameHeader header;
    header.opcode = item.opcode;
    header.compressed = item.compressed;
    header.payload = item.payload.size();
    if (masks_ != nullptr) header.mask = masks_->next();
    return header;
}

void Outbox::add_small(const Item& item, FrameScratch& scratch, Progress& progress) {
    if (item.framed) {
        std::memcpy(scratch.end(), item.payload.data(), item.payload.size());
        scratch.add(item.payload.size());
    } else {
        scratch.add(write_frame(scratch.end(), header_for(item), item.payload.data()));
    }
    if (item.opcode == Opcode::Close) progress.closed = true;
    progress.payload += item.size;
}

// The frame is one, whatever its size: libwebsockets answers pings between writes, and a pong must not
// fall into the middle of it. So nothing is waited for in here; what the kernel doesn't take, the link keeps.
bool Outbox::write_large(const Item& item, Link& link, FrameScratch& scratch) {
    if (item.framed) return link.write(item.payload.data(), item.payload.size());
    const FrameHeader header = header_for(item);
    const char* payload = item.payload.data();
    scratch.clear();
    scratch.add(write_header(scratch.data(), header));
    std::size_t done = 0;
    while (done < item.payload.size()) {
        const std::size_t piece = std::min(scratch.room(), item.payload.size() - done);
        if (header.mask)
            copy_masked(scratch.end(), payload + done, piece, *header.mask, done);
        else
            std::memcpy(scratch.end(), payload + done, piece);
        scratch.add(piece);
        done += piece;
        if (!link.write(scratch.data(), scratch.used())) return false;
        scratch.clear();
        if (!header.mask) break; // the rest needs no copy
    }
    return done == item.payload.size() || link.write(payload + done, item.payload.size() - done);
}

Outbox::Progress Outbox::flush(Link& link, FrameScratch& scratch, bool beyond_stuck) {
    Progress progress;
    while (!empty() && (beyond_stuck || !link.stuck())) {
        scratch.clear();
        bool large = false;
        while (!empty() && !large) {
            Queue<Item>& queue = urgent_.empty() ? items_ : urgent_;
            Item& next = queue.front();
            large = next.payload.size() > largest_small;
            if (large || scratch.room() < next.payload.size() + largest_header) break;
            add_small(next, scratch, progress);
            queue.drop();
        }
        if (scratch.used() > 0) {
            progress.lost = !link.write(scratch.data(), scratch.used());
        } else if (large) {
            const Item item = items_.pop();
            progress.payload += item.size;
            progress.lost = !write_large(item, link, scratch);
        }
        if (progress.lost) break;
    }
    return progress;
}

} // namespace qi::ws
