#include "ws/transport/net/block_pool.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

namespace qi::ws {

namespace {

/// Up to the next quarter of a power of two: a block that is used again is seldom of just the size.
std::size_t rounded_up(std::size_t capacity) noexcept {
    const std::size_t step = std::bit_floor(capacity) / 4;
    return (capacity + step - 1) / step * step;
}

} // namespace

BlockPool::~BlockPool() {
    for (const Waiting& each : waiting_) Block::destroy(each.block);
}

Block* BlockPool::take(const std::shared_ptr<BlockSource>& self, std::size_t capacity) noexcept {
    const std::size_t wanted = rounded_up(std::max(capacity, smallest));
    Block* block = nullptr;
    {
        const Lock lock(mutex_);
        in_use_ = taken_ = true;
        // One that is much too large would keep memory from others. The warmest is at the end.
        const auto fits = [wanted](const Waiting& each) {
            return each.block->capacity >= wanted && each.block->capacity <= wanted * 2;
        };
        const auto found = std::find_if(waiting_.rbegin(), waiting_.rend(), fits);
        if (found != waiting_.rend()) {
            block = found->block;
            kept_ -= block->capacity;
            waiting_.erase(std::next(found).base());
        }
    }
    if (block == nullptr) block = Block::map(wanted);
    if (block == nullptr) return nullptr;
    block->references.store(1, std::memory_order_relaxed);
    block->home = self;
    return block;
}

void BlockPool::give_back(Block* block) noexcept {
    {
        const Lock lock(mutex_);
        if (in_use_ && kept_ + block->capacity <= most_kept) {
            try {
                waiting_.push_back({block, age_});
                kept_ += block->capacity;
                return;
            } catch (const std::bad_alloc&) { // then it isn't kept
            }
        }
    }
    Block::destroy(block);
}

void BlockPool::age() noexcept {
    const Lock lock(mutex_);
    // The order is that of coming back, so the oldest are in front. None is needed where none was taken.
    const std::uint64_t kept_since = std::exchange(taken_, false) ? age_ : age_ + 1;
    const auto wanted =
        std::find_if(waiting_.begin(), waiting_.end(), [&](const Waiting& each) { return each.since == kept_since; });
    for (auto each = waiting_.begin(); each != wanted; ++each) {
        kept_ -= each->block->capacity;
        Block::destroy(each->block);
    }
    waiting_.erase(waiting_.begin(), wanted);
    ++age_;
    in_use_ = !waiting_.empty();
}

std::size_t BlockPool::kept() const noexcept {
    const Lock lock(mutex_);
    return kept_;
}

} // namespace qi::ws
