// Closing handshakes in every order, and ends without one.
#include "support.hpp"

#include <filesystem>
#include <thread>

namespace qi::ws::test {

namespace {

/// The Close event, which must be the next and the last.
Event last_event(Fixture& ws, Id id) {
    Event event = ws.receive(id);
    CHECK(event.type == EventType::Close);
    CHECK(ws.is_over(id));
    CHECK(*ws->state(id) == State::Closed);
    return event;
}

std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

/// Until the waker is released.
void stop_service_thread(Fixture& ws) {
    ws.waker().hold();
    ConnectOptions nobody;
    nobody.url = "ws://127.0.0.1:9/";
    const Id id = *ws->connect(nobody);
    REQUIRE(ws.waker().park_until(id, std::chrono::steady_clock::now() + 10s));
}

} // namespace

TEST_CASE("a service that ends leaves no descriptor open") {
    const auto run_one = [] {
        Fixture ws;
        ws.pair();
    };
    run_one(); // what the process opens once
    const std::ptrdiff_t before = open_descriptors();
    run_one();
    CHECK(open_descriptors() == before);
}

TEST_CASE("a listener that is being closed serves until it is") {
    Fixture ws;
    ws.listen();
    stop_service_thread(ws);
    CHECK_FALSE(ws->is_serving());
    ws->close_serving(1s);
    CHECK(ws->is_serving());
    ws.waker().release();
    CHECK(ws.until([&] { return !ws->is_serving(); }));
}

TEST_CASE("who was let in and isn't accepted is closed when nobody accepts any more") {
    Fixture ws;
    const Id listener = ws.listen();
    const Id early = ws.connect(ws.url(listener));
    REQUIRE(ws.until([&] { return *ws->state(early) == State::Open; }));
    ws->abandon(listener);
    CHECK(last_event(ws, early).code == 1001);
    const Id late = ws.connect(ws.url(listener));
    CHECK(last_event(ws, late).code == 1001);
    REQUIRE(ws->close(listener));
    CHECK(ws.until([&] { return *ws->poll_closed(listener); }));
    CHECK(ws->accept(listener).error().kind == kind::closed);
}

TEST_CASE("the client closes") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    stop_service_thread(ws);
    REQUIRE(ws->close(client, 3001, "さようなら"));
    CHECK(*ws->state(client) == State::Closing);
    ws.waker().release();
    const Event far = last_event(ws, server);
    CHECK(far.code == 3001);
    CHECK(far.data.view() == "さようなら");
    const Event near = last_event(ws, client);
    CHECK(near.code == 3001);
    CHECK(near.data.view() == "さようなら");
    CHECK(ws->info(client)->close->clean);
    CHECK(ws->info(server)->close->clean);
    CHECK(ws->info(server)->close->reason == "さようなら");
    CHECK(*ws->poll_closed(client));
}

TEST_CASE("the server closes behind what it has queued") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    const std::string large(3 << 20, 'z');
    ws.send(server, "first");
    ws.send(server, large);
    REQUIRE(ws->close(server));
    CHECK(ws->send(server, MessageType::Text, "late").error().kind.name == "closed");
    CHECK(ws.receive_text(client) == "first");
    CHECK(ws.receive_text(client) == large);
    CHECK(last_event(ws, client).code == 1000);
    CHECK(last_event(ws, server).code == 1000);
}

TEST_CASE("both close at once") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    REQUIRE(ws->close(client, 1000));
    REQUIRE(ws->close(server, 1001));
    const Event near = last_event(ws, client);
    const Event far = last_event(ws, server);
    CHECK((near.code == 1000 || near.code == 1001));
    CHECK((far.code == 1000 || far.code == 1001));
}

TEST_CASE("messages that arrived before the close are delivered before it") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    for (int i = 0; i < 100; ++i) ws.send(client, std::to_string(i));
    REQUIRE(ws->close(client));
    for (int i = 0; i < 100; ++i) CHECK(ws.receive_text(server) == std::to_string(i));
    CHECK(last_event(ws, server).code == 1000);
}

