// What can go wrong before a connection is open, and the words for it.
#include "support.hpp"

#include <poll.h>
#include <thread>

namespace qi::ws::test {

namespace {

ConnectOptions to(std::string url) {
    ConnectOptions options;
    options.url = std::move(url);
    return options;
}

} // namespace

TEST_CASE("nobody listens") {
    Fixture ws;
    const ConnectFailure failure = ws.failure_of(to("ws://127.0.0.1:9/"));
    CHECK(failure.kind.name == "refused");
    CHECK(failure.text == "connection refused: 127.0.0.1:9 (ws://127.0.0.1:9/)");
    CHECK(failure.retryable);
    CHECK(failure.url == "ws://127.0.0.1:9/");
    CHECK_FALSE(failure.status);
}

TEST_CASE("a failed connection stays failed") {
    Fixture ws;
    const Id id = *ws->connect(to("ws://127.0.0.1:9/"));
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Closed; }));
    CHECK(std::holds_alternative<ConnectFailure>(*ws->poll_open(id)));
    CHECK(std::holds_alternative<ConnectFailure>(*ws->poll_open(id)));
    CHECK(ws->send(id, MessageType::Text, "x").error().kind.name == "closed");
    CHECK(ws->receive(id).error().kind.name == "closed");
    CHECK(ws->close(id));
    CHECK_FALSE(ws->could_wake());
}

TEST_CASE("localhost is found on either loopback") {
    Fixture ws;
    for (const char* host : {"127.0.0.1", "::1"}) {
        ListenOptions listening;
        listening.host = host;
        const Id listener = ws.listen(listening);
        ws.connect("ws://localhost:" + std::to_string(*ws->port(listener)));
        ws.accept(listener);
    }
}

TEST_CASE("addresses of IPv6") {
    Fixture ws;
    ListenOptions listening;
    listening.host = "::1";
    const Id listener = ws.listen(listening);
    const Id client = ws.connect("ws://[::1]:" + std::to_string(*ws->port(listener)) + "/");
    const Id server = ws.accept(listener);
    CHECK(ws->info(client)->remote == "[::1]:" + std::to_string(*ws->port(listener)));
    CHECK(ws->info(server)->remote == ws->info(client)->local);
}

TEST_CASE("a name that doesn't resolve") {
    Fixture ws;
    const ConnectFailure failure = ws.failure_of(to("ws://no-such-host.invalid/"));
    CHECK(failure.kind.name == "dns");
    CHECK(failure.retryable);
}

TEST_CASE("a name can be sent elsewhere") {
    ServiceOptions options;
    options.redirections = {{"Feed.example.com", 80, "127.0.0.1", 0}};
    std::uint16_t port = 0;
    {
        Fixture scout;
        port = *scout->port(scout.listen());
    }
    options.redirections[0].to_port = port;
    Fixture ws(options);
    ListenOptions listening;
    listening.port = port;
    const Id listener = ws.listen(listening);
    ws.connect("ws://feed.example.com/x");
    const Id server = ws.accept(listener);
    CHECK(*(*ws->request(server))->header("host") == "feed.example.com");
}

TEST_CASE("a server that never answers") {
    Fixture ws;
    RawListener silent;
    ConnectOptions options = to(silent.url());
    options.dial_timeout = 150ms;
    const ConnectFailure failure = ws.failure_of(options);
    CHECK(failure.kind.name == "timeout");
    CHECK(failure.text == "no connection within 150 ms (" + silent.url() + ")");
    CHECK(failure.retryable);
}

TEST_CASE("what a server answers to a connect that was given up just then") {
    Fixture ws;
    RawListener listener;
    const Id id = *ws->connect(to(listener.url()));
    RawSocket peer = listener.accept();
    const std::string head = peer.receive_head();
    ws.waker().hold();
    REQUIRE(ws->close(id));
    REQUIRE(
        ws.waker().park_until(id, std::chrono::steady_clock::now() + 10s)); // the service thread has just given it up
    REQUIRE(peer.send(upgrade_answer(head)));
    ws.waker().release();
    pollfd end{peer.fd(), POLLRDHUP, 0};
    CHECK(::poll(&end, 1, 10000) == 1);
}

TEST_CASE("a connection that is lost before the program has seen it open was open") {
    Fixture ws;
    RawListener listener;
    ConnectOptions options = to(listener.url());
    options.reconnect.emplace();
    options.reconnect->initial = 10ms;
    const Id id = *ws->connect(std::move(options));
    RawSocket first = listener.accept_websocket();
    REQUIRE(first.send(frame(0x9, "", false)));
    REQUIRE(receive_frame(first).opcode == 0xA);
    first.reset();
    RawSocket second = listener.accept(); // by then all that happened to the first one has been delivered
    CHECK(std::holds_alternative<Opened>(*ws->poll_open(id)));
    CHECK(ws.receive(id).type == EventType::Reconnecting);
    CHECK(*ws->state(id) == State::Connecting);
}

