// A server's answer to the handshake, byte by byte.
#include "ws/transport/http/answer_reader.hpp"
#include "ws/transport/messages.hpp"

#include <doctest/doctest.h>

#include <string>

namespace qi::ws::test {

namespace {

constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==", accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; // RFC 6455, 1.3

std::string answer_with(std::string_view lines, std::string_view status = "101 Switching Protocols") {
    return "HTTP/1.1 " + std::string(status) + "\r\n" + std::string(lines) + "\r\n";
}

const std::string upgrade_lines = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
const std::string good_lines = upgrade_lines + "Sec-WebSocket-Accept: " + std::string(accept) + "\r\n";

/// "protocol", "status" or the reason, whichever ends it; "more".
std::string judged(std::string_view bytes, std::size_t step = 1 << 20) {
    AnswerReader reader(key, {"chat", "v2"}, DeflateWish{});
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
    AnswerReader reader(key, {}, DeflateWish{});
    CHECK(std::holds_alternative<AnswerReader::Agreed>(reader.add(answer_with(good_lines) + "\x81\x02hi")));
    CHECK(reader.take_rest() == "\x81\x02hi");
}

TEST_CASE("all headers of a refusal, in order") {
    AnswerReader reader(key, {}, DeflateWish{});
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
