// Fuzzes Sec-WebSocket-Extensions and inflating. The input's first line is the header of the other side; the rest are
// compressed messages: a byte with what to do, two of length, the bytes.
#include "fuzz/target.hpp"

#include "ws/transport/wire/deflate.hpp"
#include "ws/transport/wire/extensions.hpp"

using namespace qi;
using namespace qi::ws;
using namespace qi::fuzz;

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Choices choices(text_of(data, size));
    const std::string_view header = choices.line();
    const bool sound = parse_extensions(header).has_value();
    for (const Compression wanted : {Compression::Disabled, Compression::NoContext, Compression::ContextTakeover}) {
        const DeflateWish wish{wanted, 15 - static_cast<int>(size % 8)};
        require(parse_extensions(deflate_offer(wish)).has_value(), "an offer that isn't well-formed");
        const auto terms = read_deflate_answer(header, wish);
        require(sound || std::holds_alternative<const Message*>(terms), "terms from a header that isn't well-formed");
        if (const auto* agreed = std::get_if<DeflateTerms>(&terms))
            require(!agreed->agreed || (agreed->own_window >= 8 && agreed->own_window <= wish.window_bits &&
                                        wanted != Compression::Disabled),
                    "terms that nobody offered");
        const auto answer = answer_deflate_offers(header, wish);
        if (!answer) continue;
        require(sound && wanted != Compression::Disabled, "an answer to no offer");
        require(answer->terms.own_window >= 8 && answer->terms.own_window <= wish.window_bits,
                "a window that zlib doesn't know");
        require(parse_extensions("permessage-deflate" + (answer->parameters.empty() ? "" : "; " + answer->parameters))
                    .has_value(),
                "an answer that isn't well-formed");
    }

    // One of them rests after each message, which changes nothing.
    Inflater inflater, rested;
    BufferBuilder message, again;
    while (!choices.empty()) {
        const std::uint8_t what = choices.byte();
        const bool last = (what & 1) != 0, keep = (what & 2) != 0;
        const std::size_t limit = std::size_t{1} << ((what >> 2) % 24);
        const std::size_t length = choices.byte() * 256u + choices.byte();
        const std::string_view piece = choices.take(length);
        const Inflater::Outcome outcome = inflater.add(piece, last, keep, message, limit);
        require(rested.add(piece, last, keep, again, limit) == outcome && again.view() == message.view(),
                "another message after a rest");
        rested.rest();
        require(message.size() <= limit || outcome != Inflater::Outcome::Good, "more inflated than the limit");
        if (outcome != Inflater::Outcome::Good) return 0;
        if (!last) continue;
        // The same there and back.
        Deflater deflater(15);
        Inflater other;
        BufferBuilder copy;
        const auto compressed = deflater.deflate(message.view(), keep);
        require(compressed.has_value(), "memory to compress with");
        require(other.add(compressed->view(), true, keep, copy, message.size()) == Inflater::Outcome::Good &&
                    copy.view() == message.view(),
                "a message isn't what it was before it was compressed");
        message.clear();
        again.clear();
    }
    return 0;
}
