#include "ws/transport/peers/outbox.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace qi::ws {

namespace {

// A payload up to here is copied behind its header, which a client's always is somewhere, to be masked; a server's
// where it is what costs less: a copy, or one more piece for the kernel to look at.
constexpr std::size_t largest_small = 32 * 1024;
constexpr std::size_t largest_gathered = 4 * 1024;

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

std::size_t Outbox::add_small(const Item& item, FrameBatch& batch) {
    std::size_t frame = item.payload.size();
    if (item.framed)
        std::memcpy(batch.end(), item.payload.data(), frame);
    else
        frame = write_frame(batch.end(), header_for(item), item.payload.data());
    batch.add(frame);
    return frame;
}

std::size_t Outbox::add_large(const Item& item, LoopContext& context) {
    const std::size_t size = item.payload.size();
    if (item.framed) {
        context.batch.add(item.payload);
        return size;
    }
    const FrameHeader header = header_for(item);
    if (!header.mask) {
        const std::size_t head = write_header(context.batch.end(), header);
        context.batch.add(head);
        context.batch.add(item.payload);
        return head + size;
    }
    // The one copy that a client can't do without.
    Block* block = context.blocks->take(context.blocks, size + largest_header);
    if (block == nullptr) throw std::bad_alloc();
    const std::size_t frame = write_frame(block->bytes(), header, item.payload.data());
    context.batch.add(Buffer(block, block->bytes(), frame));
    return frame;
}

bool Outbox::add(Item& item, LoopContext& context) {
    prepare(item);
    FrameBatch& batch = context.batch;
    const std::size_t size = item.payload.size();
    const bool small = size <= (masks_ == nullptr ? largest_gathered : largest_small);
    if (batch.is_full() || batch.room() < (small ? size : 0) + largest_header) return false;
    const std::size_t frame = small ? add_small(item, batch) : add_large(item, context);
    if (remembers_) given_.push_back({item, (given_.empty() ? 0 : given_.back().end) + frame});
    return true;
}

// Each frame is whole in one batch, so that a pong or close frame never falls into the middle of one. What the kernel
// doesn't take, the link keeps.
Outbox::Progress Outbox::flush(Link& link, LoopContext& context, bool beyond_stuck) {
    Progress progress;
    if (!link.stuck()) given_.clear();
    while (!empty() && (beyond_stuck || !link.stuck())) {
        if (remembers_) {
            given_.clear();
            taken_before_ = link.taken();
        }
        while (!empty()) {
            Queue<Item>& queue = urgent_.empty() ? items_ : urgent_;
            Item& next = queue.front();
            // Alone: whether it got out isn't known of what is stuck in the middle of a batch.
            if (next.opcode == Opcode::Close && !context.batch.empty()) break;
            if (!add(next, context)) break;
            if (next.opcode == Opcode::Close) progress.closed = true;
            progress.given += next.load;
            queue.drop();
        }
        progress.lost = !context.batch.write(link);
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
