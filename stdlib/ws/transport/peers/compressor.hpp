// Compresses the messages of one connection, at the moment when they are written. The service thread.
#pragma once

#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/deflate.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace qi::ws {

class Compressor {
public:
    Compressor(const DeflateTerms& terms, const ConnectionOptions& options, LoopContext& context) noexcept
        : terms_(terms), threshold_(options.compression_threshold), memory_level_(options.compression_memory_level),
          context_(context) {}

    const DeflateTerms& terms() const noexcept { return terms_; }
    /// Whether a message of that size is to be compressed.
    bool takes(std::size_t size) const noexcept {
        return terms_.agreed && size >= threshold_ && size <= largest && size > 0;
    }
    /// nullopt: it goes as it is.
    std::optional<Buffer> compress(std::string_view message) {
        if (!takes(message.size())) return std::nullopt;
        if (!terms_.own_takeover) {
            // Each message stands alone, so one stream does for everybody.
            auto made = context_.deflater(terms_.own_window).deflate(message, false);
            if (made && made->size() >= message.size()) made.reset();
            return made;
        }
        if (deflater_ == nullptr)
            deflater_ = std::make_unique<Deflater>(terms_.own_window, memory_level_, &context_.resting);
        return deflater_->deflate(message, true);
    }

private:
    static constexpr std::size_t largest = 1u << 31; // zlib counts in 32 bits

    const DeflateTerms terms_;
    const std::uint64_t threshold_; // bytes; shorter ones go as they are
    const int memory_level_;
    LoopContext& context_;
    std::unique_ptr<Deflater> deflater_; // with context takeover, from the first compressed message on
};

} // namespace qi::ws
