// Compression: RFC 7692.
#include "ws/transport/wire/deflate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
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
                                              DeflateWish{Compression::ContextTakeover});
    REQUIRE(answer);
    CHECK_FALSE(answer->terms.own_takeover);
    CHECK(answer->terms.peer_takeover);
    CHECK(answer->terms.compression() == Compression::NoContext);
    CHECK_FALSE(answer_deflate_offers("permessage-deflate; unknown=1", DeflateWish{Compression::ContextTakeover}));
    CHECK_FALSE(answer_deflate_offers("permessage-deflate", DeflateWish{}));
    CHECK(answer_deflate_offers("permessage-deflate; server_max_window_bits=8x, permessage-deflate",
                                DeflateWish{Compression::ContextTakeover}));
    CHECK(std::holds_alternative<DeflateTerms>(
        read_deflate_answer("permessage-deflate", DeflateWish{Compression::ContextTakeover})));
    CHECK(std::holds_alternative<const Message*>(
        read_deflate_answer("permessage-deflate; surprise", DeflateWish{Compression::ContextTakeover})));
    CHECK(std::holds_alternative<const Message*>(read_deflate_answer("permessage-deflate", DeflateWish{})));
}

namespace {

/// Text that repeats what came before, from near and from far, and bytes that don't.
std::string any_message(std::mt19937& random, const std::string& before) {
    std::string text;
    const std::size_t size = random() % 4 == 0 ? random() % 40'000 : random() % 2'000;
    while (text.size() < size) {
        if (random() % 3 == 0 || before.empty()) {
            for (std::size_t n = random() % 60; n > 0; --n) text += static_cast<char>(random());
        } else {
            const std::size_t from = random() % before.size(); // before the other: their order is the test's
            text += before.substr(from, random() % 300);
        }
    }
    return text;
}

DeflateTerms terms_of(std::string_view header, const DeflateWish& wish) {
    const auto terms = read_deflate_answer(header, wish);
    REQUIRE(std::holds_alternative<DeflateTerms>(terms));
    return std::get<DeflateTerms>(terms);
}

} // namespace

