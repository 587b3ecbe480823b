// What decides, without a socket: frames, masks, URLs, heads, limits, a connection on a link of paper.
#include "ws/transport/assembler.hpp"
#include "ws/transport/close_code.hpp"
#include "ws/transport/connection.hpp"
#include "ws/transport/frame.hpp"
#include "ws/transport/head.hpp"
#include "ws/transport/permissions.hpp"
#include "ws/transport/queue.hpp"
#include "ws/transport/registry.hpp"
#include "ws/transport/url.hpp"

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
    for (const std::uint64_t size : {0u, 125u, 126u, 65535u, 65536u}) CHECK(header_size(size, false) == header(size).size());
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
                REQUIRE(masked[i] == static_cast<char>(static_cast<unsigned char>(text[offset + i]) ^ key[(offset + i) & 3]));
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
        return parsed.error().text;
    };
    CHECK(text("") == "a WebSocket URL starts with ws:// or wss://: ");
    CHECK(text("example.com/x") == "a WebSocket URL starts with ws:// or wss://: example.com/x");
    CHECK(text("http://h/") == "a WebSocket URL starts with ws:// or wss://, not http://: http://h/");
    CHECK(text("ws:///x") == "the URL names no host: ws:///x");
    CHECK(text("ws://:80/") == "the URL names no host: ws://:80/");
    CHECK(text("ws://u:p@h/").starts_with("a WebSocket URL carries no user name or password"));
    CHECK(text("ws://h/#f") == "a WebSocket URL has no fragment (#...): ws://h/#f");
    for (const char* port : {"0", "65536", "x", "", "-1", "+80", "80x", "99999999999999999999"})
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
    const auto& head = std::get<ParsedHead>(parsed);
    CHECK(head.size == text.size() - 4);
    CHECK(head.request.target == "/p%20q?a=1&b");
    CHECK(head.request.path == "/p q");
    CHECK(head.request.query.size() == 2);
    CHECK(*head.request.header("x-empty") == "");
    CHECK(*head.request.header("x-space") == "v");
    CHECK(head.request.header("none") == nullptr);
    for (std::size_t i = 0; i < text.size() - 4; ++i)
        REQUIRE(std::holds_alternative<Incomplete>(parse_request(std::string_view(text).substr(0, i))));
    CHECK(std::get<ParsedHead>(parse_request("GET http://proxy.example/x HTTP/1.1\r\nHost: h\r\n\r\n")).request.path == "/x");
}

