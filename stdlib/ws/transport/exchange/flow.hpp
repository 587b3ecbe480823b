// What the two threads count together for one connection, and the two questions that the counts answer:
// may a sender go on, may the socket be read. Everything here is atomic; each flag-and-count pair is
// written flag first, count second on one side and count first, flag second on the other, sequentially
// consistent, so that one of them always sees the other and no wake-up is lost.
#pragma once

#include "ws/transport/exchange/direct_writer.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace qi::ws {

/// Messages that are queued: how many, and their bytes together, in one word so that both are counted at once.
class Load {
public:
    constexpr Load() noexcept = default;
    static constexpr Load message(std::size_t payload) noexcept { return Load(one_message | payload); }
    static constexpr Load from_word(std::uint64_t word) noexcept { return Load(word); }
    constexpr std::uint64_t bytes() const noexcept { return word_ & (one_message - 1); }
    constexpr std::uint64_t messages() const noexcept { return word_ / one_message; }
    constexpr std::uint64_t word() const noexcept { return word_; }
    constexpr bool empty() const noexcept { return word_ == 0; }
    constexpr Load& operator+=(Load other) noexcept {
        word_ += other.word_;
        return *this;
    }

private:
    static constexpr std::uint64_t one_message = std::uint64_t{1} << 40;
    constexpr explicit Load(std::uint64_t word) noexcept : word_(word) {}

    std::uint64_t word_ = 0;
};

class Flow {
public:
    Flow(std::uint64_t send_buffer, std::uint32_t channel_capacity) noexcept
        : send_buffer_(send_buffer),
          most_messages_(std::clamp(send_buffer / bytes_per_message, fewest_messages, most_counted)),
          capacity_(channel_capacity) {}

    // Outgoing messages: the interpreter adds, the service thread subtracts.

    /// Interpreter: true when the message may be queued, and counts it. False: note_sent will ask for a wake-up once
    /// there is room. A message larger than the limit passes when nothing is queued.
    bool try_queue(Load message) noexcept { return has_room(message) && count(message); }
    /// Interpreter: the same, without counting it.
    bool has_room(Load message) noexcept {
        if (fits(message)) return true;
        sender_waits_.store(true);
        return fits(message);
    }
    Load queued() const noexcept { return Load::from_word(queued_.load(std::memory_order_relaxed)); }
    /// Interpreter: nothing is queued. If something is, note_sent will ask for a wake-up once that has gone.
    bool is_flushed() noexcept {
        if (queued_.load() == 0) return true;
        flush_waits_.store(true);
        return queued_.load() == 0;
    }
    /// Service thread: so much went to the kernel. True when somebody has to be woken.
    bool note_sent(Load sent) noexcept {
        const Load left = Load::from_word(queued_.fetch_sub(sent.word()) - sent.word());
        bool wake = false;
        if (left.bytes() <= send_buffer_ / 2 && left.messages() <= most_messages_ / 2 && sender_waits_.load())
            wake = sender_waits_.exchange(false);
        if (left.empty() && flush_waits_.load() && flush_waits_.exchange(false)) wake = true;
        return wake;
    }

    /// Service thread: since `now` the peer takes nothing; all that was taken before is told by note_sent.
    void note_stuck(std::int64_t now) noexcept { stuck_since_.store(now, std::memory_order_relaxed); }
    void note_moving() noexcept { stuck_since_.store(0, std::memory_order_relaxed); }
    /// In milliseconds of the steady clock; 0: what is queued hasn't met a peer that takes nothing.
    std::int64_t stuck_since() const noexcept { return stuck_since_.load(std::memory_order_relaxed); }

    // Incoming events: the service thread adds, the interpreter subtracts.

    /// Service thread: one event more. True when reading has to stop.
    bool note_received(std::uint64_t bytes) noexcept {
        const Load one = Load::message(bytes);
        const Load held = Load::from_word(held_.fetch_add(one.word()) + one.word());
        return held.messages() >= capacity_ || held.bytes() >= largest_held_bytes;
    }
    /// Beyond what is taken in while this side closes: what was on its way then is still read, without a brake.
    bool is_crammed() const noexcept {
        const Load held = Load::from_word(held_.load());
        return held.messages() >= std::max(capacity_, most_while_closing) || held.bytes() >= largest_held_bytes;
    }
    /// Service thread: reading has stopped. False when it may go on already, and then nobody will ask for it.
    bool stay_stopped() noexcept {
        stopped_.store(true);
        return !(drained() && stopped_.exchange(false));
    }
    /// Service thread: reading has stopped, and is to be resumed only when all events were taken. False as above.
    bool stay_until_empty() noexcept {
        until_empty_.store(true);
        return stay_stopped();
    }
    /// Interpreter: one event was taken. True when reading has to be resumed. If it wasn't the last one that waits
    /// here, the other side may be told later, of an eighth of what may wait at most.
    bool note_taken(std::uint64_t bytes, bool last = true) noexcept {
        taken_ += Load::message(bytes);
        if (!last && taken_.messages() < capacity_ / 8 && taken_.bytes() < largest_held_bytes / 8) return false;
        held_.fetch_sub(std::exchange(taken_, {}).word());
        return stopped_.load() && drained() && stopped_.exchange(false);
    }

    DirectWriter direct_writer;

    /// Of all that waits for a reader, beside the number of messages. One message always fits.
    static constexpr std::uint64_t largest_held_bytes = 4u << 20;
    static constexpr std::uint32_t most_while_closing = 16384;

private:
    // A message takes some 80 bytes beside its own: tiny ones are limited by their number.
    static constexpr std::uint64_t bytes_per_message = 64, fewest_messages = 1024;
    static constexpr std::uint64_t most_counted = (1u << 24) - 1; // what a Load has room for

    bool fits(Load message) const noexcept {
        const Load queued = Load::from_word(queued_.load());
        return queued.empty() || (message.bytes() <= send_buffer_ && queued.bytes() <= send_buffer_ - message.bytes() &&
                                  queued.messages() < most_messages_);
    }
    bool count(Load message) noexcept {
        queued_.fetch_add(message.word());
        return true;
    }
    bool drained() const noexcept {
        const bool until_empty = until_empty_.load(); // before the count
        const Load held = Load::from_word(held_.load());
        if (until_empty) return held.empty();
        return held.messages() <= capacity_ / 2 && held.bytes() <= largest_held_bytes / 2;
    }

    const std::uint64_t send_buffer_;
    const std::uint64_t most_messages_;
    const std::uint32_t capacity_;
    std::atomic<std::uint64_t> queued_{0}; // a Load
    std::atomic<bool> sender_waits_{false};
    std::atomic<bool> flush_waits_{false};
    std::atomic<std::int64_t> stuck_since_{0};
    std::atomic<std::uint64_t> held_{0}; // a Load
    Load taken_;                         // the interpreter's: not yet subtracted
    std::atomic<bool> stopped_{false};
    std::atomic<bool> until_empty_{false};
};

} // namespace qi::ws
