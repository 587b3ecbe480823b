// Bytes that cross the threads: immutable, counted, sliced. Any thread; one Buffer object belongs to one
// thread at a time, the bytes behind it to everybody.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace qi::ws {

struct Block;

/// Where blocks of large messages come from, if not from the allocator.
class BlockSource {
public:
    virtual ~BlockSource() = default;
    /// A block of at least that capacity, of which the caller owns the one reference; nullptr: no memory. `self` is
    /// this source.
    virtual Block* take(const std::shared_ptr<BlockSource>& self, std::size_t capacity) noexcept = 0;
    /// Nobody refers to the block any more. Any thread.
    virtual void give_back(Block* block) noexcept = 0;
};

/// A counted block of memory. Buffers are windows onto one.
struct Block {
    std::atomic<std::uint32_t> references{1};
    std::size_t capacity = 0;
    bool is_mapped = false;             // has pages of its own
    std::shared_ptr<BlockSource> home;  // where it came from and goes back to; none: the allocator
    std::shared_ptr<const void> lender; // of bytes that are elsewhere; this block has none then

    char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }

    /// nullptr when there is no memory. The caller owns the one reference.
    static Block* create(std::size_t capacity) noexcept;
    /// The same on pages of its own, which go back to the system at once when it is destroyed, wherever it lies. It has
    /// the rest of the last page, too.
    static Block* map(std::size_t capacity) noexcept;
    /// Only while the caller owns the one reference; on failure the block is as before and nullptr returned.
    static Block* resize(Block* block, std::size_t capacity) noexcept;
    void retain() noexcept { references.fetch_add(1, std::memory_order_relaxed); }
    void release(std::uint32_t count = 1) noexcept;
    /// Gives the memory back.
    static void destroy(Block* block) noexcept;
};

/// A window onto a block, kept alive by it. Copying costs one atomic increment, moving nothing.
class Buffer {
public:
    Buffer() noexcept = default;
    /// Takes over one reference to `block`.
    Buffer(Block* block, const char* data, std::size_t size) noexcept : block_(block), data_(data), size_(size) {}
    Buffer(const Buffer& other) noexcept : block_(other.block_), data_(other.data_), size_(other.size_) {
        if (block_ != nullptr) block_->retain();
    }
    Buffer(Buffer&& other) noexcept
        : block_(std::exchange(other.block_, nullptr)), data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)) {}
    Buffer& operator=(Buffer other) noexcept {
        std::swap(block_, other.block_);
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~Buffer() {
        if (block_ != nullptr) block_->release();
    }

    /// A buffer of its own with these bytes in it.
    static Buffer copy_of(std::string_view bytes);
    /// The same with `start` in front of them.
    static Buffer copy_of(std::string_view start, std::string_view bytes);
    /// A window onto bytes that `lender` keeps alive, and that never change.
    static Buffer onto(std::string_view bytes, std::shared_ptr<const void> lender);

    const char* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    std::string_view view() const noexcept { return {data_, size_}; }

    /// Bytes of memory that this buffer keeps alive. Small messages share a block: whoever keeps one for
    /// long copies it out when this is much more than `size()`.
    std::size_t retained() const noexcept { return block_ == nullptr ? 0 : block_->capacity; }

    /// The part of it from `offset`, `size` bytes long, on the same block.
    Buffer slice(std::size_t offset, std::size_t size) const noexcept;

private:
    Block* block_ = nullptr;
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Collects a message of unknown length. Grows with what has arrived: at most twice that, and never
/// past the limit given with each append. A length that was announced is believed in steps: see room().
class BufferBuilder {
public:
    BufferBuilder() noexcept = default;
    BufferBuilder(const BufferBuilder&) = delete;
    BufferBuilder& operator=(const BufferBuilder&) = delete;
    ~BufferBuilder() { clear(); }

    /// False, with nothing appended, when the whole would be longer than `limit` or there is no memory.
    /// Bytes that were put into room() are only counted.
    [[nodiscard]] bool append(std::string_view bytes, std::size_t limit) noexcept;
    /// Makes room for so many bytes in all at once. False: no memory.
    [[nodiscard]] bool reserve(std::size_t size) noexcept;
    /// Where the next bytes of `announced` may be put, so that they need no copy: all of them for a sender that keeps
    /// its word, but never more memory than a quarter of a MiB or sixteen times what has come. Empty: no memory.
    std::span<char> room(std::uint64_t announced, const std::shared_ptr<BlockSource>& source) noexcept;
    /// They are in the room that was given last.
    bool has_in_room(std::string_view bytes) const noexcept {
        return block_ != nullptr && bytes.data() == block_->bytes() + size_;
    }
    std::size_t size() const noexcept { return size_; }
    std::string_view view() const noexcept {
        return block_ == nullptr ? std::string_view{} : std::string_view{block_->bytes(), size_};
    }
    void clear() noexcept;
    /// What was collected, without a copy; the builder is empty afterwards.
    Buffer take() noexcept;

private:
    Block* block_ = nullptr;
    std::size_t size_ = 0;
};

/// Packs small payloads into shared blocks: one allocation for some hundred messages.
class BufferSlab {
public:
    BufferSlab() noexcept = default;
    BufferSlab(const BufferSlab&) = delete;
    BufferSlab& operator=(const BufferSlab&) = delete;
    ~BufferSlab();

    /// A buffer with these bytes. Long ones get a block of their own.
    Buffer copy(std::string_view bytes);

private:
    void retire() noexcept;

    // It has a reference for each byte to begin with, so that giving one away doesn't touch what both threads count.
    Block* block_ = nullptr;
    std::uint32_t given_ = 0; // references
    std::size_t used_ = 0;
};

} // namespace qi::ws
