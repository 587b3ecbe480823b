// Peers that break the rules, and peers that don't keep up.
#include "support.hpp"

#include <thread>

namespace qi::ws::test {

namespace {

struct RawClient {
    explicit RawClient(ConnectionOptions options = {}) {
        ListenOptions listening;
        listening.connection = options;
        listener = ws.listen(listening);
        socket = RawSocket::connect(*ws->port(listener));
        upgrade(socket);
        id = ws.accept(listener);
    }
    Fixture ws;
    Id listener = 0;
    RawSocket socket;
    Id id = 0;
};

struct RawServer {
    explicit RawServer(ConnectionOptions connection = {}) {
        ConnectOptions options;
        options.url = peer.url();
        options.connection = connection;
        id = *ws->connect(options);
        socket = peer.accept_websocket();
        REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Open; }));
    }
    Fixture ws;
    RawListener peer;
    RawSocket socket;
    Id id = 0;
};

/// At most one error of that kind, then the close.
void check_fault(Fixture& ws, Id id, std::string_view kind, int code) {
    const Event error = ws.receive(id);
    CHECK(error.type == EventType::Error);
    CHECK(error.kind.name == kind);
    CHECK_FALSE(error.data.empty());
    const Event close = ws.receive(id);
    CHECK(close.type == EventType::Close);
    CHECK(close.code == code);
    CHECK(close.data.empty());
    CHECK(ws.is_over(id));
}

} // namespace

TEST_CASE("fragments become one message, with pings between them") {
    RawClient peer;
    peer.socket.send(frame(1, "one ", true, false));
    peer.socket.send(frame(9, "ping", true));
    peer.socket.send(frame(0, "", true, false) + frame(0, "two ", true, false));
    peer.socket.send(frame(0, "three", true));
    CHECK(peer.ws.receive_text(peer.id) == "one two three");
    const RawFrame pong = receive_frame(peer.socket);
    CHECK(pong.opcode == 10);
    CHECK(pong.payload == "ping");
}

TEST_CASE("a code point split across fragments is sound") {
    RawClient peer;
    peer.socket.send(frame(1, "\xe3\x81", true, false) + frame(0, "\x82", true));
    CHECK(peer.ws.receive_text(peer.id) == "あ");
}

TEST_CASE("frames byte by byte") {
    RawClient peer;
    for (const char byte : frame(1, "slow", true) + frame(2, std::string(200, 'x'), true)) {
        peer.socket.send({&byte, 1});
        std::this_thread::sleep_for(100us);
    }
    CHECK(peer.ws.receive_text(peer.id) == "slow");
    CHECK(peer.ws.receive(peer.id).data.size() == 200);
}

TEST_CASE("frames right behind the request") {
    Fixture ws;
    const Id listener = ws.listen();
    RawSocket socket = RawSocket::connect(*ws->port(listener));
    socket.send("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n" +
                frame(1, "early", true) + frame(1, std::string(50000, 'e'), true) + frame(1, "bird", true));
    const Id id = ws.accept(listener);
    CHECK(ws.receive_text(id) == "early");
    CHECK(ws.receive_text(id).size() == 50000);
    CHECK(ws.receive_text(id) == "bird");
}

TEST_CASE("text that isn't UTF-8") {
    RawClient peer;
    peer.socket.send(frame(1, "fine", true));
    SUBCASE("at once") { peer.socket.send(frame(1, "\xff", true)); }
    SUBCASE("cut off at the end, by an empty last fragment") {
        peer.socket.send(frame(1, "\xe3\x81", true, false) + frame(0, "", true));
    }
    CHECK(peer.ws.receive_text(peer.id) == "fine");
    const RawFrame close = receive_frame(peer.socket);
    CHECK(close.opcode == 8);
    CHECK(close.payload == close_payload_of(1007));
    peer.socket.send(frame(1, "ignored", true) + frame(8, close_payload_of(1007), true));
    check_fault(peer.ws, peer.id, "utf8", 1007);
    CHECK(peer.socket.receive().empty());
}

TEST_CASE("a message beyond the read limit") {
    ConnectionOptions options;
    options.read_limit = 1000;
    RawClient peer(options);
    SUBCASE("in one frame") { peer.socket.send(frame(2, std::string(1001, 'x'), true)); }
    SUBCASE("in fragments") {
        for (int i = 0; i < 11; ++i) peer.socket.send(frame(i == 0 ? 2 : 0, std::string(100, 'x'), true, false));
    }
    SUBCASE("announced, and begun") { peer.socket.send(frame(2, std::string(1 << 20, 'x'), true)); }
    CHECK(receive_frame(peer.socket).payload == close_payload_of(1009));
    peer.socket.close();
    check_fault(peer.ws, peer.id, "too-big", 1009);
}

