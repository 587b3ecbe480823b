// What comes in, byte by byte: frames (RFC 6455, 5) and a server's answer to the handshake.
#include "ws/transport/http/answer_reader.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/wire/frame_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

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

constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==", accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; // RFC 6455, 1.3

std::string answer_with(std::string_view lines, std::string_view status = "101 Switching Protocols") {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(lines) + "\r\n";
}

const std::string upgrade_lines = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
const std::string good_lines = upgrade_lines + "Sec-WebSocket-Accept: " + std::string(accept) + "\r\n";

/// "protocol", "status" or the reason, whichever ends it; "more".
std::string judged(std::string_view bytes, std::size_t step = 1 << 20) {
    AnswerReader reader(key, {"chat", "v2"}, Compression::Disabled);
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        const auto outcome = reader.add(bytes.substr(at, step));
        if (const auto* agreed = std::get_if<AnswerReader::Agreed>(&outcome)) return "agreed " + agreed->protocol;
        if (const auto* refused = std::get_if<AnswerReader::Refused>(&outcome))
            return refused->reason != nullptr ? std::string(refused->reason->text())
                                              : "status " + std::to_string(refused->status.value_or(0));
    }
    return "more";
}

std::string text_of(const Message& message) { return std::string(message.text()); }

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

TEST_CASE("an answer in any pieces, and what comes behind it") {
    CHECK(accept_for(key) == accept);
    for (const std::size_t step : {1, 2, 3, 7, 1000}) {
        CAPTURE(step);
        CHECK(judged(answer_with(good_lines), step) == "agreed ");
        CHECK(judged(answer_with("", "100 Continue") + answer_with("Link: </a>\r\n", "103 Early Hints") +
                         answer_with(good_lines),
                     step) == "agreed ");
        CHECK(judged(answer_with("X: short\r\nUser: too\r\n", "403 No"), step) == "status 403");
    }
    AnswerReader reader(key, {}, Compression::Disabled);
    CHECK(std::holds_alternative<AnswerReader::Agreed>(reader.add(answer_with(good_lines) + "\x81\x02hi")));
    CHECK(reader.take_rest() == "\x81\x02hi");
}

TEST_CASE("all headers of a refusal, in order") {
    AnswerReader reader(key, {}, Compression::Disabled);
    const auto outcome = reader.add(answer_with("X-One:  1 \r\nretry-after:\t5\r\nX-One: 2\r\n", "503 Later"));
    const auto* refused = std::get_if<AnswerReader::Refused>(&outcome);
    REQUIRE(refused != nullptr);
    CHECK(refused->status == 503);
    std::string seen;
    for (const Header& header : refused->headers) seen += header.name + "=" + header.value + ";";
    CHECK(seen == "x-one=1;retry-after=5;x-one=2;");
}

TEST_CASE("blanks around a value are no part of it") {
    CHECK(judged(answer_with("Upgrade: \t WebSocket\t\r\nConnection: keep-alive,\tupgrade \r\nSec-WebSocket-Accept:" +
                             std::string(accept) + " \t\r\nSec-WebSocket-Protocol: \tv2 \r\n")) == "agreed v2");
}

TEST_CASE("what an answer may not be") {
    using namespace message;
    CHECK(judged("SSH-2.0-OpenSSH_9.2") == text_of(not_http));
    CHECK(judged("HTTP/1.1x") == text_of(not_http));
    CHECK(judged("HTTP/1.1 abc") == text_of(not_http));
    CHECK(judged("HTTP/2") == text_of(not_http));
    CHECK(judged("\r\n") == text_of(not_http));
    CHECK(judged("HTTP/1.1 200 OK\n") == text_of(not_http));
    CHECK(judged("HTTP/1.1 1") == "more");
    CHECK(judged("HTTP/1.1 101 X\r\nUpgrade: websocket\r\n folded\r\n") == text_of(header_line));
    CHECK(judged("HTTP/1.1 101 X\r\nno colon\r\n") == text_of(header_line));
    CHECK(judged("HTTP/1.1 101 X\r\nUpgrade : websocket\r\n") == text_of(header_line));
    CHECK(judged("HTTP/1.1 101 X\r\nX: a\nb") == text_of(header_line));
    CHECK(judged("HTTP/1.1 101 X\r\nX: " + std::string(largest_answer_head, 'x')) == text_of(answer_too_long));
    std::string interim;
    while (interim.size() <= largest_answer_head) interim += answer_with("", "102 Processing");
    CHECK(judged(interim) == text_of(answer_too_long));
    CHECK(judged(answer_with("")) == text_of(upgrade_missing));
    CHECK(judged(answer_with("Upgrade: websocket\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")) ==
          text_of(upgrade_missing));
    CHECK(judged(answer_with("Upgrade: websocket\r\nConnection: close\r\n")) == text_of(upgrade_missing));
    CHECK(judged(answer_with(upgrade_lines)) == text_of(accept_missing));
    CHECK(judged(answer_with(upgrade_lines + "Sec-WebSocket-Accept: AAAA\r\n")) == text_of(accept_key));
    CHECK(judged(answer_with(good_lines + "Sec-WebSocket-Accept: " + std::string(accept) + "\r\n")) ==
          text_of(accept_key));
    CHECK(judged(answer_with(good_lines + "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Protocol: chat\r\n")) ==
          text_of(protocol_answered_twice));
    CHECK(judged(answer_with(good_lines + "Sec-WebSocket-Protocol:\r\n")) == text_of(protocol_not_offered));
    CHECK(judged(answer_with(good_lines + "Sec-WebSocket-Protocol: Chat\r\n")) == text_of(protocol_not_offered));
    CHECK(judged(answer_with(good_lines + "Sec-WebSocket-Protocol: chat, v2\r\n")) == text_of(protocol_not_offered));
    CHECK(judged(answer_with(good_lines + "Sec-WebSocket-Extensions: x\r\n")) == text_of(extension_not_offered));
}

} // namespace qi::ws::test
