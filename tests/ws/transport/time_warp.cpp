// What happens minutes later, without the minutes: the monotonic clock of this program can be moved on. A program of
// its own, since nothing that waits for a point in time does so sensibly afterwards.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "support.hpp"

#include <atomic>
#include <ctime>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

namespace {
std::atomic<long> moved_on{0}; // seconds
} // namespace

// Stands before the C library's own for libwebsockets and the C++ library alike.
extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* time) noexcept {
    const int result = static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
    if (result == 0 && (clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE)) time->tv_sec += moved_on;
    return result;
}

namespace qi::ws::test {

namespace {

// libwebsockets' own timer, where it isn't switched off, pings at 300 s and cuts at 310 s.
constexpr long steps[] = {301, 12, 301, 12};

std::string echo_through(Fixture& ws, RawSocket& peer, Id id, const std::string& text, bool peer_masks) {
    if (!peer.send(frame(1, text, peer_masks))) return "cut";
    if (ws.receive_text(id) != text) return "lost";
    ws.send(id, text);
    const RawFrame answer = receive_frame(peer);
    return answer.opcode == 1 ? answer.payload : "opcode " + std::to_string(answer.opcode);
}

void stays_silent(Fixture& ws, RawSocket& peer, Id id, bool peer_masks) {
    REQUIRE(echo_through(ws, peer, id, "now", peer_masks) == "now");
    for (const long step : steps) {
        const auto before = std::chrono::steady_clock::now();
        moved_on += step;
        REQUIRE(std::chrono::steady_clock::now() - before >= std::chrono::seconds(step));
        // The first wakes the loop, which then sees to whatever is due; the second comes behind that.
        REQUIRE(echo_through(ws, peer, id, "later", peer_masks) == "later");
        REQUIRE(echo_through(ws, peer, id, "and again", peer_masks) == "and again");
    }
}

/// Waits until the other side's system has what was sent.
bool has_arrived(const RawSocket& socket) {
    for (int n = 0; n < 10000; ++n) {
        int left = 0;
        if (::ioctl(socket.fd(), SIOCOUTQ, &left) != 0) return false;
        if (left == 0) return true;
        std::this_thread::sleep_for(1ms);
    }
    return false;
}

/// A listener, and the connection of the peer that it has accepted.
std::pair<Id, Id> meet(Fixture& ws, const ListenOptions& options, RawSocket& peer) {
    const Id listener = ws.listen(options);
    peer = RawSocket::connect(*ws->port(listener));
    REQUIRE(upgrade(peer).starts_with("HTTP/1.1 101"));
    return {listener, ws.accept(listener)};
}

} // namespace

TEST_CASE("a server with a :ping-interval of 0 pings nobody, and cuts nobody off, however long the peer is silent") {
    Fixture ws;
    ListenOptions options;
    options.connection.ping_interval = 0ms;
    const Id listener = ws.listen(options);
    RawSocket peer = RawSocket::connect(*ws->port(listener));
    REQUIRE(upgrade(peer).starts_with("HTTP/1.1 101"));
    stays_silent(ws, peer, ws.accept(listener), true);
}

TEST_CASE("a client with a :ping-interval of 0 pings nobody, and isn't cut off, however long the peer is silent") {
    Fixture ws;
    RawListener door;
    ConnectOptions options;
    options.url = door.url();
    options.connection.ping_interval = 0ms;
    const auto id = ws->connect(options);
    REQUIRE(id);
    RawSocket peer = door.accept_websocket();
    REQUIRE(ws.until([&] { return ws->info(*id)->state == State::Open; }));
    stays_silent(ws, peer, *id, false);
}

TEST_CASE("nobody is pinged while messages come; who answers pings is kept, and who doesn't is lost") {
    Fixture ws;
    ListenOptions options;
    options.connection.ping_interval = 30s;
    options.connection.pong_timeout = 10s;
    RawSocket peer;
    const auto met = meet(ws, options, peer);
    const Id listener = met.first, id = met.second;
    for (int n = 0; n < 5; ++n) {
        moved_on += 20;
        REQUIRE(echo_through(ws, peer, id, "talk", true) == "talk");
    }
    std::vector<RawSocket> others;
    const auto wake = [&] { others.push_back(RawSocket::connect(*ws->port(listener))); };
    const auto pinged = [&] {
        moved_on += 31;
        wake();
        const RawFrame next = receive_frame(peer);
        REQUIRE(next.opcode == 9);
        return next.payload;
    };
    for (int n = 0; n < 5; ++n) {
        REQUIRE(peer.send(frame(10, pinged(), true) + frame(1, "and read", true)));
        REQUIRE(ws.receive_text(id) == "and read");
    }
    pinged();
    moved_on += 11;
    wake();
    const std::vector<Event> events = ws.receive_all(id);
    REQUIRE(events.size() == 2);
    CHECK(std::string_view(events[0].kind.name) == "pong-timeout");
    CHECK(events[1].code == 1006);
}

TEST_CASE("messages either way put the :idle-timeout off") {
    Fixture ws;
    ListenOptions options;
    options.connection.ping_interval = 0ms;
    options.connection.idle_timeout = 60s;
    RawSocket peer;
    const Id id = meet(ws, options, peer).second;
    for (int n = 0; n < 3; ++n) {
        moved_on += 40;
        REQUIRE(peer.send(frame(1, "one way", true)));
        REQUIRE(ws.receive_text(id) == "one way");
        moved_on += 40;
        ws.send(id, "the other way");
        REQUIRE(receive_frame(peer).payload == "the other way");
    }
    moved_on += 61;
    REQUIRE(peer.send(frame(9, "wakes the loop, and is no message", true)));
    RawFrame last = receive_frame(peer);
    if (last.opcode == 10) last = receive_frame(peer);
    CHECK(last.opcode == 8);
    CHECK(last.payload.substr(0, 2) == close_payload_of(1001));
}

TEST_CASE("what came while the service stood still is read before its peer is judged") {
    Fixture ws;
    ListenOptions options;
    options.connection.ping_interval = 0ms;
    options.connection.idle_timeout = 60s;
    RawSocket peer;
    const Id id = meet(ws, options, peer).second;
    ws.waker().hold();
    REQUIRE(peer.send(frame(1, "before", true)));
    CHECK(ws.receive_text(id) == "before"); // by then it stands still
    moved_on += 61;
    REQUIRE(peer.send(frame(1, "meanwhile", true)));
    REQUIRE(has_arrived(peer));
    ws.waker().release();
    CHECK(ws.receive_text(id) == "meanwhile");
    ws.send(id, "still here");
    CHECK(receive_frame(peer).payload == "still here");
}

TEST_CASE(
    "a message may take as long as it likes while it goes on, and is given up after :message-timeout when it doesn't") {
    Fixture ws;
    RawSocket peer;
    RawListener door;
    Id id = 0;
    bool masked = true;
    SUBCASE("server") {
        ListenOptions options;
        options.connection.ping_interval = 0ms;
        options.connection.message_timeout = 60s;
        const Id listener = ws.listen(options);
        peer = RawSocket::connect(*ws->port(listener));
        REQUIRE(upgrade(peer).starts_with("HTTP/1.1 101"));
        id = ws.accept(listener);
    }
    SUBCASE("client") {
        masked = false;
        ConnectOptions options;
        options.url = door.url();
        options.connection.ping_interval = 0ms;
        options.connection.message_timeout = 60s;
        const auto made = ws->connect(options);
        REQUIRE(made);
        id = *made;
        peer = door.accept_websocket();
    }
    const auto ping = [&] {
        if (!peer.send(frame(9, "", masked))) return -1;
        return receive_frame(peer).opcode;
    };
    peer.send(frame(1, "a", masked, false));
    for (int n = 0; n < 5; ++n) {
        REQUIRE(ping() == 10); // what was sent is read
        moved_on += 40;
        peer.send(frame(0, "b", masked, n == 4));
    }
    CHECK(ws.receive_text(id) == "abbbbb");
    // Pings are no part of it.
    peer.send(frame(1, "a", masked, false));
    REQUIRE(ping() == 10);
    moved_on += 40;
    REQUIRE(ping() == 10);
    moved_on += 40;
    peer.send(frame(9, "", masked)); // wakes the loop, which then sees to whatever is due
    RawFrame last = receive_frame(peer);
    if (last.opcode == 10) last = receive_frame(peer);
    CHECK(last.opcode == 8);
    CHECK(last.payload.substr(0, 2) == close_payload_of(1008));
    peer.close();
    const std::vector<Event> events = ws.receive_all(id);
    REQUIRE(events.size() == 2);
    CHECK(std::string_view(events[0].kind.name) == "timeout");
    CHECK(events[1].code == 1008);
}

TEST_CASE("nobody decides in time") {
    Fixture ws;
    ListenOptions options;
    options.authorize = true;
    options.handshake_timeout = 60s;
    const Id listener = ws.listen(options);
    const auto ask = [&] {
        RawSocket socket = RawSocket::connect(*ws->port(listener));
        socket.send("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        REQUIRE(ws.until(listener, [&] { return ws->pending(listener)->has_value(); }));
        return socket;
    };
    RawSocket late = ask();
    moved_on += 61;
    const RawSocket next = ask(); // wakes the loop
    CHECK(late.receive_all().starts_with("HTTP/1.1 503"));
}

TEST_CASE("refusals are told together, ten seconds after the first") {
    Fixture ws;
    ListenOptions options;
    options.paths = {{"/there"}};
    const Id listener = ws.listen(options);
    const std::uint16_t port = *ws->port(listener);
    const auto ask = [&](const std::string& request) {
        RawSocket peer = RawSocket::connect(port);
        REQUIRE(peer.send(request));
        return peer.receive_head().substr(9, 3);
    };
    const auto next = [&] {
        REQUIRE(ws->accept(listener)); // takes in what has come
        return ws->next_rejections();
    };
    const std::string plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n", garbage = "what?\r\n\r\n";
    for (int n = 0; n < 3; ++n) REQUIRE(ask(plain) == "426");
    REQUIRE(ask(garbage) == "400");
    CHECK(!next());
    moved_on += 9;
    REQUIRE(ask(plain) == "426"); // the loop looks at the clock
    CHECK(!next());
    moved_on += 2;
    REQUIRE(ask(plain) == "426"); // in this report or the next
    std::optional<Rejections> told;
    REQUIRE(ws.until(listener, [&] { return (told = next()).has_value(); }));
    CHECK(told->port == port);
    CHECK(told->within == 10s);
    CHECK(told->out_of_descriptors == 0);
    CHECK(told->by_status.at(400) == 1);
    const std::uint64_t first = told->by_status.at(426);
    CHECK(first >= 4);
    // What has not been told when the listener closes is told then.
    REQUIRE(ask(plain) == "426");
    REQUIRE(ws->close(listener));
    REQUIRE(ws.until(listener, [&] {
        static_cast<void>(ws->accept(listener));
        return (told = ws->next_rejections()).has_value();
    }));
    CHECK(first + told->by_status.at(426) == 6);
}

} // namespace qi::ws::test