TEST_CASE("a message of exactly the read limit") {
    ConnectionOptions options;
    options.read_limit = 1000;
    RawClient peer(options);
    peer.socket.send(frame(2, std::string(1000, 'x'), true) + frame(2, std::string(600, 'x'), true, false) +
                     frame(0, std::string(400, 'x'), true));
    CHECK(peer.ws.receive(peer.id).data.size() == 1000);
    CHECK(peer.ws.receive(peer.id).data.size() == 1000);
}

TEST_CASE("memory grows with what has come, not with what was announced") {
    RawClient peer;
    const std::size_t before = resident_memory();
    std::vector<RawSocket> sockets;
    for (int i = 0; i < 20; ++i) {
        sockets.push_back(RawSocket::connect(*peer.ws->port(peer.listener)));
        upgrade(sockets.back());
        sockets.back().send(std::string("\x82\xff\0\0\0\0\1\xf0\0\0\0\0\0\0", 14) +
                            std::string(1000, 'x')); // 31 MB each
        peer.ws.accept(peer.listener);
    }
    std::this_thread::sleep_for(50ms);
    CHECK(resident_memory() - before < 32u << 20);
}

TEST_CASE("broken frames") {
    std::string bytes;
    SUBCASE("a reserved opcode") { bytes = frame(3, "x", true); }
    SUBCASE("a reserved control opcode") { bytes = frame(11, "", true); }
    SUBCASE("a reserved bit") {
        bytes = frame(1, "x", true);
        bytes[0] = static_cast<char>(bytes[0] | 0x40);
    }
    SUBCASE("a continuation of nothing") { bytes = frame(0, "x", true); }
    SUBCASE("a message inside a message") { bytes = frame(1, "x", true, false) + frame(1, "y", true); }
    SUBCASE("a fragmented ping") { bytes = frame(9, "x", true, false); }
    SUBCASE("a ping of 126 bytes") { bytes = frame(9, std::string(126, 'x'), true); }
    RawClient peer;
    peer.socket.send(frame(1, "before", true) + bytes);
    CHECK(peer.ws.receive_text(peer.id) == "before");
    check_fault(peer.ws, peer.id, "protocol", 1002);
}

TEST_CASE("broken frames from a server") {
    std::string bytes;
    SUBCASE("a reserved opcode") { bytes = frame(3, "x", false); }
    SUBCASE("a reserved bit") { bytes = std::string("\xc1\1x", 3); }
    SUBCASE("a continuation of nothing") { bytes = frame(0, "x", false); }
    RawServer peer;
    peer.socket.send(frame(1, "before", false) + bytes);
    CHECK(peer.ws.receive_text(peer.id) == "before");
    check_fault(peer.ws, peer.id, "protocol", 1002);
}

TEST_CASE("a close frame that mustn't be") {
    std::string payload;
    std::string kind = "protocol";
    int code = 1002;
    SUBCASE("one byte") { payload = "x"; }
    SUBCASE("code 5000") { payload = close_payload_of(5000); }
    SUBCASE("a reason that isn't UTF-8") { payload = close_payload_of(1000, "\xff"); }
    RawClient peer;
    peer.socket.send(frame(8, payload, true));
    check_fault(peer.ws, peer.id, kind, code);
    CHECK(receive_frame(peer.socket).payload == close_payload_of(1002));
}

TEST_CASE("a peer that floods is slowed down, and nothing is lost") {
    ConnectionOptions options;
    options.channel_capacity = 16;
    for (const bool as_server : {true, false}) {
        CAPTURE(as_server);
        std::optional<RawClient> client;
        std::optional<RawServer> server;
        if (as_server)
            client.emplace(options);
        else
            server.emplace(options);
        Fixture& ws = as_server ? client->ws : server->ws;
        RawSocket& socket = as_server ? client->socket : server->socket;
        const Id id = as_server ? client->id : server->id;
        constexpr int count = 200;
        const std::string large(256 * 1024, 'f'); // 50 MB in all
        std::thread flood([&] {
            for (int i = 0; i < count; ++i)
                if (!socket.send(frame(2, large, as_server))) return;
        });
        std::this_thread::sleep_for(100ms);
        const std::size_t before = resident_memory();
        std::this_thread::sleep_for(150ms);
        CHECK(resident_memory() - std::min(before, resident_memory()) < 4u << 20);
        for (int i = 0; i < count; ++i) REQUIRE(ws.receive(id).data.size() == large.size());
        flood.join();
    }
}

