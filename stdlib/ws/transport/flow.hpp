// What the two threads count together for one connection, and the two questions that the counts answer:
// may a sender go on, may the socket be read. Everything here is atomic; each flag-and-count pair is
// written flag first, count second on one side and count first, flag second on the other, sequentially
// consistent, so that one of them always sees the other and no wake-up is lost.
#pragma once

#include "ws/transport/pen.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace qi::ws {

class Flow {
public:
    Flow(std::uint64_t send_buffer, std::uint32_t channel_capacity) noexcept
        : send_buffer_(send_buffer), capacity_(channel_capacity) {}

    // Outgoing bytes: the interpreter adds, the service thread subtracts.

    /// Interpreter: true when `size` bytes may be queued, and counts them. False: note_sent will ask for a
    /// wake-up once there is room. A message larger than the limit passes when nothing is queued.
    bool try_queue(std::uint64_t size) noexcept {
        if (fits(size)) return count(size);
        sender_waits_.store(true);
        if (fits(size)) return count(size);
        return false;
    }
    /// Interpreter: nothing that was queued is still to be written.
    bool is_idle() const noexcept { return !uncounted_ && queued() == 0; }
    std::uint64_t queued() const noexcept { return queued_.load(std::memory_order_relaxed); }
    /// Interpreter: as queued(), and asks for a wake-up at 0 unless it is 0.
    std::uint64_t queued_and_wait() noexcept {
        if (queued_.load() == 0) return 0;
        flush_waits_.store(true);
        return queued_.load();
    }
    /// Service thread: `size` bytes went to the kernel. True when somebody has to be woken.
    bool note_sent(std::uint64_t size) noexcept {
        const std::uint64_t left = queued_.fetch_sub(size) - size;
        bool wake = false;
        if (left <= send_buffer_ / 2 && sender_waits_.load()) wake = sender_waits_.exchange(false);
        if (left == 0 && flush_waits_.load() && flush_waits_.exchange(false)) wake = true;
        return wake;
    }

    // Incoming events: the service thread adds, the interpreter subtracts.

    /// Service thread: one event more. True when reading has to stop.
    bool note_received(std::uint64_t bytes) noexcept {
        const std::uint32_t messages = held_messages_.fetch_add(1) + 1;
        const std::uint64_t held = held_bytes_.fetch_add(bytes) + bytes;
        return messages >= capacity_ || held >= largest_held_bytes;
    }
    bool is_full() const noexcept {
        return held_messages_.load() >= capacity_ || held_bytes_.load() >= largest_held_bytes;
    }
    /// Service thread: reading has stopped. False when it may go on already, and then nobody will ask for it.
    bool stay_stopped() noexcept {
        stopped_.store(true);
        return !(drained() && stopped_.exchange(false));
    }
    /// Interpreter: one event was taken. True when reading has to be resumed.
    bool note_taken(std::uint64_t bytes) noexcept {
        held_messages_.fetch_sub(1);
        held_bytes_.fetch_sub(bytes);
        return stopped_.load() && drained() && stopped_.exchange(false);
    }

    Pen pen;

    /// Of all that waits for a reader, beside the number of messages. One message always fits.
    static constexpr std::uint64_t largest_held_bytes = 4u << 20;

private:
    bool fits(std::uint64_t size) const noexcept {
        const std::uint64_t queued = queued_.load();
        return queued == 0 || (size <= send_buffer_ && queued <= send_buffer_ - size);
    }
    bool count(std::uint64_t size) noexcept {
        uncounted_ |= size == 0;
        queued_.fetch_add(size);
        return true;
    }
    bool drained() const noexcept {
        return held_messages_.load() <= capacity_ / 2 && held_bytes_.load() <= largest_held_bytes / 2;
    }

    const std::uint64_t send_buffer_;
    const std::uint32_t capacity_;
    std::atomic<std::uint64_t> queued_{0};
    bool uncounted_ = false; // interpreter: an empty message was queued once, of which nobody tells when it is written
    std::atomic<bool> sender_waits_{false};
    std::atomic<bool> flush_waits_{false};
    std::atomic<std::uint32_t> held_messages_{0};
    std::atomic<std::uint64_t> held_bytes_{0};
    std::atomic<bool> stopped_{false};
};

} // namespace qi::ws