TEST_CASE("streams that rest in the middle of a conversation go on as if they hadn't") {
    std::mt19937 random(7);
    for (int bits = 8; bits <= 15; ++bits)
        for (const int level : {1, 7, 9})
            for (const bool keep : {true, false}) {
                CAPTURE(bits);
                CAPTURE(level);
                CAPTURE(keep);
                Deflater awake(bits, level), resting(bits, level);
                Inflater plain(bits), dozing(bits);
                std::string before;
                for (int n = 0; n < 12; ++n) {
                    const std::string text = n % 5 == 3 ? std::string{} : any_message(random, before);
                    before = (before + text).substr(before.size() + text.size() < 70'000 ? 0 : text.size());
                    const auto packed = awake.deflate(text, keep);
                    const auto same = resting.deflate(text, keep);
                    REQUIRE(packed);
                    REQUIRE(same);
                    // Nearly always the same bytes. What zlib finds at the window's far end may differ.
                    CHECK(same->size() <= packed->size() + packed->size() / 10 + 16);
                    CHECK((inflated(plain, packed->view(), keep) == text));
                    // In two pieces, between which nothing rests.
                    BufferBuilder into;
                    const std::size_t half = random() % (same->size() + 1);
                    REQUIRE(dozing.add(same->view().substr(0, half), false, keep, into, 1'000'000) ==
                            Inflater::Outcome::Good);
                    CHECK_FALSE(dozing.rest());
                    REQUIRE(dozing.add(same->view().substr(half), true, keep, into, 1'000'000) ==
                            Inflater::Outcome::Good);
                    CHECK((into.view() == text));
                    if (random() % 3 == 0) continue;
                    CHECK(resting.rest());
                    CHECK(dozing.rest());
                    // 8 bits are 9 to what compresses, which refers back half as far.
                    CHECK(resting.kept() <= (keep ? std::size_t{1} << std::max(bits, 9) : 0));
                    CHECK(dozing.kept() <= (keep ? std::size_t{1} << bits : 0));
                }
            }
}

TEST_CASE("no message refers back further than its window") {
    std::mt19937 random(11);
    for (int bits = 8; bits <= 15; ++bits) {
        CAPTURE(bits);
        Deflater deflater(bits);
        Inflater inflater(bits);
        std::string before;
        for (int n = 0; n < 30; ++n) {
            const std::string text = any_message(random, before);
            before = text;
            const auto packed = deflater.deflate(text, true);
            REQUIRE(packed);
            CHECK((inflated(inflater, packed->view(), true) == text));
        }
    }
    // And what does is refused.
    std::string text;
    for (unsigned n = 0; n < 4'000; ++n) text += static_cast<char>(random());
    Deflater far(15);
    const auto first = far.deflate(text, true), second = far.deflate(text.substr(0, 100), true);
    REQUIRE((first && second));
    Inflater wide(12), narrow(11);
    CHECK((inflated(wide, first->view(), true) == text));
    CHECK((inflated(wide, second->view(), true) == text.substr(0, 100)));
    CHECK((inflated(narrow, first->view(), true) == text));
    CHECK(inflated(narrow, second->view(), true) == "not good");
}

TEST_CASE("a stream rests that isn't used for a round; one in the middle of a message is asked again") {
    Resting resting;
    auto deflater = std::make_unique<Deflater>(13, 7, &resting);
    Inflater inflater(13, &resting);
    const std::string text(100, 'x');
    const auto packed = deflater->deflate(text, true);
    REQUIRE(packed);
    BufferBuilder into;
    REQUIRE(inflater.add(packed->view(), false, true, into, 1000) == Inflater::Outcome::Good);
    CHECK(resting.end_round() == 0);
    REQUIRE(deflater->deflate(text, true));
    CHECK(resting.end_round() == 0);
    CHECK(resting.end_round() == 1);
    CHECK(deflater->kept() == 200);
    CHECK(inflater.kept() == 0);
    REQUIRE(inflater.add({}, true, true, into, 1000) == Inflater::Outcome::Good);
    CHECK_FALSE(resting.empty());
    CHECK(resting.end_round() == 0);
    CHECK(resting.end_round() == 1);
    CHECK(inflater.kept() == 100);
    CHECK(resting.empty());
    REQUIRE(deflater->deflate(text, true));
    CHECK_FALSE(resting.empty());
    deflater.reset();
    CHECK(resting.empty());
}

TEST_CASE("windows are agreed on: RFC 7692, 7.1.2") {
    const DeflateWish small{Compression::ContextTakeover, 11}, large{Compression::ContextTakeover, 15};
    // As a client.
    CHECK(deflate_offer(large) == "permessage-deflate; client_max_window_bits");
    CHECK(deflate_offer(small) == "permessage-deflate; server_max_window_bits=11; client_max_window_bits=11, "
                                  "permessage-deflate; client_max_window_bits=11");
    CHECK(deflate_offer({Compression::NoContext, 9}) ==
          "permessage-deflate; client_no_context_takeover; server_no_context_takeover; server_max_window_bits=9; "
          "client_max_window_bits=9, permessage-deflate; client_no_context_takeover; server_no_context_takeover; "
          "client_max_window_bits=9");
    const DeflateTerms narrower =
        terms_of("permessage-deflate; server_max_window_bits=10; client_max_window_bits=9", small);
    CHECK(narrower.own_window == 9);
    CHECK(narrower.peer_window == 10);
    const DeflateTerms silent = terms_of("permessage-deflate", small);
    CHECK(silent.own_window == 11);
    CHECK(silent.peer_window == 15);
    CHECK(terms_of("permessage-deflate; client_max_window_bits=14", small).own_window == 11);
    // As a server: what is offered, what is answered, and the windows.
    struct Case {
        const char *offer, *parameters;
        int own, peer;
    };
    for (const Case& c : {Case{"", "", 11, 15}, Case{"; client_max_window_bits", "client_max_window_bits=11", 11, 11},
                          Case{"; client_max_window_bits=9", "", 11, 9},
                          Case{"; client_max_window_bits=12", "client_max_window_bits=11", 11, 11},
                          Case{"; server_max_window_bits=8", "server_max_window_bits=8", 8, 15},
                          Case{"; server_max_window_bits=15", "server_max_window_bits=11", 11, 15},
                          Case{"; client_max_window_bits; server_max_window_bits=10",
                               "server_max_window_bits=10; client_max_window_bits=11", 10, 11}}) {
        CAPTURE(c.offer);
        const auto answer = answer_deflate_offers(std::string("permessage-deflate") + c.offer, small);
        REQUIRE(answer);
        CHECK(answer->parameters == c.parameters);
        CHECK(answer->terms.own_window == c.own);
        CHECK(answer->terms.peer_window == c.peer);
    }
    const auto unlimited = answer_deflate_offers("permessage-deflate; client_max_window_bits", large);
    REQUIRE(unlimited);
    CHECK(unlimited->parameters.empty());
}

} // namespace qi::ws::test
