// Compression: RFC 7692.
#include "ws/transport/wire/deflate.hpp"

#include <doctest/doctest.h>

#include <string>

namespace qi::ws::test {

namespace {

std::string inflated(Inflater& inflater, std::string_view bytes, bool keep) {
    BufferBuilder into;
    if (inflater.add(bytes, true, keep, into, 1'000'000) != Inflater::Outcome::Good) return "not good";
    return std::string(into.view());
}

} // namespace

TEST_CASE("what is deflated inflates to itself, with and without context") {
    for (const int bits : {9, 12, 15})
        for (const bool keep : {true, false}) {
            CAPTURE(bits);
            CAPTURE(keep);
            Deflater deflater(bits);
            Inflater inflater;
            std::size_t first = 0;
            for (int n = 0; n < 3; ++n) {
                const std::string text = "the same words again and again, a hundred of them " + std::to_string(n / 3);
                const auto packed = deflater.deflate(text, keep);
                REQUIRE(packed);
                CHECK(inflated(inflater, packed->view(), keep) == text);
                if (n == 0) first = packed->size();
                if (n == 1) CHECK((packed->size() < first / 2) == keep);
            }
        }
}

TEST_CASE("inflating stops at the limit, and at garbage") {
    const auto bomb = Deflater(15).deflate(std::string(1'000'000, 'x'), false);
    REQUIRE(bomb);
    CHECK(bomb->size() < 2000);
    BufferBuilder into;
    CHECK(Inflater().add(bomb->view(), true, false, into, 999'999) == Inflater::Outcome::TooBig);
    BufferBuilder other;
    CHECK(Inflater().add("\xff\xff\xff\xff garbage", true, false, other, 1000) == Inflater::Outcome::Corrupt);
}

TEST_CASE("final blocks end the stream and not the conversation") {
    std::string text;
    for (unsigned n = 0; n < 20'000; ++n) text += static_cast<char>(n * 2654435761u >> 24);
    const auto packed = Deflater(15).deflate(text, true);
    REQUIRE(packed);
    // The end of the flush, an empty final block of fixed codes, the start of the empty block that every message ends
    // with.
    const std::string final_block("\0\0\xff\xff"
                                  "\x03\0"
                                  "\0",
                                  7);
    Inflater inflater;
    CHECK(inflated(inflater, std::string(packed->view()) + final_block, true) == text);
    // What comes later refers back across it: 9 bytes, from 20,000 bytes ago.
    Deflater second(15);
    REQUIRE(second.deflate(text, true));
    const auto repeated = second.deflate(text.substr(0, 9), true);
    REQUIRE(repeated);
    CHECK(inflated(inflater, repeated->view(), true) == text.substr(0, 9));
}

TEST_CASE("what a compressed message costs is bounded by what comes of it") {
    BufferBuilder into;
    std::string blocks;
    SUBCASE("final blocks with nothing in them") {
        for (int n = 0; n < 1000; ++n) blocks += std::string("\x03\0", 2);
        CHECK(Inflater().add(blocks, false, true, into, 1'000'000) == Inflater::Outcome::Corrupt);
    }
    SUBCASE("blocks with nothing in them") {
        for (int n = 0; n < 20'000; ++n) blocks += std::string("\0\0\0\xff\xff", 5);
        CHECK(Inflater().add(blocks, false, true, into, 1'000) == Inflater::Outcome::TooBig);
        // Across pieces, too; and each message is counted for itself.
        Inflater inflater;
        const std::string half = blocks.substr(0, 50'000);
        CHECK(inflater.add(half + '\0', true, true, into, 1'000) == Inflater::Outcome::Good);
        CHECK(inflater.add(half, false, true, into, 1'000) == Inflater::Outcome::Good);
        CHECK(inflater.add(half, false, true, into, 1'000) == Inflater::Outcome::TooBig);
    }
    CHECK(into.size() == 0);
}

TEST_CASE("offers of compression and their answers") {
    const auto answer = answer_deflate_offers("permessage-deflate; server_no_context_takeover; client_max_window_bits",
                                              Compression::ContextTakeover);
    REQUIRE(answer);
    CHECK_FALSE(answer->terms.own_takeover);
    CHECK(answer->terms.peer_takeover);
    CHECK(answer->terms.compression() == Compression::NoContext);
    CHECK_FALSE(answer_deflate_offers("permessage-deflate; unknown=1", Compression::ContextTakeover));
    CHECK_FALSE(answer_deflate_offers("permessage-deflate", Compression::Disabled));
    CHECK(answer_deflate_offers("permessage-deflate; server_max_window_bits=8x, permessage-deflate",
                                Compression::ContextTakeover));
    CHECK(
        std::holds_alternative<DeflateTerms>(read_deflate_answer("permessage-deflate", Compression::ContextTakeover)));
    CHECK(std::holds_alternative<const Message*>(
        read_deflate_answer("permessage-deflate; surprise", Compression::ContextTakeover)));
    CHECK(std::holds_alternative<const Message*>(read_deflate_answer("permessage-deflate", Compression::Disabled)));
}

} // namespace qi::ws::test
