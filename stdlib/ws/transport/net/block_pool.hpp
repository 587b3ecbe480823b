// Keeps the blocks of large messages warm: memory that is fresh from the kernel costs a page fault for every 4 KiB,
// more than reading the message. The service thread takes, any thread gives back.
#pragma once

#include "base/mutex.hpp"
#include "ws/transport/wire/buffer.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace qi::ws {

class BlockPool final : public BlockSource {
public:
    BlockPool() = default;
    ~BlockPool() override;
    BlockPool(const BlockPool&) = delete;
    BlockPool& operator=(const BlockPool&) = delete;

    /// Smaller ones the allocator keeps warm by itself, and none of them counts as in use here.
    static constexpr std::size_t smallest = 64 * 1024;
    /// Of all the blocks that wait, in bytes: enough for what lies between two collections of the heap, and on both
    /// sides of it in queues (Flow::largest_held_bytes).
    static constexpr std::size_t most_kept = 32u << 20;

    Block* take(const std::shared_ptr<BlockSource>& self, std::size_t capacity) noexcept override QI_EXCLUDES(mutex_);
    void give_back(Block* block) noexcept override QI_EXCLUDES(mutex_);
    /// Frees what nobody has wanted since the last call; all, if nobody has wanted any. When nothing is left, what
    /// comes back until the next take() is freed at once.
    void age() noexcept QI_EXCLUDES(mutex_);

    /// There is something to call age() for.
    bool is_in_use() const noexcept { return in_use_.load(std::memory_order_relaxed); }
    std::size_t kept() const noexcept QI_EXCLUDES(mutex_);

private:
    struct Waiting {
        Block* block;
        std::uint64_t since; // the number of the last call of age()
    };

    mutable Mutex mutex_;
    std::vector<Waiting> waiting_ QI_GUARDED_BY(mutex_); // the one that came back last is at the end
    std::size_t kept_ QI_GUARDED_BY(mutex_) = 0;
    std::uint64_t age_ QI_GUARDED_BY(mutex_) = 0;
    bool taken_ QI_GUARDED_BY(mutex_) = false; // since the last call of age()
    std::atomic<bool> in_use_{false};
};

} // namespace qi::ws
