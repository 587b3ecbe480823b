// Messages out of pieces, and the memory that they are in.
#include "ws/transport/wire/assembler.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

namespace qi::ws::test {

namespace {

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;

class PlainSource final : public BlockSource {
    Block* take(const std::shared_ptr<BlockSource>&, std::size_t capacity) noexcept override {
        return Block::create(capacity);
    }
    void give_back(Block* block) noexcept override { Block::destroy(block); }
};

} // namespace

TEST_CASE("the assembler") {
    BufferSlab slab;
    Assembler assembler(10);
    const auto whole = [&](std::string_view bytes, bool last, MessageType type = MessageType::Text) {
        auto outcome = assembler.add(bytes, last, type, slab);
        auto* message = std::get_if<Assembler::Whole>(&outcome);
        return message == nullptr ? std::string("-") : std::string(message->data.view());
    };
    CHECK(whole("0123456789", true) == "0123456789");
    CHECK(whole("", true) == "");
    CHECK(whole("a", false) == "-");
    CHECK(whole("", false) == "-");
    CHECK(whole("b", true) == "ab");
    CHECK(whole("", false) == "-");
    CHECK(whole("", true) == "");
    CHECK(std::get<Assembler::Fault>(assembler.add("01234567890", true, MessageType::Text, slab)) ==
          Assembler::Fault::TooBig);
    CHECK(whole("012345", false) == "-");
    CHECK(std::get<Assembler::Fault>(assembler.add("67890", false, MessageType::Text, slab)) ==
          Assembler::Fault::TooBig);
    CHECK(whole("\xe3\x81", false) == "-");
    CHECK(std::get<Assembler::Fault>(assembler.add("", true, MessageType::Text, slab)) == Assembler::Fault::NotUtf8);
    CHECK(whole("\xff", true, MessageType::Binary) == "\xff");
}

TEST_CASE("an unfinished compressed message holds what came in, not what comes of it") {
    BufferSlab slab;
    const std::string zeros(30 * MiB, 'z');
    const auto packed = Deflater(15).deflate(zeros, false);
    REQUIRE(packed);
    REQUIRE(packed->size() < 40 * KiB);
    Assembler assembler(32 * MiB);
    const std::string_view bytes = packed->view();
    std::size_t most = 0;
    for (std::size_t at = 0; at + 1 < bytes.size(); at += 5000) {
        auto outcome = assembler.add(bytes.substr(at, std::min<std::size_t>(5000, bytes.size() - 1 - at)), false,
                                     MessageType::Binary, slab, true);
        REQUIRE(std::holds_alternative<Assembler::More>(outcome));
        most = std::max(most, assembler.memory());
    }
    CHECK(most < MiB);
    auto outcome = assembler.add(bytes.substr(bytes.size() - 1), true, MessageType::Binary, slab, true);
    REQUIRE(std::holds_alternative<Assembler::Whole>(outcome));
    CHECK(std::get<Assembler::Whole>(outcome).data.view() == zeros);
    CHECK(assembler.memory() == 0);
}

TEST_CASE("compressed messages in pieces of any size are what they were") {
    BufferSlab slab;
    std::mt19937 random(7);
    Deflater deflater(15);
    Assembler assembler(8 * MiB);
    for (int round = 0; round < 60; ++round) {
        // From noise to one letter over and over, so that some is held back and some isn't.
        std::string text(random() % (round % 3 == 0 ? 3 * MiB : 50 * KiB), 'a');
        const unsigned letters = 1u << (random() % 8);
        for (char& c : text) c = static_cast<char>('a' + random() % letters % 26);
        const auto packed = deflater.deflate(text, true);
        REQUIRE(packed);
        std::string_view bytes = packed->view();
        const std::size_t step = 1 + random() % (20 * KiB);
        for (; bytes.size() > step; bytes.remove_prefix(step))
            REQUIRE(std::holds_alternative<Assembler::More>(
                assembler.add(bytes.substr(0, step), false, MessageType::Text, slab, true)));
        auto outcome = assembler.add(bytes, true, MessageType::Text, slab, true);
        REQUIRE(std::holds_alternative<Assembler::Whole>(outcome));
        REQUIRE(std::get<Assembler::Whole>(outcome).data.view() == text);
    }
}

TEST_CASE("what is held back of a compressed message is bounded, too") {
    BufferSlab slab;
    const auto packed = Deflater(15).deflate(std::string(200 * MiB, 'z'), false);
    REQUIRE(packed);
    Assembler assembler(KiB); // nothing of it is inflated beyond that
    bool refused = false;
    for (std::size_t at = 0; at < packed->size() && !refused; at += 1000) {
        const auto outcome = assembler.add(packed->view().substr(at, 1000), false, MessageType::Binary, slab, true);
        refused = std::holds_alternative<Assembler::Fault>(outcome);
        CHECK(assembler.memory() < 256 * KiB);
    }
    CHECK(refused);
}

TEST_CASE("buffers share and outlive") {
    Buffer kept;
    {
        BufferSlab slab;
        const Buffer first = slab.copy("first");
        kept = slab.copy("second");
        CHECK(first.view() == "first");
        CHECK(first.retained() == kept.retained());
    }
    CHECK(kept.view() == "second");
    const Buffer slice = kept.slice(1, 3);
    kept = {};
    CHECK(slice.view() == "eco");
    BufferBuilder builder;
    CHECK(builder.append(std::string(5000, 'x'), 10000));
    CHECK_FALSE(builder.append(std::string(5001, 'x'), 10000));
    CHECK(builder.append(std::string(5000, 'y'), 10000));
    const Buffer whole = builder.take();
    CHECK(whole.size() == 10000);
    CHECK(whole.retained() == 10000);
    CHECK(builder.size() == 0);
}

TEST_CASE("what a text comes to is counted while it is checked") {
    BufferSlab slab;
    Assembler assembler(MiB);
    const auto code_points = [&](std::string_view bytes, bool last) {
        auto outcome = assembler.add(bytes, last, MessageType::Text, slab);
        const auto* message = std::get_if<Assembler::Whole>(&outcome);
        return message == nullptr ? std::size_t{0} : message->code_points;
    };
    CHECK(code_points("日本a", true) == 3);
    CHECK(code_points("", true) == 0);
    code_points("a\xe6", false);
    code_points("\x97", false);
    CHECK(code_points("\xa5"
                      "b",
                      true) == 3);
    CHECK(code_points(std::string(1000, 'x') + "é" + std::string(63, 'y'), true) == 1064);
    std::mt19937_64 random(5);
    for (int i = 0; i < 200; ++i) {
        std::string text;
        for (auto n = random() % 300; n > 0; --n) text += random() % 20 == 0 ? "語" : random() % 20 == 0 ? "😀" : "z";
        CHECK(code_points(text, true) == utf8::count(text));
        // One byte that is wrong is found wherever it stands.
        std::string wrong = text + "z";
        wrong[random() % wrong.size()] = '\xff';
        CHECK(utf8::check(wrong).bytes <= wrong.find('\xff'));
        CHECK(utf8::check(wrong).bytes + 4 > wrong.find('\xff'));
        CHECK_FALSE(utf8::valid(wrong));
    }
}

TEST_CASE("a length that is announced is believed in steps, and what is put into the room isn't copied") {
    const std::shared_ptr<BlockSource> pool = std::make_shared<PlainSource>();
    BufferSlab slab;
    Assembler assembler(64 * MiB);
    const auto put = [&](std::span<char> room, std::size_t size, bool last) {
        std::fill_n(room.data(), size, 'r');
        return assembler.add({room.data(), size}, last, MessageType::Binary, slab);
    };
    const std::span<char> first = assembler.room(20 * MiB, pool);
    CHECK(first.size() >= 128 * KiB);
    CHECK(first.size() <= 512 * KiB);
    const std::size_t step = first.size();
    put(first, 10 * KiB, false);
    // The same room as before, as long as there is some.
    CHECK(assembler.room(20 * MiB - 10 * KiB, pool).data() == first.data() + 10 * KiB);
    put(assembler.room(20 * MiB - 10 * KiB, pool), step - 10 * KiB, false);
    const std::span<char> second = assembler.room(20 * MiB - step, pool);
    CHECK(second.size() > 2 * MiB);
    CHECK(second.size() < 8 * MiB);
    put(second, second.size(), false);
    const std::size_t left = 20 * MiB - step - second.size();
    const std::span<char> third = assembler.room(left, pool);
    CHECK(third.size() == left); // and no more than that
    auto outcome = put(third, left, true);
    const auto* whole = std::get_if<Assembler::Whole>(&outcome);
    REQUIRE(whole != nullptr);
    CHECK(whole->data.size() == 20 * MiB);
    CHECK(whole->data.data() + whole->data.size() == third.data() + left);
    CHECK(whole->data.view().find_first_not_of('r') == std::string_view::npos);
    // Beyond the limit there is none.
    CHECK(assembler.room(65 * MiB, pool).empty());
}

TEST_CASE("bytes that are lent are neither copied nor kept longer than the last window onto them") {
    auto text = std::make_shared<const std::string>(10000, 't');
    Buffer buffer = Buffer::onto(*text, text);
    CHECK(buffer.data() == text->data());
    CHECK(text.use_count() == 2);
    Buffer part = buffer.slice(1, 5);
    buffer = {};
    CHECK(text.use_count() == 2);
    part = {};
    CHECK(text.use_count() == 1);
}

} // namespace qi::ws::test