TEST_CASE("heads that are refused") {
    for (const std::string_view text :
         {"GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "G@T / HTTP/1.1\r\n\r\n", "GET x HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
          "GET / HTTP/1.1\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\nA: b\r\n\r\n"}) {
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

TEST_CASE("patterns of what may be reached") {
    const auto allows = [](const char* pattern, const char* url) { return parse_pattern(pattern)->allows(*parse_url(url)); };
    CHECK(allows("Example.COM", "ws://EXAMPLE.com/any"));
    CHECK(allows("WSS://*.example.com/v1/*", "wss://A.example.com/v1/x?y=1"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/V1/x"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1/../x"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1/%2E%2e/x"));
    CHECK_FALSE(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1%2f../x"));
    CHECK(allows("wss://*.example.com/v1/*", "wss://a.example.com/v1/x?back=/.."));
    CHECK_FALSE(allows("wss://h/*", "wss://h:444/"));
    CHECK(allows("wss://h/*", "wss://h:443/"));
    CHECK(allows("wss://h:443/*", "wss://h/"));
    CHECK(allows("*://h/*", "ws://h/"));
    CHECK_FALSE(allows("*://h/*", "wss://h:80/"));
    CHECK(allows("ws://*/*", "ws://h:46327/a/b"));
    CHECK_FALSE(allows("ws://*.h/*", "ws://a.h:81/"));
    Permissions permissions{true, {*parse_pattern("redis.test:6379"), *parse_pattern("ws://*/*")}, {}};
    CHECK(permissions.may_connect("Redis.Test", 6379));
    CHECK_FALSE(permissions.may_connect("redis.test", 6380));
    CHECK_FALSE(permissions.may_connect("other.test", 80));
    CHECK(Permissions{}.may_connect("anything", 1));
    CHECK_FALSE(parse_pattern("http://x/"));
    CHECK_FALSE(parse_pattern("x:port"));
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
    CHECK(std::get<Assembler::Fault>(assembler.add("01234567890", true, MessageType::Text, slab)) == Assembler::Fault::TooBig);
    CHECK(whole("012345", false) == "-");
    CHECK(std::get<Assembler::Fault>(assembler.add("67890", false, MessageType::Text, slab)) == Assembler::Fault::TooBig);
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

namespace {

class PaperLink final : public Link {
public:
    explicit PaperLink(std::string& written, bool& reading, bool& dropped, bool& stuck)
        : written_(written), reading_(reading), dropped_(dropped), stuck_(stuck) {}
    Delivered delivered() const noexcept override { return peer; }
    Delivered peer;
    bool write(const char* bytes, std::size_t size) noexcept override {
        written_.append(bytes, size);
        ++writes;
        return true;
    }
    bool stuck() const noexcept override { return stuck_; }
    void read(bool on) noexcept override { reading_ = on; }
    void drop() noexcept override { dropped_ = true; }
    int bare_socket() const noexcept override { return -1; }
    std::optional<std::uint64_t> taken() const noexcept override { return std::nullopt; }
    int writes = 0;

private:
    std::string& written_;
    bool& reading_;
    bool& dropped_;
    bool& stuck_;
};

class HandClock final : public TimeSource {
public:
    TimePoint now() const noexcept override { return time; }
    TimePoint time{};
};

struct Paper final : ConnectionOwner {
    explicit Paper(ConnectionOptions options = {})
        : flow(std::make_shared<Flow>(options.send_buffer, options.channel_capacity)),
          connection(1, Role::Server, options, DeflateTerms{}, flow, desk, *this) {
        auto made = std::make_unique<PaperLink>(written, reading, dropped, stuck);
        link = made.get();
        connection.attach(std::move(made));
    }
    void on_last_chance() noexcept override {}
    void on_lost_for_now(Connection&, std::vector<Unsent>) noexcept override {}
    void on_sent_too_late(Id, Unsent) noexcept override {}
    void on_ended(Connection&) noexcept override { ended = true; }
    void pass(std::chrono::milliseconds time) {
        clock.time += time;
        desk.timers.run();
    }
    std::vector<EventType> events() {
        std::vector<EventType> types;
        for (const Delivery& delivery : desk.deliveries())
            if (const auto* event = std::get_if<Event>(&delivery.what)) types.push_back(event->type);
        return types;
    }

    HandClock clock;
    Exchange exchange;
    Desk desk{exchange, clock};
    std::shared_ptr<Flow> flow;
    std::string written;
    bool reading = true;
    bool dropped = false;
    bool stuck = false;
    bool ended = false;
    PaperLink* link = nullptr;
    Connection connection;
};

} // namespace

TEST_CASE("what is queued goes out in one write") {
    Paper paper;
    for (int i = 0; i < 100; ++i) {
        REQUIRE(paper.flow->try_queue(Load::message(2)));
        paper.connection.send(MessageType::Text, Buffer::copy_of("hi"));
    }
    CHECK(paper.link->writes == 0);
    paper.connection.flush();
    CHECK(paper.link->writes == 1);
    CHECK(paper.written.size() == 400);
    CHECK(paper.flow->queued().empty());
}

TEST_CASE("a stuck link keeps its bytes counted until it is free") {
    Paper paper;
    REQUIRE(paper.flow->try_queue(Load::message(2)));
    paper.stuck = true;
    paper.connection.send(MessageType::Text, Buffer::copy_of("hi"));
    paper.connection.flush();
    CHECK(paper.written.empty());
    CHECK(paper.flow->queued().bytes() == 2);
    paper.stuck = false;
    paper.connection.on_writable();
    CHECK(paper.written == "\x81\x02hi");
    CHECK(paper.flow->queued().empty());
}

TEST_CASE("closing waits while the peer takes what is queued, and no longer") {
    ConnectionOptions options;
    options.close_timeout = Milliseconds{800};
    Paper paper(options);
    const auto pass = [&](int milliseconds) {
        for (int i = 0; i < milliseconds / 50; ++i) {
            paper.clock.time += Milliseconds{50};
            paper.desk.timers.run();
        }
    };
    SUBCASE("it gets on") {
        paper.stuck = true;
        paper.link->peer.all = false;
        paper.connection.close(1000, {});
        for (int i = 0; i < 10; ++i) {
            ++paper.link->peer.bytes;
            pass(700);
            CHECK_FALSE(paper.dropped);
        }
        paper.stuck = false;
        paper.connection.on_writable();
        CHECK(paper.written.ends_with("\x88\x02\x03\xe8"));
        pass(700);
        CHECK_FALSE(paper.dropped);
        pass(150);
        CHECK(paper.dropped);
    }
    SUBCASE("it stalls") {
        paper.link->peer.all = false;
        paper.connection.close(1000, {});
        pass(750);
        CHECK_FALSE(paper.dropped);
        pass(100);
        CHECK(paper.dropped);
    }
    SUBCASE("it has all, and says nothing") {
        paper.connection.close(1000, {});
        paper.connection.flush();
        ++paper.link->peer.bytes;
        pass(750);
        CHECK_FALSE(paper.dropped);
        pass(100);
        CHECK(paper.dropped);
    }
}

TEST_CASE("a frame that announces too much is refused at its beginning") {
    ConnectionOptions options;
    options.read_limit = 1000;
    Paper paper(options);
    paper.connection.on_frame(600, false);
    paper.connection.on_data(std::string(600, 'x'), false, MessageType::Text, false);
    CHECK(paper.written.empty());
    paper.connection.on_frame(400, false);
    CHECK(paper.written.empty());
    SUBCASE("plain") {
        paper.connection.on_frame(401, false);
        CHECK(paper.written == "\x88\x02\x03\xf1");
    }
    SUBCASE("what a compressed one comes to isn't known") {
        paper.connection.on_frame(1'000'000, true);
        CHECK(paper.written.empty());
    }
}

TEST_CASE("an empty message is queued until it is written") {
    Paper paper;
    REQUIRE(paper.flow->try_queue(Load::message(0)));
    paper.stuck = true;
    paper.connection.send(MessageType::Text, Buffer::copy_of(""));
    paper.connection.flush();
    CHECK(paper.flow->queued().bytes() == 0);
    CHECK_FALSE(paper.flow->is_flushed());
    paper.stuck = false;
    paper.connection.on_writable();
    CHECK(paper.written == std::string_view("\x81\0", 2));
    CHECK(paper.flow->is_flushed());
}

TEST_CASE("tiny messages are limited by their number") {
    Flow flow(1 << 20, 10);
    std::size_t taken = 0;
    while (taken < 100'000 && flow.try_queue(Load::message(0))) ++taken;
    CHECK(taken == (1 << 20) / 64);
    Load half;
    for (std::size_t i = 0; i < taken / 2; ++i) half += Load::message(0);
    CHECK(flow.note_sent(half));
    CHECK(flow.try_queue(Load::message(0)));
}

TEST_CASE("heartbeats on a clock moved by hand") {
    using namespace std::chrono_literals;
    Paper paper;
    paper.pass(29s);
    CHECK(paper.written.empty());
    paper.connection.on_data("x", true, MessageType::Text, false);
    paper.pass(2s);
    CHECK(paper.written.empty());
    paper.pass(28s);
    CHECK(paper.written.starts_with("\x89"));
    SUBCASE("answered") {
        paper.connection.on_pong(paper.written.substr(2));
        paper.pass(20s);
        CHECK_FALSE(paper.dropped);
    }
    SUBCASE("answered by any message") {
        paper.connection.on_data("x", true, MessageType::Text, false);
        paper.pass(20s);
        CHECK_FALSE(paper.dropped);
    }
    SUBCASE("not answered") {
        paper.pass(9s);
        CHECK_FALSE(paper.dropped);
        paper.pass(1s);
        CHECK(paper.dropped);
        CHECK(paper.events() == std::vector{EventType::Message, EventType::Error, EventType::Close});
    }
}

TEST_CASE("an answer that may take longer than the pause doesn't make the pause longer") {
    using namespace std::chrono_literals;
    ConnectionOptions options;
    options.ping_interval = 1s;
    options.pong_timeout = 10s;
    Paper paper(options);
    for (int n = 0; n < 5; ++n) {
        paper.written.clear();
        paper.pass(900ms);
        CHECK(paper.written.empty());
        paper.pass(100ms);
        REQUIRE(paper.written.starts_with("\x89"));
        paper.connection.on_pong(paper.written.substr(2));
    }
    paper.pass(11s);
    paper.pass(10s);
    CHECK(paper.dropped);
}

TEST_CASE("the end comes once, and last") {
    using namespace std::chrono_literals;
    Paper paper;
    paper.connection.close(1000, "");
    paper.connection.flush();
    paper.connection.close(1001, "again");
    SUBCASE("after the peer's answer") { paper.connection.on_peer_close("\x03\xe8"); }
    SUBCASE("after the timeout") { paper.pass(5s); }
    SUBCASE("after a loss") {}
    paper.connection.on_data("late", true, MessageType::Text, false);
    paper.connection.on_peer_close("\x03\xe9");
    paper.connection.on_lost(Loss::Reset);
    CHECK(paper.ended);
    const auto events = paper.events();
    CHECK(std::count(events.begin(), events.end(), EventType::Close) == 1);
    CHECK(events.back() == EventType::Close);
    CHECK(std::count(events.begin(), events.end(), EventType::Error) == 0);
}

} // namespace qi::ws::test