TEST_CASE("a flood of tiny messages stops at the channel's capacity") {
    ConnectionOptions options;
    options.channel_capacity = 16;
    RawClient peer(options);
    std::string flood;
    for (int i = 0; i < 5000; ++i) flood += frame(1, std::to_string(i), true);
    peer.socket.send(flood);
    std::this_thread::sleep_for(50ms);
    REQUIRE(peer.ws->state(peer.id));
    CHECK(peer.ws->info(peer.id)->received.messages == 16);
    for (int i = 0; i < 5000; ++i) REQUIRE(peer.ws.receive_text(peer.id) == std::to_string(i));
}

TEST_CASE("one message larger than what an inbox holds") {
    RawClient peer;
    const std::string large(9 << 20, 'l');
    std::thread sending(
        [&] { peer.socket.send(frame(2, large, true) + frame(2, large, true) + frame(1, "end", true)); });
    CHECK(peer.ws.receive(peer.id).data.view() == large);
    CHECK(peer.ws.receive(peer.id).data.view() == large);
    CHECK(peer.ws.receive_text(peer.id) == "end");
    sending.join();
}

TEST_CASE("a peer that never reads makes send say Full, and memory stays flat") {
    ConnectionOptions options;
    options.send_buffer = 1 << 20;
    options.close_timeout = 200ms;
    RawClient peer(options);
    const std::string text(64 * 1024, 's');
    std::uint64_t sent = 0;
    const std::size_t before = resident_memory();
    bool full = false;
    while (!full && sent < (256u << 20)) {
        full = *peer.ws->send(peer.id, MessageType::Text, text) == SendStatus::Full;
        if (full) break;
        sent += text.size();
        std::this_thread::sleep_for(50us);
    }
    REQUIRE(full);
    CHECK_FALSE(peer.ws->has_room(peer.id, text.size()));
    CHECK(*peer.ws->buffered(peer.id) <= options.send_buffer);
    CHECK(resident_memory() - before < 16u << 20);
    SUBCASE("and goes on when it reads again") {
        std::uint64_t read = 0;
        const std::uint64_t total = sent + text.size();
        std::thread reading([&] {
            while (read < total) {
                const RawFrame received = receive_frame(peer.socket);
                if (received.opcode != 1) return;
                read += received.payload.size();
            }
        });
        CHECK(peer.ws.until(peer.id, [&] { return peer.ws->has_room(peer.id, text.size()); }));
        CHECK(*peer.ws->send(peer.id, MessageType::Text, text) == SendStatus::Sent);
        CHECK(peer.ws.until(peer.id, [&] { return *peer.ws->poll_flushed(peer.id); }));
        reading.join();
        CHECK(read == total);
    }
    SUBCASE("and closing doesn't hang") {
        REQUIRE(peer.ws->close(peer.id));
        // 1000 if the kernel could still take the close frame.
        const Event end = peer.ws.receive(peer.id);
        CHECK(end.type == EventType::Close);
        CHECK((end.code == 1006 || end.code == 1000));
        CHECK_FALSE(peer.ws->info(peer.id)->close->clean);
    }
}

TEST_CASE("a message larger than all of the send buffer passes when nothing is queued") {
    ConnectionOptions options;
    options.send_buffer = 1000;
    Fixture ws;
    const auto [client, server] = ws.pair(options, {});
    ws.send(client, std::string(5000, 'x'));
    CHECK(ws.receive_text(server).size() == 5000);
    CHECK(ws.until(client, [&, id = client] { return *ws->poll_flushed(id); }));
}

TEST_CASE("pings") {
    RawServer peer;
    const auto ticket = peer.ws->ping(peer.id, "payload");
    REQUIRE(ticket);
    const RawFrame ping = receive_frame(peer.socket);
    CHECK(ping.opcode == 9);
    CHECK(ping.payload == "payload");
    CHECK_FALSE(peer.ws->poll_ping(peer.id, *ticket)->has_value());
    peer.socket.send(frame(10, "unasked", false) + frame(10, "payload", false));
    std::optional<double> milliseconds;
    REQUIRE(peer.ws.until(peer.id, [&] { return (milliseconds = *peer.ws->poll_ping(peer.id, *ticket)).has_value(); }));
    CHECK(*milliseconds > 0);
    CHECK(peer.ws->ping(peer.id, std::string(126, 'x')).error().kind.name == "range");
    const auto lost = peer.ws->ping(peer.id);
    peer.socket.close();
    CHECK(peer.ws.until(peer.id, [&] { return !peer.ws->poll_ping(peer.id, *lost); }));
}

