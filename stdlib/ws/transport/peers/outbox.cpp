#include "ws/transport/peers/outbox.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

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

void Outbox::prepare(Item& item) {
    if (std::exchange(item.prepared, true) || !is_message(item.opcode)) return;
    auto compressed = compressor_.compress(item.payload.view());
    if (!compressed) return;
    item.compressed = true;
    if (remembers_) item.message = std::move(item.payload);
    item.payload = std::move(*compressed);
}

void Outbox::remember(const Item& item, std::uint64_t frame) {
    if (remembers_) given_.push_back({item, (given_.empty() ? 0 : given_.back().end) + frame});
}

void Outbox::add_small(const Item& item, FrameScratch& scratch, Progress& progress) {
    std::size_t frame = item.payload.size();
    if (item.framed)
        std::memcpy(scratch.end(), item.payload.data(), frame);
    else
        frame = write_frame(scratch.end(), header_for(item), item.payload.data());
    scratch.add(frame);
    remember(item, frame);
    if (item.opcode == Opcode::Close) progress.closed = true;
    progress.given += item.load;
}

// The frame is one, whatever its size: a pong or close frame must not fall into the middle of it. So nothing is waited
// for in here; what the kernel doesn't take, the link keeps.
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
    if (!link.stuck()) given_.clear();
    while (!empty() && (beyond_stuck || !link.stuck())) {
        scratch.clear();
        if (remembers_) {
            given_.clear();
            taken_before_ = link.taken();
        }
        bool large = false;
        while (!empty() && !large) {
            Queue<Item>& queue = urgent_.empty() ? items_ : urgent_;
            Item& next = queue.front();
            prepare(next);
            large = next.payload.size() > largest_small;
            if (large || scratch.room() < next.payload.size() + largest_header) break;
            add_small(next, scratch, progress);
            queue.drop();
        }
        if (scratch.used() > 0) {
            progress.lost = !link.write(scratch.data(), scratch.used());
        } else if (large) {
            const Item item = items_.pop();
            progress.given += item.load;
            remember(item, header_size(item.payload.size(), masks_ != nullptr) + item.payload.size());
            progress.lost = !write_large(item, link, scratch);
        }
        if (progress.lost) break;
        if (remembers_ && !link.stuck()) given_.clear();
    }
    return progress;
}

Load Outbox::waiting() const noexcept {
    Load load;
    for (const Item& item : items_) load += item.load;
    return load;
}

std::vector<Unsent> Outbox::take_unsent(const Link& link) {
    std::vector<Unsent> unsent;
    const auto add = [&](const Item& item) {
        if (!is_message(item.opcode)) return;
        const MessageType type = item.opcode == Opcode::Text ? MessageType::Text : MessageType::Binary;
        unsent.push_back({type, item.compressed ? item.message : item.payload});
    };
    const std::uint64_t taken = link.taken() - taken_before_;
    for (const Given& given : given_)
        if (given.end > taken) add(given.item);
    given_.clear();
    while (!items_.empty()) add(items_.pop());
    urgent_.clear();
    return unsent;
}

} // namespace qi::ws
