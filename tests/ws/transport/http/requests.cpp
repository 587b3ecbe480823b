// Heads of requests: what passes, and what is refused.
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/upgrade.hpp"

#include <doctest/doctest.h>

#include <string>

namespace qi::ws::test {

TEST_CASE("request heads") {
    const std::string text = "GET /p%20q?a=1&b HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nX-Space:  v  \r\n\r\nrest";
    const auto parsed = parse_request(text);
    const auto& head = std::get<ParsedRequest>(parsed);
    CHECK(head.size == text.size() - 4);
    CHECK(head.request.target == "/p%20q?a=1&b");
    CHECK(head.request.path == "/p q");
    CHECK(head.request.query.size() == 2);
    CHECK(*head.request.header("x-empty") == "");
    CHECK(*head.request.header("x-space") == "v");
    CHECK(head.request.header("none") == nullptr);
    for (std::size_t i = 0; i < text.size() - 4; ++i)
        REQUIRE(std::holds_alternative<Incomplete>(parse_request(std::string_view(text).substr(0, i))));
    CHECK(
        std::get<ParsedRequest>(parse_request("GET http://proxy.example/x HTTP/1.1\r\nHost: h\r\n\r\n")).request.path ==
        "/x");
}

TEST_CASE("heads that are refused") {
    for (const std::string_view text : {"GET\r\n\r\n",
                                        "GET /\r\n\r\n",
                                        "GET / HTTP/2.0\r\n\r\n",
                                        "G@T / HTTP/1.1\r\n\r\n",
                                        "GET x HTTP/1.1\r\n\r\n",
                                        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                                        "GET / HTTP/1.1\r\n: x\r\n\r\n",
                                        "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
                                        "GET / HTTP/1.1\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a:8o\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n",
                                        "GET / HTTP/1.1\r\nHost: [x]\r\n\r\n",
                                        "\r\nGET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                                        "\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                        "GET / HTTP/1.1\r\nA : b\r\n\r\n",
                                        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
                                        "GET / HTTP/1.1\nA: b\r\n\r\n"}) {
        CAPTURE(text);
        const auto parsed = parse_request(text);
        REQUIRE(std::holds_alternative<BadRequest>(parsed));
        CHECK(std::get<BadRequest>(parsed).status == 400);
    }
    CHECK(std::get<BadRequest>(parse_request("GET /" + std::string(largest_request_head, 'x'))).status == 431);
    CHECK(std::holds_alternative<BadRequest>(parse_request(std::string("GET /\0 HTTP/1.1\r\n\r\n", 20))));
}

TEST_CASE("heads that pass") {
    const auto host_passes = [](std::string_view host) {
        return std::holds_alternative<ParsedRequest>(
            parse_request("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n"));
    };
    for (const char* host : {"", "h", "H.example.COM:80", "h:", "h:65535", "127.0.0.1:1", "[::1]", "[2001:DB8::1]:443",
                             "a_b.c~d!$&'()*+;=%20", "h."})
        CHECK(host_passes(host));
    CHECK(std::holds_alternative<ParsedRequest>(parse_request("GET / HTTP/1.0\r\n\r\n")));
    // Empty lines before it count for its size.
    const std::string text =
        "\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\nCookie: a=1\r\nX: 1\r\nCookie: b=2\r\ncookie: c=3\r\n\r\n";
    for (std::size_t i = 0; i < text.size(); ++i)
        REQUIRE(std::holds_alternative<Incomplete>(parse_request(std::string_view(text).substr(0, i))));
    const auto head = std::get<ParsedRequest>(parse_request(text));
    CHECK(head.size == text.size());
    CHECK(head.request.path == "/x");
    CHECK(*head.request.header("cookie") == "a=1; b=2; c=3");
    CHECK(head.request.headers.size() == 3);
    CHECK(std::get<BadRequest>(parse_request([] {
              std::string lines;
              while (lines.size() <= largest_request_head) lines += "\r\n";
              return lines;
          }()))
              .status == 431);
}

TEST_CASE("upgrades that are refused") {
    const std::string rest = "Upgrade: websocket\r\nConnection: Upgrade\r\n",
                      key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                      version = "Sec-WebSocket-Version: 13\r\n";
    const auto fault = [&](const std::string& headers, const char* method = "GET") {
        return upgrade_fault(std::get<ParsedRequest>(
            parse_request(std::string(method) + " / HTTP/1.1\r\nHost: h\r\n" + rest + headers + "\r\n")));
    };
    CHECK(fault(key + version) == std::nullopt);
    CHECK(fault(key + key + version) == 400);
    CHECK(fault(key + version + version) == 400);
    CHECK(fault(key + version + "Sec-WebSocket-Version: 8\r\n") == 400);
    CHECK(fault(version) == 400);
    for (const char* bad : {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25j!Q==", "dGhlIHNhbXBsZSBub25jZQA=",
                            "dGhlIHNhbXBsZSBub25jZQ==, x", "========================"})
        CHECK(fault("Sec-WebSocket-Key: " + std::string(bad) + "\r\n" + version) == 400);
    for (const char* bad : {"a b", "a;", "a; b=", "a; b=\"c", "a; =b", "a; b=c d", "a; b=\"c d\""})
        CHECK(fault(key + version + "Sec-WebSocket-Extensions: " + bad + "\r\n") == 400);
    for (const char* good : {"", "a", "a; b; c=\"d\", e", "permessage-deflate; client_max_window_bits"})
        CHECK(fault(key + version + "Sec-WebSocket-Extensions: " + good + "\r\n") == std::nullopt);
    CHECK(fault(key + version, "HEAD") == 405);
}

} // namespace qi::ws::test