TEST_CASE("the answer to a ping that was given up isn't kept") {
    RawServer peer;
    const auto ticket = *peer.ws->ping(peer.id, "late");
    CHECK(receive_frame(peer.socket).payload == "late");
    peer.ws->abandon_ping(peer.id, ticket);
    peer.socket.send(frame(10, "late", false) + frame(1, "after it", false));
    CHECK(peer.ws.receive_text(peer.id) == "after it");
    const auto late = peer.ws->poll_ping(peer.id, ticket);
    REQUIRE_FALSE(late);
    CHECK(late.error().kind.name == "closed");
}

TEST_CASE("pings go one at a time") {
    RawServer peer;
    const auto first = *peer.ws->ping(peer.id, "1");
    const auto second = *peer.ws->ping(peer.id, "2");
    peer.ws.send(peer.id, "behind both");
    CHECK(receive_frame(peer.socket).payload == "1");
    CHECK(receive_frame(peer.socket).payload == "behind both");
    peer.socket.send(frame(10, "1", false));
    CHECK(receive_frame(peer.socket).payload == "2");
    peer.socket.send(frame(10, "2", false));
    CHECK(peer.ws.until(peer.id, [&] { return peer.ws->poll_ping(peer.id, second)->has_value(); }));
    CHECK(peer.ws->poll_ping(peer.id, first)->has_value());
}

TEST_CASE("pings behind one that nobody answers are sent all the same") {
    ConnectionOptions options;
    options.pong_timeout = 300ms;
    RawServer peer(options);
    for (const char* payload : {"1", "2", "3"}) REQUIRE(peer.ws->ping(peer.id, payload));
    for (const char* payload : {"1", "2", "3"}) CHECK(receive_frame(peer.socket).payload == payload);
}

TEST_CASE("an answer to a later ping answers one that was left") {
    ConnectionOptions options;
    options.pong_timeout = 50ms;
    RawServer peer(options);
    const auto first = *peer.ws->ping(peer.id, "1");
    CHECK(receive_frame(peer.socket).payload == "1");
    std::this_thread::sleep_for(60ms);
    const auto second = *peer.ws->ping(peer.id, "2");
    CHECK(receive_frame(peer.socket).payload == "2");
    peer.socket.send(frame(10, "2", false));
    CHECK(peer.ws.until(peer.id, [&] { return peer.ws->poll_ping(peer.id, second)->has_value(); }));
    CHECK(peer.ws->poll_ping(peer.id, first)->has_value());
}

TEST_CASE("heartbeats keep a quiet connection") {
    ConnectionOptions options;
    options.ping_interval = 30ms;
    options.pong_timeout = 1h;
    RawServer peer(options);
    for (int n = 0; n < 5; ++n) {
        const RawFrame ping = receive_frame(peer.socket);
        REQUIRE(ping.opcode == 9);
        peer.socket.send(frame(10, ping.payload, false));
    }
    peer.socket.send(frame(1, "alive", false));
    CHECK(peer.ws.receive_text(peer.id) == "alive");
}

TEST_CASE("a peer that answers no heartbeat is lost") {
    ConnectionOptions options;
    options.ping_interval = 30ms;
    options.pong_timeout = 60ms;
    RawServer peer(options);
    check_fault(peer.ws, peer.id, "pong-timeout", 1006);
}

TEST_CASE("the pong clock stands still while reading is stopped") {
    ConnectOptions options;
    options.connection.ping_interval = 30ms;
    options.connection.pong_timeout = 60ms;
    options.connection.channel_capacity = 2;
    Fixture ws;
    RawListener listener;
    options.url = listener.url();
    const Id id = *ws->connect(options);
    RawSocket peer = listener.accept();
    // All of it is there when the connection opens: nothing is late.
    std::string flood = upgrade_answer(peer.receive_head());
    for (int i = 0; i < 10; ++i) flood += frame(1, "x", false);
    peer.send(flood);
    REQUIRE(ws.until(id, [&] { return *ws->state(id) == State::Open; }));
    std::this_thread::sleep_for(400ms);
    for (int i = 0; i < 10; ++i) CHECK(ws.receive_text(id) == "x");
}

TEST_CASE("pongs are handed over when control is on") {
    ConnectionOptions options;
    options.control = true;
    RawServer peer(options);
    peer.socket.send(frame(10, "pong", false));
    const Event event = peer.ws.receive(peer.id);
    CHECK(event.type == EventType::Pong);
    CHECK(event.data.view() == "pong");
}

} // namespace qi::ws::test
