#include "ws/transport/wire/deflate.hpp"

#include "ws/transport/messages.hpp"
#include "ws/transport/wire/extensions.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <zlib.h>

namespace qi::ws {

namespace {

constexpr std::string_view extension_name = "permessage-deflate";
constexpr int largest_window = 15; // RFC 7692, 7.1.2
constexpr std::size_t chunk = 16 * 1024;
// What a sender leaves away at the end of each message (RFC 7692, 7.2.1).
constexpr std::string_view tail("\0\0\xFF\xFF", 4);
// By so much a compressed message may be longer than what may come of it: blocks with nothing in them cost time, too.
constexpr std::size_t compressed_surplus = 64 * 1024;
// A sender ends the stream once a message, if at all; one that does so all the time has at least some bytes each time.
constexpr std::size_t free_final_blocks = 64;
constexpr std::size_t bytes_per_final_block = 64;

/// The parameters of one offer or answer, RFC 7692, 7.1.
struct Parameters {
    bool server_no_takeover = false;
    bool client_no_takeover = false;
    std::optional<int> server_window;
    bool has_client_window = false;
    std::optional<int> client_window; // without one in an offer: any that the server likes
};

std::optional<int> window_of(const std::string& text) {
    // Decimal, no leading zeros, 8 to 15.
    if (text.size() == 1 && text[0] >= '8' && text[0] <= '9') return text[0] - '0';
    if (text.size() == 2 && text[0] == '1' && text[1] >= '0' && text[1] <= '5') return 10 + text[1] - '0';
    return std::nullopt;
}

/// nullopt for a parameter that is unknown, given twice, or has a value that it can't have.
std::optional<Parameters> read_parameters(const Extension& extension, bool is_offer) {
    Parameters read;
    for (const ExtensionParameter& parameter : extension.parameters) {
        const auto& [name, value] = parameter;
        if (name == "server_no_context_takeover" && !value && !read.server_no_takeover) {
            read.server_no_takeover = true;
        } else if (name == "client_no_context_takeover" && !value && !read.client_no_takeover) {
            read.client_no_takeover = true;
        } else if (name == "server_max_window_bits" && value && !read.server_window) {
            read.server_window = window_of(*value);
            if (!read.server_window) return std::nullopt;
        } else if (name == "client_max_window_bits" && (value || is_offer) && !read.has_client_window) {
            read.has_client_window = true;
            if (value) read.client_window = window_of(*value);
            if (value && !read.client_window) return std::nullopt;
        } else {
            return std::nullopt;
        }
    }
    return read;
}

} // namespace

std::string deflate_offer(const DeflateWish& wanted) {
    std::string offer(extension_name);
    switch (wanted.compression) {
    case Compression::Disabled: return {};
    case Compression::ContextTakeover: break;
    case Compression::NoContext: offer += "; client_no_context_takeover; server_no_context_takeover"; break;
    }
    if (wanted.window_bits == largest_window) return offer + "; client_max_window_bits";
    const std::string bits = "max_window_bits=" + std::to_string(wanted.window_bits);
    return offer + "; server_" + bits + "; client_" + bits + ", " + offer + "; client_" + bits;
}

std::variant<DeflateTerms, const Message*> read_deflate_answer(std::string_view header, const DeflateWish& wanted) {
    const auto extensions = parse_extensions(header);
    if (!extensions) return &message::extension_terms;
    if (extensions->empty()) return DeflateTerms{};
    if (wanted.compression == Compression::Disabled || extensions->size() > 1 ||
        extensions->front().name != extension_name)
        return &message::extension_not_offered;
    const auto answer = read_parameters(extensions->front(), false);
    if (!answer) return &message::extension_terms;
    DeflateTerms terms;
    terms.agreed = true;
    // Not to keep one's own context is always allowed (RFC 7692, 7.1.1.2).
    terms.own_takeover = wanted.compression == Compression::ContextTakeover && !answer->client_no_takeover;
    terms.peer_takeover = !answer->server_no_takeover;
    terms.own_window = std::min(wanted.window_bits, answer->client_window.value_or(largest_window));
    // More than was asked for, or nothing about it, answers the offer's second half.
    terms.peer_window = answer->server_window.value_or(largest_window);
    return terms;
}

std::optional<DeflateAnswer> answer_deflate_offers(std::string_view header, const DeflateWish& wanted) {
    if (wanted.compression == Compression::Disabled) return std::nullopt;
    const auto offers = parse_extensions(header);
    if (!offers) return std::nullopt;
    for (const Extension& offer : *offers) {
        if (offer.name != extension_name) continue;
        const auto asked = read_parameters(offer, true);
        if (!asked) continue;
        DeflateAnswer answer;
        const auto add = [&](std::string_view parameter) {
            answer.parameters += answer.parameters.empty() ? "" : "; ";
            answer.parameters += parameter;
        };
        answer.terms.agreed = true;
        answer.terms.own_takeover = wanted.compression == Compression::ContextTakeover && !asked->server_no_takeover;
        answer.terms.peer_takeover = wanted.compression == Compression::ContextTakeover && !asked->client_no_takeover;
        answer.terms.own_window = std::min(wanted.window_bits, asked->server_window.value_or(largest_window));
        // A client that names a window keeps to it in any case (RFC 7692, 7.1.2.2); one that doesn't speak of it must
        // not be told any.
        const int offered = asked->client_window.value_or(largest_window);
        const bool limits = asked->has_client_window && wanted.window_bits < offered;
        answer.terms.peer_window = limits ? wanted.window_bits : offered;
        if (!answer.terms.own_takeover) add("server_no_context_takeover");
        if (!answer.terms.peer_takeover) add("client_no_context_takeover");
        if (asked->server_window) add("server_max_window_bits=" + std::to_string(answer.terms.own_window));
        if (limits) add("client_max_window_bits=" + std::to_string(wanted.window_bits));
        return answer;
    }
    return std::nullopt;
}

// Streams.

void EndDeflate::operator()(z_stream_s* stream) const noexcept {
    deflateEnd(stream);
    std::default_delete<z_stream>()(stream);
}

void EndInflate::operator()(z_stream_s* stream) const noexcept {
    inflateEnd(stream);
    std::default_delete<z_stream>()(stream);
}

namespace {

/// What a stream's next message may refer to, as `get` hands it out; nullopt: there is no memory for it.
std::optional<std::string> past_of(z_stream& stream, int (*get)(z_stream*, Bytef*, uInt*)) noexcept {
    uInt size = 0;
    if (get(&stream, nullptr, &size) != Z_OK) return std::nullopt;
    try {
        std::string past(size, '\0');
        if (size > 0 && get(&stream, reinterpret_cast<Bytef*>(past.data()), &size) != Z_OK) return std::nullopt;
        return past;
    } catch (const std::bad_alloc&) {
        return std::nullopt;
    }
}

const Bytef* as_bytes(const std::string& text) noexcept { return reinterpret_cast<const Bytef*>(text.data()); }

} // namespace

// zlib makes no raw stream with a window of 8 bits. One of 9 refers back at most 512 - 262 bytes, which fits.
Deflater::Deflater(int window_bits, int memory_level, Resting* resting) noexcept
    : Restable(resting), window_bits_(std::max(window_bits, 9)), memory_level_(memory_level) {}

bool Deflater::wake() {
    if (stream_ != nullptr || !sound_) return sound_;
    auto made = std::make_unique<z_stream>();
    if (deflateInit2(made.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, -window_bits_, memory_level_, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        sound_ = past_.empty(); // no memory, now: what refers to nothing before can begin later
        return false;
    }
    stream_.reset(made.release());
    sound_ =
        past_.empty() || deflateSetDictionary(stream_.get(), as_bytes(past_), static_cast<uInt>(past_.size())) == Z_OK;
    std::string().swap(past_); // an assignment would keep its memory
    return sound_;
}

bool Deflater::rest() noexcept {
    if (stream_ == nullptr) return true;
    auto past = past_of(*stream_, deflateGetDictionary);
    if (!past) return false;
    past_ = std::move(*past);
    stream_.reset();
    return true;
}

std::optional<Buffer> Deflater::deflate(std::string_view message, bool keep_context) {
    // RFC 7692, 7.2.3.6. zlib has nothing to flush then, if it has flushed before.
    if (message.empty()) return Buffer::copy_of(std::string_view("\0", 1));
    if (!wake()) return std::nullopt;
    note_used();
    BufferBuilder made;
    std::array<char, chunk> piece;
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
    stream_->avail_in = static_cast<uInt>(message.size());
    do {
        stream_->next_out = reinterpret_cast<Bytef*>(piece.data());
        stream_->avail_out = static_cast<uInt>(piece.size());
        ::deflate(stream_.get(), Z_SYNC_FLUSH);
        sound_ = made.append({piece.data(), piece.size() - stream_->avail_out}, SIZE_MAX);
    } while (sound_ && stream_->avail_out == 0);
    if (!sound_) return std::nullopt;
    if (!keep_context) deflateReset(stream_.get());
    const std::size_t size = made.size();
    return made.take().slice(0, size - tail.size());
}

Inflater::Inflater(int window_bits, Resting* resting) noexcept : Restable(resting), window_bits_(window_bits) {}

bool Inflater::wake() {
    if (stream_ != nullptr || !sound_) return sound_;
    auto made = std::make_unique<z_stream>();
    sound_ = inflateInit2(made.get(), -window_bits_) == Z_OK;
    if (!sound_) return false;
    stream_.reset(made.release());
    sound_ =
        past_.empty() || inflateSetDictionary(stream_.get(), as_bytes(past_), static_cast<uInt>(past_.size())) == Z_OK;
    std::string().swap(past_); // an assignment would keep its memory
    return sound_;
}

bool Inflater::rest() noexcept {
    if (stream_ == nullptr) return true;
    // Between two blocks and at a byte's end, as zlib says it: only there has the window all that there is to know.
    constexpr int between_blocks = 128;
    if (within_ || (keeps_ && stream_->data_type != between_blocks)) return false;
    auto past = past_of(*stream_, inflateGetDictionary);
    if (!past) return false;
    past_ = std::move(*past);
    stream_.reset();
    return true;
}

Inflater::Outcome Inflater::add(std::string_view bytes, bool last, bool keep_context, BufferBuilder& into,
                                std::size_t limit) {
    if (!wake()) return Outcome::OutOfMemory;
    note_used();
    within_ = !last;
    keeps_ = keep_context;
    compressed_ += bytes.size();
    auto outcome = compressed_ > compressed_surplus && compressed_ - compressed_surplus > limit
                       ? Outcome::TooBig
                       : run(bytes, into, limit);
    if (outcome == Outcome::Good && last) outcome = run(tail, into, limit);
    if (last) compressed_ = final_blocks_ = 0;
    if (outcome != Outcome::Good)
        sound_ = false;
    else if (last && !keep_context)
        inflateReset(stream_.get());
    return outcome;
}

Inflater::Outcome Inflater::run(std::string_view bytes, BufferBuilder& into, std::size_t limit) {
    std::array<char, chunk> piece;
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_->avail_in = static_cast<uInt>(bytes.size());
    for (;;) {
        stream_->next_out = reinterpret_cast<Bytef*>(piece.data());
        stream_->avail_out = static_cast<uInt>(piece.size());
        const int status = ::inflate(stream_.get(), Z_SYNC_FLUSH);
        if (status == Z_MEM_ERROR) return Outcome::OutOfMemory;
        if (status != Z_OK && status != Z_BUF_ERROR && status != Z_STREAM_END) return Outcome::Corrupt;
        const std::size_t size = piece.size() - stream_->avail_out;
        if (size > limit || into.size() > limit - size) return Outcome::TooBig;
        if (!into.append({piece.data(), size}, limit)) return Outcome::OutOfMemory;
        if (status == Z_STREAM_END) {
            if (++final_blocks_ > free_final_blocks + into.size() / bytes_per_final_block) return Outcome::Corrupt;
            // A block that says it is the last (RFC 7692, 7.2.3.4) ends the stream and not the conversation: what
            // follows may still refer back, so the window stays.
            inflateResetKeep(stream_.get());
        }
        if (stream_->avail_in == 0 && stream_->avail_out > 0) return Outcome::Good;
        if (status == Z_BUF_ERROR && stream_->avail_out > 0) return Outcome::Good;
    }
}

} // namespace qi::ws
