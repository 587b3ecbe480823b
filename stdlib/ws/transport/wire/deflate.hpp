// permessage-deflate, RFC 7692: what the two sides agree on, and compressing and inflating messages. Negotiation
// works on header text alone; the streams belong to the service thread.
#pragma once

#include "base/message.hpp"
#include "ws/transport/options.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/resting.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

struct z_stream_s; // zlib's z_stream

namespace qi::ws {

/// What was agreed for one connection, seen from this side.
struct DeflateTerms {
    bool agreed = false;
    bool own_takeover = true;  // what this side sends may refer back to its earlier messages
    bool peer_takeover = true; // and so for the peer
    int own_window = 15;       // the largest window that this side may refer back into, in bits
    int peer_window = 15;      // and the peer

    /// As ws/info tells it: :context-takeover when both sides keep theirs.
    Compression compression() const noexcept {
        if (!agreed) return Compression::Disabled;
        return own_takeover && peer_takeover ? Compression::ContextTakeover : Compression::NoContext;
    }
};

/// The Sec-WebSocket-Extensions header of a client; empty for none. A server that can't keep its window small may take
/// the offer's second half, which doesn't ask for that.
std::string deflate_offer(const DeflateWish& wanted);
/// What the server's header means to a client that offered `wanted`; the reason when it means that the handshake has
/// failed (RFC 7692, 5.1).
std::variant<DeflateTerms, const Message*> read_deflate_answer(std::string_view header, const DeflateWish& wanted);

struct DeflateAnswer {
    DeflateTerms terms;
    std::string parameters; // of the server's header, "a; b=1"; may be empty
};
/// The server's answer to the first offer in the header that it can keep; nullopt: none.
std::optional<DeflateAnswer> answer_deflate_offers(std::string_view header, const DeflateWish& wanted);

/// How one of zlib's streams ends.
struct EndDeflate {
    void operator()(z_stream_s* stream) const noexcept;
};
struct EndInflate {
    void operator()(z_stream_s* stream) const noexcept;
};

/// One direction, outgoing. Its stream takes 2 ** (window_bits + 2) and 2 ** (memory_level + 9) bytes, from the first
/// message on. At rest it has the window's content alone, which the next message refers to as before.
class Deflater final : public Restable {
public:
    static constexpr int usual_memory_level = 8; // zlib's own

    explicit Deflater(int window_bits, int memory_level = usual_memory_level, Resting* resting = nullptr) noexcept;

    /// The payload of a compressed message. Without `keep_context` the next one doesn't refer to this one.
    /// nullopt: no memory, and nothing may be compressed with it any more.
    std::optional<Buffer> deflate(std::string_view message, bool keep_context);
    bool rest() noexcept override;
    /// What it has at rest.
    std::size_t kept() const noexcept { return past_.size(); }

private:
    bool wake();

    const int window_bits_, memory_level_;
    std::unique_ptr<z_stream_s, EndDeflate> stream_; // none at rest
    std::string past_;                               // at rest: what the next message may refer to
    bool sound_ = true;
};

/// The other direction. Its stream takes about 7 KiB, and the window. It rests as a Deflater does, but for the time
/// between the first piece of a message and the last.
class Inflater final : public Restable {
public:
    /// Corrupt is what refers back further than 2 ** window_bits bytes.
    explicit Inflater(int window_bits = 15, Resting* resting = nullptr) noexcept;

    enum class Outcome : std::uint8_t { Good, Corrupt, TooBig, OutOfMemory };
    /// Appends to `into` what a piece of a message inflates to, stopping where that would pass `limit`; `last` ends the
    /// message. TooBig as well for one that is longer than that before it is inflated, Corrupt for more final blocks
    /// than its size explains: work must come to something. After anything but Good it is of no more use.
    Outcome add(std::string_view bytes, bool last, bool keep_context, BufferBuilder& into, std::size_t limit);
    bool rest() noexcept override;
    std::size_t kept() const noexcept { return past_.size(); }

private:
    bool wake();
    Outcome run(std::string_view bytes, BufferBuilder& into, std::size_t limit);

    const int window_bits_;
    std::unique_ptr<z_stream_s, EndInflate> stream_; // none at rest
    std::string past_;                               // at rest: what the next message may refer to
    bool sound_ = true;
    bool within_ = false; // a message
    bool keeps_ = false;  // the context of the last one
    // Of the message that is under way:
    std::size_t compressed_ = 0; // its bytes so far
    std::size_t final_blocks_ = 0;
};

} // namespace qi::ws
