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
        const auto terms = read_deflate_answer(header, wanted);
        require(sound || std::holds_alternative<const Message*>(terms), "terms from a header that isn't well-formed");
        if (const auto* agreed = std::get_if<DeflateTerms>(&terms))
            require(!agreed->agreed ||
                        (agreed->own_window >= 8 && agreed->own_window <= 15 && wanted != Compression::Disabled),
                    "terms that nobody offered");
        const auto answer = answer_deflate_offers(header, wanted);
        if (!answer) continue;
        require(sound && wanted != Compression::Disabled, "an answer to no offer");
        require(answer->terms.own_window >= 8 && answer->terms.own_window <= 15, "a window that zlib doesn't know");
        require(parse_extensions("permessage-deflate" + (answer->parameters.empty() ? "" : "; " + answer->parameters))
                    .has_value(),
                "an answer that isn't well-formed");
    }

    Inflater inflater;
    BufferBuilder message;
    while (!choices.empty()) {
        const std::uint8_t what = choices.byte();
        const bool last = (what & 1) != 0, keep = (what & 2) != 0;
        const std::size_t limit = std::size_t{1} << ((what >> 2) % 24);
        const std::size_t length = choices.byte() * 256u + choices.byte();
        const Inflater::Outcome outcome = inflater.add(choices.take(length), last, keep, message, limit);
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
    }
    return 0;
}
