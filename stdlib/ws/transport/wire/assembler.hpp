// Puts messages together from the pieces that arrive, inflates them, and checks them as they grow: their length, and
// whether text is UTF-8. A compressed message that grows out of proportion to what came in is kept as it came until it
// is whole, so that nobody fills our memory with an unfinished one at a thousandth of its price. The service thread.
#pragma once

#include "base/utf8.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/deflate.hpp"
#include "ws/transport/wire/message_type.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace qi::ws {

class Assembler {
public:
    explicit Assembler(std::uint64_t read_limit, const DeflateTerms& terms = {}, Resting* resting = nullptr) noexcept
        : read_limit_(read_limit), peer_takeover_(terms.peer_takeover), peer_window_(terms.peer_window),
          resting_(resting) {}

    enum class Fault : std::uint8_t { TooBig, NotUtf8, Corrupt, OutOfMemory };
    struct More {};
    struct Whole {
        MessageType type;
        Buffer data;
        std::size_t code_points = 0; // of text
    };
    using Outcome = std::variant<More, Whole, Fault>;

    /// One piece. What it is counts on the first piece of a message. After a fault it starts anew.
    Outcome add(std::string_view bytes, bool last, MessageType type, BufferSlab& slab, bool compressed = false);

    /// Where the next bytes of a frame that isn't compressed may be put, of which so many are still to come; add() then
    /// copies nothing. Empty: they are to come from elsewhere.
    std::span<char> room(std::uint64_t left, const std::shared_ptr<BlockSource>& source) noexcept {
        return would_exceed(left, false) ? std::span<char>{} : builder_.room(left, source);
    }

    /// A message has begun, and its end hasn't come.
    bool is_within() const noexcept { return within_; }
    /// What is there of it, in bytes of memory.
    std::size_t memory() const noexcept { return builder_.size() + held_.size(); }
    /// Gives it up. Nothing can be added any more.
    void clear() noexcept;

    /// A frame of that size can only end in TooBig. What a compressed one comes to isn't known.
    bool would_exceed(std::uint64_t frame, bool compressed) const noexcept {
        return !compressed && (frame > read_limit_ || builder_.size() > read_limit_ - frame);
    }

private:
    std::optional<Fault> inflate(std::string_view bytes, bool last);
    std::optional<Fault> inflate_now(std::string_view bytes, bool last);
    bool is_sound(bool last) noexcept;

    const std::uint64_t read_limit_;
    const bool peer_takeover_;
    const int peer_window_;
    Resting* const resting_; // what inflates does so
    bool within_ = false;
    MessageType type_ = MessageType::Text;
    bool compressed_ = false;
    BufferBuilder builder_;
    BufferBuilder held_;                 // of a compressed message: what is inflated only when the rest is there
    std::uint64_t arrived_ = 0;          // of it, compressed
    utf8::Checked checked_;              // of the builder: UTF-8
    std::unique_ptr<Inflater> inflater_; // from the first compressed message on
};

} // namespace qi::ws