TEST_CASE("what nobody receives from ended connections doesn't pile up") {
    Fixture ws;
    const Id listener = ws.listen();
    const std::string large((4 << 20) - 1, 'x'); // with one more byte the inbox would be full, and the close unread
    const auto leave = [&](std::string_view message) {
        const Id client = ws.connect(ws.url(listener));
        const Id server = ws.accept(listener);
        ws.send(client, MessageType::Binary, message);
        ws.close_and_wait(client);
        REQUIRE(ws.until(server, [&] { return *ws->state(server) == State::Closed; }));
        return server;
    };
    const Id first = leave("hello");
    Id last = 0;
    for (int n = 0; n < 65; ++n) last = leave(large); // together more than 256 MiB
    const auto gone = ws->receive(first);
    REQUIRE_FALSE(gone);
    CHECK(gone.error().kind.name == "closed");
    CHECK(ws.receive(last).data.view() == large);
    CHECK(ws.receive(last).type == EventType::Close);
}

TEST_CASE("what may not be said at the end") {
    Fixture ws;
    const auto [client, server] = ws.pair();
    for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000})
        CHECK(ws->close(client, static_cast<std::uint16_t>(code)).error().kind.name == "range");
    CHECK(ws->close(client, 1000, std::string(124, 'x')).error().kind.name == "range");
    CHECK(ws->close(client, 1000, "\xff").error().kind.name == "utf8");
    CHECK(ws->close(4711).error().kind.name == "unknown-id");
    CHECK(ws->close(0).error().kind.name == "unknown-id");
    CHECK(ws->close(-1).error().kind.name == "unknown-id");
    REQUIRE(ws->close(client, 1000, std::string(123, 'x')));
    CHECK(ws.receive(server).data.size() == 123);
    CHECK(ws->close(client));
    CHECK(ws->close(server));
}

TEST_CASE("a peer that closes without a code") {
    Fixture ws;
    RawListener peer;
    ConnectOptions options;
    options.url = peer.url();
    const auto id = *ws->connect(options);
    RawSocket socket = peer.accept_websocket();
    socket.send(frame(1, "last words", false) + frame(8, "", false));
    CHECK(ws.receive_text(id) == "last words");
    CHECK(last_event(ws, id).code == 1005);
    const RawFrame answer = receive_frame(socket);
    CHECK(answer.opcode == 8);
    CHECK(answer.payload.empty());
    CHECK(socket.receive().empty());
}

TEST_CASE("the reply to a message that comes with the close in one segment") {
    Fixture ws;
    const Id listener = ws.listen();
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    upgrade(socket);
    const Id server = ws.accept(listener);
    ws.send(server, "queued");
    socket.send(frame(1, "hello", true) + frame(8, close_payload_of(1000), true));
    CHECK(ws.receive_text(server) == "hello");
    CHECK(last_event(ws, server).code == 1000);
    CHECK(receive_frame(socket).payload == "queued");
    const RawFrame answer = receive_frame(socket);
    CHECK(answer.opcode == 8);
    CHECK(answer.payload == close_payload_of(1000));
    CHECK(socket.receive().empty());
}

TEST_CASE("a peer that never answers the close frame") {
    Fixture ws;
    RawListener peer;
    ConnectOptions options;
    options.url = peer.url();
    options.connection.close_timeout = 200ms;
    const auto id = *ws->connect(options);
    RawSocket socket = peer.accept_websocket();
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Open; }));
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(ws->close(id, 1001, "bye"));
    CHECK(last_event(ws, id).code == 1001);
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(took >= 190ms);
    CHECK(took < 3s);
    CHECK_FALSE(ws->info(id)->close->clean);
    CHECK(receive_frame(socket).payload == close_payload_of(1001, "bye"));
    CHECK(socket.receive().empty());
}

TEST_CASE("a peer that still talks after our close frame") {
    Fixture ws;
    RawListener peer;
    ConnectOptions options;
    options.url = peer.url();
    const auto id = *ws->connect(options);
    RawSocket socket = peer.accept_websocket();
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Open; }));
    REQUIRE(ws->close(id));
    CHECK(receive_frame(socket).opcode == 8);
    socket.send(frame(1, "one more", false) + frame(8, close_payload_of(1000), false));
    CHECK(ws.receive_text(id) == "one more");
    CHECK(last_event(ws, id).code == 1000);
}

