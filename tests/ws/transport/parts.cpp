// What decides, without a socket: frames, masks, URLs, heads, limits.
#include "ws/transport/exchange/queue.hpp"
#include "ws/transport/exchange/registry.hpp"
#include "ws/transport/http/glob.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/peers/connection.hpp"
#include "ws/transport/wire/assembler.hpp"
#include "ws/transport/wire/close_code.hpp"
#include "ws/transport/wire/frame.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>

namespace qi::ws::test {

// Frames.

TEST_CASE("headers as RFC 6455 draws them") {
    const auto header = [](std::uint64_t size, bool final = true) {
        char bytes[largest_header];
        FrameHeader drawn;
        drawn.payload = size;
        drawn.final = final;
        return std::string(bytes, write_header(bytes, drawn));
    };
    CHECK(header(5) == "\x81\x05");
    CHECK(header(5, false) == "\x01\x05");
    CHECK(header(125) == "\x81\x7d");
    CHECK(header(126) == std::string("\x81\x7e\0\x7e", 4));
    CHECK(header(65535) == "\x81\x7e\xff\xff");
    CHECK(header(65536) == std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10));
    for (const std::uint64_t size : {0u, 125u, 126u, 65535u, 65536u})
        CHECK(header_size(size, false) == header(size).size());
}

TEST_CASE("the masked hello of RFC 6455, 5.7") {
    char bytes[32];
    FrameHeader header;
    header.payload = 5;
    header.mask = MaskKey{0x37, 0xfa, 0x21, 0x3d};
    const std::size_t size = write_frame(bytes, header, "Hello");
    CHECK(std::string(bytes, size) == "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("masking by words is masking by bytes, wherever it starts") {
    std::string text(100, '\0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7);
    const MaskKey key{1, 0x80, 0xff, 0x42};
    for (std::size_t offset = 0; offset < 9; ++offset) {
        for (std::size_t size = 0; size < 40; ++size) {
            std::string masked(size, '\0');
            copy_masked(masked.data(), text.data() + offset, size, key, offset);
            for (std::size_t i = 0; i < size; ++i)
                REQUIRE(masked[i] ==
                        static_cast<char>(static_cast<unsigned char>(text[offset + i]) ^ key[(offset + i) & 3]));
        }
    }
}

TEST_CASE("masks differ") {
    MaskSource source;
    std::set<MaskKey> keys;
    for (int i = 0; i < 1000; ++i) keys.insert(source.next());
    CHECK(keys.size() == 1000);
}

TEST_CASE("close codes that may be sent") {
    for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999}) CHECK(may_be_sent(code));
    for (const int code : {-1, 0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535}) CHECK_FALSE(may_be_sent(code));
}

// URLs.

TEST_CASE("URLs") {
    const auto url = *parse_url("WSS://Example.COM:8443/a/b?c=d%20e");
    CHECK(url.secure);
    CHECK(url.host == "example.com");
    CHECK(url.port == 8443);
    CHECK(url.target == "/a/b?c=d%20e");
    CHECK(url.authority() == "example.com:8443");
    CHECK(parse_url("ws://h")->target == "/");
    CHECK(parse_url("ws://h:/")->port == 80);
    CHECK(parse_url("wss://[::1]:/x")->port == 443);
    CHECK(parse_url("ws://h:")->authority() == "h");
    CHECK(parse_url("ws://h?x")->target == "/?x");
    CHECK(parse_url("ws://h")->authority() == "h");
    CHECK(parse_url("ws://h:443")->authority() == "h:443");
    CHECK(parse_url("wss://h:443")->authority() == "h");
    CHECK(parse_url("ws://[::1]:80/")->authority() == "[::1]");
    CHECK(parse_url("ws://[2001:DB8::1]:81/")->endpoint() == "[2001:db8::1]:81");
}

