// What unfinished messages hold, over all the connections of one listener: each alone may be within its :read-limit and
// all of them together more than the machine has. Past the limit whoever holds most gives it up. The service thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace qi::ws {

/// A quarter of the memory that this process may have: of the machine's, or of its control group's.
std::uint64_t default_memory_limit() noexcept;

class MemoryUser {
public:
    virtual ~MemoryUser() = default;
    /// All hold too much, and this one most. To be given up in this call, by hold(0) at the latest.
    virtual void on_over_memory() noexcept = 0;
};

class MemoryShare;

class MessageMemory {
public:
    explicit MessageMemory(std::uint64_t limit) noexcept : limit_(limit) {}
    std::uint64_t limit() const noexcept { return limit_; }
    std::uint64_t held() const noexcept { return held_; }

private:
    friend class MemoryShare;
    const std::uint64_t limit_;
    std::uint64_t held_ = 0;
    std::vector<MemoryShare*> holders_; // of more than nothing, in no order
};

/// What one of them holds.
class MemoryShare {
public:
    explicit MemoryShare(MemoryUser& user, std::shared_ptr<MessageMemory> memory = nullptr) noexcept
        : user_(user), memory_(std::move(memory)) {}
    ~MemoryShare() { hold(0); }
    MemoryShare(const MemoryShare&) = delete;
    MemoryShare& operator=(const MemoryShare&) = delete;

    /// Before it holds anything. Without one nothing is counted.
    void belong_to(std::shared_ptr<MessageMemory> memory) noexcept { memory_ = std::move(memory); }
    /// So many bytes from now on. May call on_over_memory, of this user or another.
    void hold(std::size_t bytes) noexcept;
    /// That of all of them; 0: none.
    std::uint64_t limit() const noexcept { return memory_ == nullptr ? 0 : memory_->limit(); }

private:
    MemoryUser& user_;
    std::shared_ptr<MessageMemory> memory_;
    std::size_t bytes_ = 0;
    std::size_t place_ = 0; // among the holders
};

} // namespace qi::ws