TEST_CASE("closing while nobody reads and the inbox is full") {
    Fixture ws;
    RawListener peer;
    ConnectOptions options;
    options.url = peer.url();
    options.connection.channel_capacity = 4;
    const auto id = *ws->connect(options);
    RawSocket socket = peer.accept_websocket();
    std::string flood;
    for (int i = 0; i < 1000; ++i) flood += frame(1, std::to_string(i), false);
    REQUIRE(socket.send(flood));
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Open; }));
    REQUIRE(ws->close(id));
    while (receive_frame(socket).opcode != 8) {
    }
    socket.send(frame(8, close_payload_of(1000), false));
    REQUIRE(ws.until(id, [&] { return *ws->poll_closed(id); }));
    const auto events = ws.receive_all(id);
    CHECK(events.size() >= 4);
    CHECK(events.back().code == 1000);
}

TEST_CASE("a connection that ends without a close frame") {
    Fixture ws;
    const Id listener = ws.listen();
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    upgrade(socket);
    const Id server = ws.accept(listener);
    SUBCASE("by FIN") {
        socket.send(frame(1, "last", true));
        socket.close();
        CHECK(ws.receive_text(server) == "last");
        CHECK(last_event(ws, server).code == 1006);
    }
    SUBCASE("by half a close of TCP") {
        socket.finish();
        CHECK(last_event(ws, server).code == 1006);
    }
    SUBCASE("by a reset") {
        socket.reset();
        const Event error = ws.receive(server);
        CHECK(error.type == EventType::Error);
        CHECK(error.kind.name == "reset");
        CHECK(last_event(ws, server).code == 1006);
    }
    SUBCASE("by a reset in the middle of a frame") {
        socket.send(frame(1, std::string(1000, 'x'), true).substr(0, 500));
        std::this_thread::sleep_for(20ms);
        socket.reset();
        CHECK(ws.receive(server).kind.name == "reset");
        CHECK(last_event(ws, server).code == 1006);
    }
    CHECK_FALSE(ws->info(server)->close->clean);
}

TEST_CASE("closing a listener leaves its connections alone") {
    Fixture ws;
    const Id listener = ws.listen();
    const auto url = ws.url(listener);
    const Id client = ws.connect(url);
    const Id server = ws.accept(listener);
    REQUIRE(ws->close(listener));
    REQUIRE(ws.until(listener, [&] { return *ws->poll_closed(listener); }));
    CHECK(ws->accept(listener).error().kind.name == "closed");
    ws.send(client, "still here");
    CHECK(ws.receive_text(server) == "still here");
    ConnectOptions options;
    options.url = url;
    CHECK(ws.failure_of(options).kind.name == "refused");
}

TEST_CASE("closing a connection that isn't open yet") {
    Fixture ws;
    RawListener silent;
    ConnectOptions options;
    options.url = silent.url();
    const auto id = *ws->connect(options);
    REQUIRE(ws->close(id));
    REQUIRE(ws.until(id, [&] { return *ws->poll_closed(id); }));
    CHECK(std::get<ConnectFailure>(*ws->poll_open(id)).kind.name == "closed");
    CHECK(ws->receive(id).error().kind.name == "closed");
}

TEST_CASE("shutdown says goodbye") {
    Fixture ws;
    RawListener peer;
    const Id client = *ws->connect([&] {
        ConnectOptions options;
        options.url = peer.url();
        options.connection.close_timeout = 1h;
        return options;
    }());
    RawSocket socket = peer.accept_websocket();
    REQUIRE(ws.until(client, [&] { return *ws->state(client) == State::Open; }));
    const auto [near, far] = ws.pair();
    CHECK(ws->could_wake());
    ws.send(client, "queued");
    SUBCASE("and waits for peers that answer") {
        std::thread answering([&] {
            while (receive_frame(socket).opcode != 8) {
            }
            socket.send(frame(8, close_payload_of(1001), false));
        });
        ws->shutdown();
        answering.join();
    }
    SUBCASE("but not for ever") {
        ws->shutdown(150ms); // of an hour
        CHECK(receive_frame(socket).payload == "queued");
        CHECK(receive_frame(socket).payload == close_payload_of(1001));
    }
    CHECK_FALSE(ws->could_wake());
    CHECK(ws.receive(client).code == 1001);
    CHECK(ws.receive(near).code == 1001);
    CHECK(*ws->state(far) == State::Closed);
    CHECK(ws->connect({}).error().kind.name == "closed");
    CHECK(ws->listen({}).error().kind.name == "closed");
    CHECK(ws->close(near));
}

} // namespace qi::ws::test