TEST_CASE("a server that answers something else") {
    Fixture ws;
    RawListener peer;
    std::string answer;
    int status = 0;
    bool retryable = false;
    SUBCASE("401") { answer = "401 Unauthorized", status = 401; }
    SUBCASE("403") { answer = "403 Forbidden", status = 403; }
    SUBCASE("404") { answer = "404 Not Found", status = 404; }
    SUBCASE("200") { answer = "200 OK", status = 200; }
    SUBCASE("301") { answer = "301 Moved Permanently", status = 301; }
    SUBCASE("503") { answer = "503 Service Unavailable", status = 503, retryable = true; }
    const auto id = *ws->connect(to(peer.url("/p")));
    RawSocket socket = peer.accept();
    socket.receive_head();
    socket.send(
        "HTTP/1.1 " + answer +
        "\r\nContent-Length: 2\r\nLocation: ws://127.0.0.1:1/\r\nRetry-After: 5\r\nWWW-Authenticate: Basic\r\n\r\nno");
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Closed; }));
    const auto failure = std::get<ConnectFailure>(*ws->poll_open(id));
    CHECK(failure.kind.name == "handshake");
    REQUIRE(failure.status);
    CHECK(*failure.status == status);
    CHECK(failure.retryable == retryable);
    CHECK(failure.text ==
          "the server answered " + std::to_string(status) + " instead of an upgrade (" + peer.url("/p") + ")");
    bool found = false;
    for (const Header& header : failure.headers)
        found = found || (header.name == "location" && header.value == "ws://127.0.0.1:1/");
    CHECK(found);
}

TEST_CASE("a server that answers a broken handshake") {
    Fixture ws;
    RawListener peer;
    const auto id = *ws->connect(to(peer.url()));
    RawSocket socket = peer.accept();
    const std::string request = socket.receive_head();
    bool retryable = false;
    SUBCASE("a wrong key") {
        socket.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    }
    SUBCASE("a subprotocol that wasn't offered") {
        socket.send(upgrade_answer(request, "Sec-WebSocket-Protocol: surprise\r\n"));
    }
    SUBCASE("an extension that wasn't offered") {
        socket.send(upgrade_answer(request, "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
    }
    SUBCASE("garbage") {
        socket.send("SSH-2.0-OpenSSH_9.2\r\n");
        socket.close();
        retryable = true;
    }
    SUBCASE("nothing") {
        socket.close();
        retryable = true;
    }
    SUBCASE("a reset") {
        socket.reset();
        retryable = true;
    }
    SUBCASE("half an answer") {
        socket.send("HTTP/1.1 101 Switching Pro");
        socket.close();
        retryable = true;
    }
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Closed; }));
    const auto failure = std::get<ConnectFailure>(*ws->poll_open(id));
    INFO(failure.text);
    CHECK(failure.kind.name == "handshake");
    CHECK_FALSE(failure.status);
    CHECK(failure.retryable == retryable);
}

