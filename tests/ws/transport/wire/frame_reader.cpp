// Frames that come in, byte by byte: RFC 6455, 5.
#include "ws/transport/wire/frame_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace qi::ws::test {

namespace {

/// Writes down what it is told.
struct Scribe final : FrameUser {
    void on_frame(std::uint64_t payload, bool compressed) noexcept override {
        log += "frame " + std::to_string(payload) + (compressed ? " compressed\n" : "\n");
    }
    void on_data(std::string_view bytes, bool last, MessageType type, bool) noexcept override {
        message += bytes;
        if (last) log += (type == MessageType::Text ? "text " : "binary ") + std::exchange(message, {}) + "\n";
        if (last && reader != nullptr) reader->hold(true);
    }
    void on_ping(std::string_view payload) noexcept override { log += "ping " + std::string(payload) + "\n"; }
    void on_pong(std::string_view payload) noexcept override { log += "pong " + std::string(payload) + "\n"; }
    void on_peer_close(std::string_view payload) noexcept override {
        log += "close " + std::to_string(payload.size()) + "\n";
    }
    void on_violation() noexcept override { log += "violation\n"; }
    std::string log;
    std::string message;
    FrameReader* reader = nullptr; // to be held after each message
};

std::string bytes_of(std::initializer_list<int> bytes) {
    std::string text;
    for (const int byte : bytes) text += static_cast<char>(byte);
    return text;
}

std::string read_all(std::string bytes, Role role = Role::Client, bool compression = false,
                     std::size_t step = 1 << 20) {
    FrameReader reader(role, compression);
    Scribe scribe;
    for (std::size_t at = 0; at < bytes.size() && !reader.is_over(); at += step)
        reader.read(bytes.data() + at, std::min(step, bytes.size() - at), scribe);
    return scribe.log;
}

} // namespace

TEST_CASE("frames in any pieces are the same frames") {
    const std::string bytes = bytes_of({0x01, 0x85, 1, 2, 3, 4, 'h' ^ 1, 'e' ^ 2, 'l' ^ 3, 'l' ^ 4, 'o' ^ 1}) +
                              bytes_of({0x89, 0x82, 9, 8, 7, 6, 'h' ^ 9, 'i' ^ 8}) +
                              bytes_of({0x80, 0x80, 0, 0, 0, 0}) + bytes_of({0x82, 0xFE, 0, 126, 0, 0, 0, 0}) +
                              std::string(126, 'b') + bytes_of({0x8A, 0x80, 0, 0, 0, 0}) +
                              bytes_of({0x88, 0x82, 0, 0, 0, 0, 3, 0xE8}) + "not looked at";
    const std::string seen =
        "frame 5\nping hi\nframe 0\ntext hello\nframe 126\nbinary " + std::string(126, 'b') + "\npong \nclose 2\n";
    for (const std::size_t step : {1, 2, 3, 5, 7, 11, 64, 1000}) {
        CAPTURE(step);
        CHECK(read_all(bytes, Role::Server, false, step) == seen);
    }
}

TEST_CASE("what frames may not be") {
    const auto broken = [](std::initializer_list<int> bytes, Role role = Role::Client, bool compression = false) {
        const std::string seen = read_all(bytes_of(bytes), role, compression);
        return seen.ends_with("violation\n") && seen.find("frame") == std::string::npos;
    };
    for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) CHECK(broken({0x80 | opcode}));
    for (const int rsv : {0x40, 0x20, 0x10, 0x70}) {
        for (const int opcode : {1, 2, 8, 9, 10}) CHECK(broken({0x80 | rsv | opcode}));
        for (const int opcode : {8, 9, 10}) CHECK(broken({0x80 | rsv | opcode}, Role::Client, true));
    }
    CHECK(broken({0xA1}, Role::Client, true));
    CHECK(broken({0x09}));                     // a ping in pieces
    CHECK(broken({0x89, 126}));                // a ping that is too long
    CHECK(broken({0x80}));                     // a continuation of nothing
    CHECK(broken({0x81, 0x81}));               // masked by a server
    CHECK(broken({0x81, 0x01}, Role::Server)); // not masked by a client
    CHECK(broken({0x82, 126, 0, 125}));        // lengths in more bytes than needed
    CHECK(broken({0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}));
    CHECK(broken({0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0}));
    CHECK(read_all(bytes_of({0x01, 1, 'x', 0x81, 1, 'y'})) == "frame 1\nviolation\n"); // a message in a message
    CHECK(read_all(bytes_of({0x41, 1, 'x', 0xC0}), Role::Client, true) ==
          "frame 1 compressed\nviolation\n"); // RSV1 on a continuation
}

TEST_CASE("what frames may just be") {
    CHECK(read_all(bytes_of({0x82, 126, 0, 126})) == "frame 126\n");
    CHECK(read_all(bytes_of({0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0})) == "frame 65536\n");
    CHECK(read_all(bytes_of({0x82, 127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})) ==
          "frame 9223372036854775807\n");
    CHECK(read_all(bytes_of({0xC1, 0}), Role::Client, true) == "frame 0 compressed\ntext \n");
    CHECK(read_all(bytes_of({0x89, 125}) + std::string(125, 'p')) == "ping " + std::string(125, 'p') + "\n");
}

TEST_CASE("a reader that is held leaves the rest") {
    std::string bytes = bytes_of({0x81, 1, 'a', 0x81, 1, 'b', 0x89, 0});
    FrameReader reader(Role::Client, false);
    Scribe scribe;
    scribe.reader = &reader;
    std::size_t taken = reader.read(bytes.data(), bytes.size(), scribe);
    CHECK(taken == 3);
    CHECK(reader.read(bytes.data() + taken, bytes.size() - taken, scribe) == 0);
    reader.hold(false);
    taken += reader.read(bytes.data() + taken, bytes.size() - taken, scribe);
    CHECK(taken == 6);
    reader.hold(false);
    CHECK(reader.read(bytes.data() + taken, bytes.size() - taken, scribe) == 2);
    CHECK(scribe.log == "frame 1\ntext a\nframe 1\ntext b\nping \n");
}

} // namespace qi::ws::test
