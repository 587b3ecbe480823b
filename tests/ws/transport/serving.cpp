// The front door: who is let in, and what the others are told.
#include "support.hpp"

#include <sys/socket.h>
#include <thread>

namespace qi::ws::test {

namespace {

std::string answer_to(Fixture& ws, Id listener, std::string_view request) {
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    socket.send(request);
    return socket.receive_all();
}

std::string upgrade_request(std::string_view target, std::string_view more = {}) {
    return "GET " + std::string(target) +
           " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(more) + "\r\n";
}

} // namespace

TEST_CASE("refusals are answered") {
    Fixture ws;
    ListenOptions options;
    options.paths = {"/chat"};
    options.origins = {"https://*.example.com", "null"};
    const Id listener = ws.listen(options);
    const auto status = [&](const std::string& request) { return answer_to(ws, listener, request).substr(0, 12); };
    CHECK(status("GET /chat HTTP/1.1\r\nHost: x\r\n\r\n") == "HTTP/1.1 426");
    CHECK(status("POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc") == "HTTP/1.1 426");
    CHECK(status("nonsense\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("\x16\x03\x01\x02\r\n") == "HTTP/1.1 400");
    CHECK(status("GET / HTTP/1.1\r\nHost : x\r\n\r\n") == "HTTP/1.1 400");
    CHECK(status("GET /" + std::string(20000, 'x') + " HTTP/1.1\r\n\r\n") == "HTTP/1.1 431");
    CHECK(status(upgrade_request("/other", "Origin: https://a.example.com\r\n")) == "HTTP/1.1 404");
    CHECK(status(upgrade_request("/chat", "Origin: https://evil.com\r\n")) == "HTTP/1.1 403");
    CHECK(status(upgrade_request("/chat")) == "HTTP/1.1 403");
    std::string old = upgrade_request("/chat", "Origin: null\r\n");
    old.replace(old.find("Version: 13"), 11, "Version: 12");
    const std::string answer = answer_to(ws, listener, old);
    CHECK(answer.starts_with("HTTP/1.1 426"));
    CHECK(answer.find("Sec-WebSocket-Version: 13\r\n") != std::string::npos);
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    socket.send(upgrade_request("/chat?x=1", "Origin: https://a.example.com\r\n"));
    CHECK(socket.receive_head().starts_with("HTTP/1.1 101"));
    ws.accept(listener);
}

TEST_CASE("a client is told the reason") {
    Fixture ws;
    ListenOptions options;
    options.paths = {"/chat"};
    const Id listener = ws.listen(options);
    ConnectOptions connecting;
    connecting.url = ws.url(listener, "/nope");
    const ConnectFailure failure = ws.failure_of(connecting);
    CHECK(failure.kind.name == "handshake");
    CHECK(*failure.status == 404);
}

TEST_CASE("headers that libwebsockets can't bear, and long ones") {
    Fixture ws;
    const Id listener = ws.listen();
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    socket.send(upgrade_request("/", "X: 1\r\nX-Auth: 2\r\nUser: 3\r\nCookie: " + std::string(8000, 'c') +
                                         "\r\nSec-WebSocket-Protocol: unknown\r\nSec-WebSocket-Extensions: foo\r\n"));
    const std::string answer = socket.receive_head();
    CHECK(answer.starts_with("HTTP/1.1 101"));
    CHECK(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
    CHECK(answer.find("Protocol:") == std::string::npos);
    CHECK(answer.find("Extensions:") == std::string::npos);
    const Id id = ws.accept(listener);
    CHECK((*ws->request(id))->header("cookie")->size() == 8000);
    CHECK((*ws->request(id))->protocols == std::vector<std::string>{"unknown"});
}

TEST_CASE("a request in small pieces") {
    Fixture ws;
    const Id listener = ws.listen();
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    for (const char byte : upgrade_request("/slow")) {
        socket.send({&byte, 1});
        std::this_thread::sleep_for(50us);
    }
    CHECK(socket.receive_head().starts_with("HTTP/1.1 101"));
    CHECK((*ws->request(ws.accept(listener)))->path == "/slow");
}

TEST_CASE("a client that doesn't finish its request is dropped") {
    Fixture ws;
    ListenOptions options;
    options.handshake_timeout = 100ms;
    const Id listener = ws.listen(options);
    RawSocket silent = RawSocket::connect(*ws->port(listener));
    RawSocket slow = RawSocket::connect(*ws->port(listener));
    slow.send("GET / HTTP/1.1\r\n");
    // The end of the stream, not of the patience for it.
    for (RawSocket* peer : {&silent, &slow}) {
        char byte = 0;
        CHECK(::recv(peer->fd(), &byte, 1, 0) == 0);
    }
}

TEST_CASE("no more connections than allowed") {
    Fixture ws;
    ListenOptions options;
    SUBCASE("in all") { options.max_connections = 2; }
    SUBCASE("from one address") { options.max_per_ip = 2; }
    const Id listener = ws.listen(options);
    const Id first = ws.connect(ws.url(listener));
    ws.connect(ws.url(listener));
    ConnectOptions third;
    third.url = ws.url(listener);
    const ConnectFailure failure = ws.failure_of(third);
    CHECK(*failure.status == 503);
    CHECK(failure.retryable);
    ws.accept(listener);
    ws.accept(listener);
    ws.close_and_wait(first);
    REQUIRE(ws.until([&] { return ws->ids().size() == 2; }));
    ws.connect(ws.url(listener));
}

TEST_CASE("a port that is taken, and others that can't be had") {
    Fixture ws;
    const Id listener = ws.listen();
    ListenOptions options;
    options.port = *ws->port(listener);
    const auto second = ws->listen(options);
    REQUIRE_FALSE(second);
    CHECK(second.error().kind.name == "in-use");
    CHECK(second.error().text() == "127.0.0.1:" + std::to_string(options.port) + " is in use");
    options.port = 0;
    options.host = "192.0.2.1";
    CHECK(ws->listen(options).error().kind.name == "value");
    REQUIRE(ws->close(listener));
    options.host = "127.0.0.1";
    options.port = *ws->port(listener);
    REQUIRE(ws.until(listener, [&] { return *ws->poll_closed(listener); }));
    CHECK(ws->listen(options));
}

TEST_CASE("requests that wait for a decision") {
    Fixture ws;
    ListenOptions options;
    options.authorize = true;
    options.handshake_timeout = 1min; // longer than anything here waits
    options.protocols = {"v1"};
    const Id listener = ws.listen(options);
    const auto waiting = [&] {
        std::optional<Id> id;
        REQUIRE(ws.until(listener, [&] { return (id = *ws->pending(listener)).has_value(); }));
        return *id;
    };
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    socket.send(upgrade_request("/secret", "Authorization: Bearer x\r\nSec-WebSocket-Protocol: v2, v1\r\n"));
    const Id id = waiting();
    CHECK(*ws->state(id) == State::Connecting);
    CHECK(*(*ws->request(id))->header("authorization") == "Bearer x");
    CHECK_FALSE(ws->accept(listener)->has_value());
    Decision decision;
    SUBCASE("accepted") {
        decision.accepted = true;
        decision.headers = {{"X-Session", "7"}};
        std::string expected = "v1";
        SUBCASE("with a subprotocol of its own") { expected = decision.protocol = "v2"; }
        SUBCASE("after some time") { std::this_thread::sleep_for(100ms); }
        REQUIRE(ws->answer(id, decision));
        const std::string answer = socket.receive_head();
        CHECK(answer.starts_with("HTTP/1.1 101"));
        CHECK(answer.find("X-Session: 7\r\n") != std::string::npos);
        CHECK(answer.find("Sec-WebSocket-Protocol: " + expected + "\r\n") != std::string::npos);
        CHECK(ws.accept(listener) == id);
        CHECK(ws->info(id)->protocol == expected);
        ws.send(id, "welcome");
        CHECK(receive_frame(socket).payload == "welcome");
    }
    SUBCASE("refused") {
        decision.status = 401;
        decision.headers = {{"WWW-Authenticate", "Bearer"}};
        decision.body = "who are you?";
        REQUIRE(ws->answer(id, decision));
        const std::string answer = socket.receive_all();
        CHECK(answer.starts_with("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\n"));
        CHECK(answer.ends_with("\r\n\r\nwho are you?"));
        CHECK(ws.until(id, [&] { return *ws->state(id) == State::Closed; }));
        CHECK_FALSE(ws->accept(listener)->has_value());
    }
    SUBCASE("never, because the listener closes") {
        REQUIRE(ws->close(listener));
        CHECK(socket.receive_all().starts_with("HTTP/1.1 503 "));
        CHECK(ws.until(id, [&] { return *ws->state(id) == State::Closed; }));
    }
    SUBCASE("never, because the program closes it") {
        REQUIRE(ws->close(id));
        CHECK(socket.receive_all().starts_with("HTTP/1.1 503 "));
        CHECK(ws.until(id, [&] { return *ws->poll_closed(id); }));
        decision.accepted = true;
        CHECK(ws->answer(id, decision)); // too late
        CHECK_FALSE(ws->accept(listener)->has_value());
    }
    SUBCASE("never, because the program closes it at once, though the peer doesn't take the answer") {
        REQUIRE(ws->close(id, 1000, {}, 0ms));
        CHECK(ws.until(
            id, [&] { return *ws->poll_closed(id); }, 900ms)); // no lingering
    }
    SUBCASE("accepted, and closed before the upgrade is done") {
        decision.accepted = true;
        REQUIRE(ws->answer(id, decision));
        REQUIRE(ws->close(id));
        CHECK(ws.until(id, [&] { return *ws->poll_closed(id) || *ws->state(id) == State::Open; }));
        socket.finish();
        CHECK(ws.until(id, [&] { return *ws->poll_closed(id); }));
    }
    SUBCASE("with headers that can't be") {
        decision.headers = {{"X", "a\r\nb"}};
        CHECK(ws->answer(id, decision).error().kind.name == "value");
    }
}

} // namespace qi::ws::test
