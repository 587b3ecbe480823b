#include "ws/transport/wire/buffer.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace qi::ws {

namespace {

constexpr std::size_t first_capacity = 1024;
constexpr std::size_t slab_capacity = 16 * 1024;
constexpr std::uint32_t slab_references = slab_capacity + 1; // one for the slab
constexpr std::size_t largest_in_slab = 1024;
// What is announced is believed as far as that. Memory that nothing has come into isn't touched.
constexpr std::size_t believed_at_first = 256 * 1024;
constexpr std::size_t believed_growth = 16;
// Of a message that came in pieces, in a block of its source's, which has none that are smaller.
constexpr std::size_t largest_spare = 128 * 1024;

} // namespace

Block* Block::create(std::size_t capacity) noexcept {
    void* memory = std::malloc(sizeof(Block) + capacity);
    if (memory == nullptr) return nullptr;
    auto* made = new (memory) Block;
    made->capacity = capacity;
    return made;
}

Block* Block::map(std::size_t capacity) noexcept {
    constexpr std::size_t page = 4096;
    const std::size_t size = (sizeof(Block) + capacity + page - 1) / page * page;
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return create(capacity); // so many mappings may a process not have
    auto* made = new (memory) Block;
    made->capacity = size - sizeof(Block);
    made->is_mapped = true;
    return made;
}

// The shared pointers in it don't know their own address.
Block* Block::resize(Block* block, std::size_t capacity) noexcept {
    if (block->home != nullptr) {
        Block* other = block->home->take(block->home, capacity);
        if (other == nullptr) return nullptr;
        std::memcpy(other->bytes(), block->bytes(), std::min(capacity, block->capacity));
        block->release();
        return other;
    }
    void* memory = std::realloc(static_cast<void*>(block), sizeof(Block) + capacity);
    if (memory == nullptr) return nullptr;
    auto* resized = static_cast<Block*>(memory);
    resized->capacity = capacity;
    return resized;
}

void Block::release(std::uint32_t count) noexcept {
    if (references.fetch_sub(count, std::memory_order_acq_rel) != count) return;
    if (const std::shared_ptr<BlockSource> source = std::move(home))
        source->give_back(this);
    else
        destroy(this);
}

void Block::destroy(Block* block) noexcept {
    const std::size_t mapped = block->is_mapped ? sizeof(Block) + block->capacity : 0;
    block->~Block();
    if (mapped == 0)
        std::free(block);
    else
        ::munmap(block, mapped);
}

Buffer Buffer::copy_of(std::string_view bytes) {
    if (bytes.empty()) return {};
    Block* block = Block::create(bytes.size());
    if (block == nullptr) throw std::bad_alloc();
    std::memcpy(block->bytes(), bytes.data(), bytes.size());
    return Buffer(block, block->bytes(), bytes.size());
}

Buffer Buffer::copy_of(std::string_view start, std::string_view bytes) {
    Block* block = Block::create(start.size() + bytes.size());
    if (block == nullptr) throw std::bad_alloc();
    if (!start.empty()) std::memcpy(block->bytes(), start.data(), start.size());
    if (!bytes.empty()) std::memcpy(block->bytes() + start.size(), bytes.data(), bytes.size());
    return Buffer(block, block->bytes(), start.size() + bytes.size());
}

Buffer Buffer::onto(std::string_view bytes, std::shared_ptr<const void> lender) {
    Block* block = Block::create(0);
    if (block == nullptr) throw std::bad_alloc();
    block->lender = std::move(lender);
    return Buffer(block, bytes.data(), bytes.size());
}

Buffer Buffer::slice(std::size_t offset, std::size_t size) const noexcept {
    if (block_ != nullptr) block_->retain();
    return Buffer(block_, data_ + offset, size);
}

bool BufferBuilder::reserve(std::size_t size) noexcept {
    if (block_ != nullptr && block_->capacity >= size) return true;
    Block* grown = block_ == nullptr ? Block::create(size) : Block::resize(block_, size);
    if (grown == nullptr) return false;
    block_ = grown;
    return true;
}

bool BufferBuilder::append(std::string_view bytes, std::size_t limit) noexcept {
    if (bytes.size() > limit || size_ > limit - bytes.size()) return false;
    if (bytes.empty()) return true;
    const std::size_t needed = size_ + bytes.size();
    if (block_ == nullptr || block_->capacity < needed) {
        const std::size_t doubled = block_ == nullptr ? first_capacity : block_->capacity * 2;
        if (!reserve(std::max(needed, std::min(doubled, limit)))) return false;
    }
    if (!has_in_room(bytes)) std::memcpy(block_->bytes() + size_, bytes.data(), bytes.size());
    size_ = needed;
    return true;
}

std::span<char> BufferBuilder::room(std::uint64_t announced, const std::shared_ptr<BlockSource>& source) noexcept {
    if (block_ == nullptr || block_->capacity - size_ < std::min<std::uint64_t>(announced, largest_in_slab)) {
        const std::size_t believed = std::max(believed_at_first, size_ * believed_growth);
        const auto capacity = static_cast<std::size_t>(std::min<std::uint64_t>(size_ + announced, believed));
        Block* grown = source->take(source, capacity);
        if (grown == nullptr) return {};
        if (size_ > 0) std::memcpy(grown->bytes(), block_->bytes(), size_);
        if (block_ != nullptr) block_->release();
        block_ = grown;
    }
    const std::size_t left = block_->capacity - size_;
    return {block_->bytes() + size_, static_cast<std::size_t>(std::min<std::uint64_t>(left, announced))};
}

void BufferBuilder::clear() noexcept {
    if (block_ != nullptr) block_->release();
    block_ = nullptr;
    size_ = 0;
}

Buffer BufferBuilder::take() noexcept {
    if (size_ == 0) {
        clear();
        return {};
    }
    // A message that waits in an inbox shouldn't hold twice its size.
    const std::size_t spare = block_->capacity - size_;
    if (block_->home == nullptr ? spare > size_ / 4 : spare > size_ && spare > largest_spare)
        if (Block* shrunk = Block::resize(block_, size_)) block_ = shrunk;
    Block* block = std::exchange(block_, nullptr);
    return Buffer(block, block->bytes(), std::exchange(size_, 0));
}

BufferSlab::~BufferSlab() { retire(); }

/// Those that have it keep it.
void BufferSlab::retire() noexcept {
    if (block_ != nullptr) block_->release(slab_references - given_);
    block_ = nullptr;
}

Buffer BufferSlab::copy(std::string_view bytes) {
    if (bytes.empty()) return {};
    if (bytes.size() > largest_in_slab) return Buffer::copy_of(bytes);
    if (block_ == nullptr || block_->capacity - used_ < bytes.size()) {
        retire();
        used_ = 0;
        given_ = 0;
        block_ = Block::create(slab_capacity);
        if (block_ == nullptr) throw std::bad_alloc();
        block_->references.store(slab_references, std::memory_order_relaxed);
    }
    char* at = block_->bytes() + used_;
    std::memcpy(at, bytes.data(), bytes.size());
    used_ += bytes.size();
    ++given_;
    return Buffer(block_, at, bytes.size());
}

} // namespace qi::ws
