// permessage-deflate, RFC 7692: what the two sides agree on, and compressing and inflating messages. Negotiation
// works on header text alone; the streams belong to the service thread.
#pragma once

#include "base/message.hpp"
#include "ws/transport/options.hpp"
#include "ws/transport/wire/buffer.hpp"

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

    /// As ws/info tells it: :context-takeover when both sides keep theirs.
    Compression compression() const noexcept {
        if (!agreed) return Compression::Disabled;
        return own_takeover && peer_takeover ? Compression::ContextTakeover : Compression::NoContext;
    }
};

/// The Sec-WebSocket-Extensions header of a client; empty for none.
std::string_view deflate_offer(Compression wanted) noexcept;
/// What the server's header means to a client that offered `wanted`; the reason when it means that the handshake has
/// failed (RFC 7692, 5.1).
std::variant<DeflateTerms, const Message*> read_deflate_answer(std::string_view header, Compression wanted);

struct DeflateAnswer {
    DeflateTerms terms;
    std::string parameters; // of the server's header, "a; b=1"; may be empty
};
/// The server's answer to the first offer in the header that it can keep; nullopt: none.
std::optional<DeflateAnswer> answer_deflate_offers(std::string_view header, Compression wanted);

/// One direction, outgoing.
class Deflater {
public:
    /// Memory for it, some 260 kB at 15 bits, is taken here.
    explicit Deflater(int window_bits);
    ~Deflater();
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    /// The payload of a compressed message. Without `keep_context` the next one doesn't refer to this one.
    /// nullopt: no memory, and nothing may be compressed with it any more.
    std::optional<Buffer> deflate(std::string_view message, bool keep_context);

private:
    std::unique_ptr<z_stream_s> stream_;
    bool sound_ = false;
};

/// The other direction.
class Inflater {
public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    enum class Outcome : std::uint8_t { Good, Corrupt, TooBig, OutOfMemory };
    /// Appends to `into` what a piece of a message inflates to, stopping where that would pass `limit`; `last` ends the
    /// message. TooBig as well for one that is longer than that before it is inflated, Corrupt for more final blocks
    /// than its size explains: work must come to something. After anything but Good it is of no more use.
    Outcome add(std::string_view bytes, bool last, bool keep_context, BufferBuilder& into, std::size_t limit);

private:
    Outcome run(std::string_view bytes, BufferBuilder& into, std::size_t limit);

    std::unique_ptr<z_stream_s> stream_;
    bool sound_ = false;
    // Of the message that is under way:
    std::size_t compressed_ = 0; // its bytes so far
    std::size_t final_blocks_ = 0;
};

} // namespace qi::ws