TEST_CASE("the request's head") {
    Fixture ws;
    RawListener peer;
    ConnectOptions options = to(peer.url("/chat?x=" + std::string(3000, 'y')));
    options.headers = {{"X-Long", std::string(5000, 'z')}, {"X-Twice", "1"}, {"X-Twice", "2"}};
    options.protocols = {"a", "b"};
    options.origin = "https://example.com";
    const auto id = *ws->connect(options);
    std::string head;
    RawSocket socket = peer.accept_websocket(&head);
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Open; }));
    CHECK(head.starts_with("GET /chat?x=" + std::string(3000, 'y') +
                           " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(peer.port()) + "\r\n"));
    CHECK(head.find("\r\nOrigin: https://example.com\r\n") != std::string::npos);
    CHECK(head.find("\r\nSec-WebSocket-Protocol: a, b\r\n") != std::string::npos);
    CHECK(head.find("\r\nX-Twice: 1\r\nX-Twice: 2\r\n") != std::string::npos);
    CHECK(head.find(std::string(5000, 'z')) != std::string::npos);
    CHECK(head.find("Cache-Control") == std::string::npos);
}

TEST_CASE("options that can't be used are refused at once") {
    Fixture ws;
    const auto kind_of = [&](const ConnectOptions& options) {
        const auto id = ws->connect(options);
        return id ? std::string("none") : std::string(id.error().kind.name);
    };
    ConnectOptions options = to("ws://127.0.0.1:9/");
    SUBCASE("URL") {
        options.url = "http://127.0.0.1/";
        CHECK(kind_of(options) == "invalid-url");
    }
    SUBCASE("header with a line break") {
        options.headers = {{"X-A", "b\r\nEvil: 1"}};
        CHECK(kind_of(options) == "value");
    }
    SUBCASE("header name") {
        options.headers = {{"X A", "b"}};
        CHECK(kind_of(options) == "value");
    }
    SUBCASE("headers of the handshake") {
        for (const char* name : {"Upgrade", "connection", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Origin"}) {
            options.headers = {{name, "x"}};
            CHECK(kind_of(options) == "value");
        }
    }
    SUBCASE("origin") {
        options.origin = "a\nb";
        CHECK(kind_of(options) == "value");
    }
    SUBCASE("subprotocols") {
        options.protocols = {"a b"};
        CHECK(kind_of(options) == "value");
        options.protocols = {"a", "a"};
        CHECK(kind_of(options) == "value");
    }
    SUBCASE("a head without end") {
        options.headers = {{"X-A", std::string(1 << 20, 'x')}};
        CHECK(kind_of(options) == "value");
    }
}

TEST_CASE("unknown ids") {
    Fixture ws;
    for (const Id id : {Id{0}, Id{-1}, Id{1}, Id{1} << 40}) {
        CHECK(ws->poll_open(id).error().kind.name == "unknown-id");
        CHECK(ws->send(id, MessageType::Text, "x").error().kind.name == "unknown-id");
        CHECK(ws->receive(id).error().kind.name == "unknown-id");
        CHECK(ws->state(id).error().kind.name == "unknown-id");
        CHECK(ws->info(id).error().kind.name == "unknown-id");
        CHECK(ws->buffered(id).error().kind.name == "unknown-id");
        CHECK(ws->ping(id).error().kind.name == "unknown-id");
        CHECK(ws->accept(id).error().kind.name == "unknown-id");
        CHECK(ws->port(id).error().kind.name == "unknown-id");
    }
}

TEST_CASE("text that isn't UTF-8 isn't sent") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    CHECK(ws->send(client, MessageType::Text, "\xff").error().kind.name == "utf8");
    CHECK(ws->send(client, MessageType::Binary, "\xff"));
}

TEST_CASE("a broadcast to a connection that is lost just then is handed back") {
    Fixture ws;
    RawListener peer;
    ConnectOptions options = to(peer.url());
    options.reconnect.emplace();
    options.reconnect->initial = 10ms;
    const Id id = *ws->connect(options);
    RawSocket socket = peer.accept_websocket();
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Open; }));
    // The service thread is kept busy, so that the loss and the broadcast are before it at once.
    ConnectionOptions compressing;
    compressing.compression = Compression::NoContext;
    compressing.send_buffer = compressing.read_limit = 16 << 20;
    const auto busy = ws.pair(compressing, compressing);
    std::string noise(2 << 20, '\0'); // some 80 ms; under qemu some seconds
    std::uint32_t state = 1;
    for (char& byte : noise) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24 & 15);
    ws.send(busy.first, MessageType::Binary, noise);
    std::this_thread::sleep_for(20ms);
    socket.reset();
    const std::size_t count =
        ws->broadcast({&id, 1}, MessageType::Text, "hello")->count; // 0: it was seen to be lost by then
    RawSocket again = peer.accept_websocket();
    std::optional<Event> event;
    REQUIRE(ws.until(id, [&] { return (event = *ws->receive(id)).has_value() && event->type == EventType::Open; }));
    REQUIRE(event->unsent->size() == count);
    if (count == 1) CHECK(event->unsent->front().data.view() == "hello");
    CHECK(*ws->buffered(id) == 0);
    CHECK(*ws->poll_flushed(id));
}

TEST_CASE("records of ended connections are forgotten in time") {
    Fixture ws;
    const Id listener = ws.listen();
    Id first = 0;
    for (int i = 0; i < 1100; ++i) {
        const Id client = ws.connect(ws.url(listener));
        if (first == 0) first = client;
        const Id server = ws.accept(listener);
        REQUIRE(ws->close(client));
        CHECK(ws.receive(server).type == EventType::Close);
        CHECK(ws.receive(client).type == EventType::Close);
    }
    CHECK(*ws->state(first) == State::Closed);
    CHECK(ws->info(first)->url.empty());
    CHECK(ws->receive(first).error().kind.name == "closed");
    CHECK(ws->close(first));
}

} // namespace qi::ws::test