TEST_CASE("what isn't a WebSocket URL is named exactly") {
    const auto text = [](std::string_view url) {
        const auto parsed = parse_url(url);
        REQUIRE_FALSE(parsed);
        CHECK(parsed.error().kind.name == "invalid-url");
        return parsed.error().text();
    };
    CHECK(text("") == "a WebSocket URL starts with ws:// or wss://: ");
    CHECK(text("example.com/x") == "a WebSocket URL starts with ws:// or wss://: example.com/x");
    CHECK(text("http://h/") == "a WebSocket URL starts with ws:// or wss://, not http://: http://h/");
    CHECK(text("ws:///x") == "the URL has no host: ws:///x");
    CHECK(text("ws://:80/") == "the URL has no host: ws://:80/");
    CHECK(text("ws://u:p@h/").starts_with("a WebSocket URL can't have a user name or password"));
    CHECK(text("ws://h/#f") == "a WebSocket URL can't have a fragment (#...): ws://h/#f");
    for (const char* port : {"0", "65536", "x", "-1", "+80", "80x", "99999999999999999999"})
        CHECK(text("ws://h:" + std::string(port) + "/") ==
              "the URL's port must be 1 to 65535, not \"" + std::string(port) + "\": ws://h:" + port + "/");
    CHECK(text("ws://h/a b") == "the URL has a character that must be percent-encoded (%20): ws://h/a b");
    CHECK(text("ws://h/\r\nX: y").find("(%0D)") != std::string::npos);
    CHECK(text("ws://h/é").find("(%C3)") != std::string::npos);
    text("ws://h\r\n/");
    text("ws://a b/");
    text("ws://[::1/");
    text("ws://[1.2.3.4]/");
    text("ws://[::1]x/");
    text("ws://" + std::string(300, 'x') + "/");
}

TEST_CASE("percent signs") {
    CHECK(percent_decode("a%20b%2f%2F+", false) == "a b//+");
    CHECK(percent_decode("a+b", true) == "a b");
    CHECK(percent_decode("100%", false) == "100%");
    CHECK(percent_decode("%zz%4", false) == "%zz%4");
}

// Heads.

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

TEST_CASE("globs") {
    CHECK(matches_glob("*", ""));
    CHECK(matches_glob("https://*.example.com", "https://a.b.EXAMPLE.com"));
    CHECK_FALSE(matches_glob("https://*.example.com", "https://example.com"));
    CHECK_FALSE(matches_glob("https://*.example.com", "https://a.example.com.evil.org"));
    CHECK(matches_glob("a*b*c", "aXbbYc"));
    CHECK_FALSE(matches_glob("a*b*c", "aXbY"));
    CHECK_FALSE(matches_glob("", "x"));
    CHECK(matches_glob("/a*", "/abc", LetterCase::Counts));
    CHECK_FALSE(matches_glob("/a*", "/Abc", LetterCase::Counts));
}

// Parts of a connection.

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

TEST_CASE("a queue gives back in order, whatever it held") {
    Queue<int> queue;
    int in = 0;
    int out = 0;
    for (int round = 0; round < 100; ++round) {
        for (int i = 0; i < round; ++i) queue.push(in++);
        for (int i = 0; i < round * 2 / 3; ++i) REQUIRE(queue.pop() == out++);
        REQUIRE(queue.size() == static_cast<std::size_t>(in - out));
    }
    while (!queue.empty()) REQUIRE(queue.pop() == out++);
    CHECK(in == out);
}

TEST_CASE("a registry") {
    Registry<int> registry;
    CHECK(registry.find(0) == nullptr);
    CHECK(registry.find(-5) == nullptr);
    for (Id id = 1; id < 300; id += 2) registry.insert(id, std::make_unique<int>(static_cast<int>(id)));
    CHECK(registry.size() == 150);
    CHECK(*registry.find(299) == 299);
    CHECK(registry.find(298) == nullptr);
    CHECK(registry.find(100000) == nullptr);
    for (const Id id : registry.ids()) CHECK(*registry.remove(id) == id);
    CHECK(registry.size() == 0);
    CHECK(registry.remove(1) == nullptr);
}

TEST_CASE("no wake-up of a sender is lost between the threads") {
    Flow flow(1000, 10);
    constexpr Load message = Load::message(100);
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> waiting{0};
    std::atomic<std::uint64_t> woken{0};
    std::thread service([&] {
        while (!stop || !flow.queued().empty())
            if (!flow.queued().empty() && flow.note_sent(message)) ++woken;
    });
    for (int i = 0; i < 20000; ++i) {
        if (flow.try_queue(message)) continue;
        ++waiting;
        while (woken < waiting) std::this_thread::yield();
    }
    stop = true;
    service.join();
    CHECK(flow.queued().empty());
}

TEST_CASE("no resume of reading is lost between the threads") {
    Flow flow(1000, 8);
    std::atomic<int> resumed{0};
    constexpr int count = 20000;
    std::atomic<int> delivered{0};
    std::thread interpreter([&] {
        for (int taken = 0; taken < count; ++taken) {
            while (delivered <= taken) std::this_thread::yield();
            if (flow.note_taken(1)) ++resumed;
        }
    });
    int stops = 0;
    for (int i = 0; i < count; ++i) {
        const bool full = flow.note_received(1);
        ++delivered;
        if (full && flow.stay_stopped()) {
            ++stops;
            while (resumed < stops) std::this_thread::yield();
        }
    }
    interpreter.join();
    CHECK(resumed == stops);
}

// A connection on a link of paper.

} // namespace qi::ws::test
