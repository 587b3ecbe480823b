// Fuzzes a server's answer to a client's handshake: the first byte chooses what was offered. However the bytes are cut,
// what comes of them is the same.
#include "fuzz/target.hpp"

#include "base/utf8.hpp"
#include "ws/transport/http/answer_reader.hpp"

using namespace qi;
using namespace qi::ws;
using namespace qi::fuzz;

namespace {

std::string outcome(std::string_view bytes, std::uint8_t what, std::size_t piece) {
    AnswerReader reader("dGhlIHNhbXBsZSBub25jZQ==",
                        (what & 1) != 0 ? std::vector<std::string>{"chat", "b"} : std::vector<std::string>{},
                        DeflateWish{(what & 2) != 0 ? Compression::ContextTakeover : Compression::Disabled});
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        auto now = reader.add(bytes.substr(at, piece));
        if (const auto* agreed = std::get_if<AnswerReader::Agreed>(&now)) {
            require(agreed->protocol.empty() || agreed->protocol == "chat" || agreed->protocol == "b",
                    "a protocol that nobody offered");
            require(!agreed->deflate.agreed || (what & 2) != 0, "a compression that nobody offered");
            return "agreed " + agreed->protocol + reader.take_rest() +
                   std::string(bytes.substr(std::min(bytes.size(), at + piece)));
        }
        if (const auto* refused = std::get_if<AnswerReader::Refused>(&now)) {
            std::string text = "refused " + std::to_string(refused->status.value_or(0));
            for (const Header& header : refused->headers) text += header.name + ":" + header.value + ";";
            return text + (refused->reason == nullptr ? "" : std::string(refused->reason->text()));
        }
    }
    return "more";
}

} // namespace

int LLVMFuzzerInitialize(int*, char***) {
    setenv("QI_LANG", "en", 1);
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Choices choices(text_of(data, size));
    const std::uint8_t what = choices.byte();
    const std::string_view bytes = choices.rest();
    require(bytes.empty() || outcome(bytes, what, bytes.size()) == outcome(bytes, what, 1 + what / 4 % 16),
            "what comes of an answer depends on how it is cut");
    return 0;
}
