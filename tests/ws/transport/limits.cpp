// What peers may make a server hold, and for how long: all unfinished messages together, one that doesn't go on,
// what is published to somebody who doesn't read it.
#include "support.hpp"

#include "ws/transport/peers/message_memory.hpp"
#include "ws/transport/wire/deflate.hpp"

namespace qi::ws::test {

namespace {

/// The first frame of a message of which more is announced.
std::string begun(std::size_t size) { return frame(2, std::string(size, 'x'), true, false); }

std::vector<Event> ending(Fixture& ws, Id id) {
    std::vector<Event> events = ws.receive_all(id);
    REQUIRE(events.size() >= 2);
    return {events.end()[-2], events.end()[-1]};
}

} // namespace

TEST_CASE("who holds most gives up, and the others go on") {
    struct Holder final : MemoryUser {
        explicit Holder(std::shared_ptr<MessageMemory> memory) : share(*this, std::move(memory)) {}
        void on_over_memory() noexcept override { ++times; }
        int times = 0;
        MemoryShare share;
    };
    const auto memory = std::make_shared<MessageMemory>(100);
    Holder a(memory);
    Holder b(memory);
    {
        Holder c(memory);
        a.share.hold(40);
        b.share.hold(30);
        c.share.hold(30);
        CHECK(memory->held() == 100);
        b.share.hold(31);
        CHECK(a.times == 1);
        CHECK(memory->held() == 61);
        c.share.hold(70);
        CHECK(c.times == 1);
        c.share.hold(20);
    }
    CHECK(memory->held() == 31);
    CHECK(b.times == 0);
    b.share.hold(101);
    CHECK(b.times == 1);
    CHECK(memory->held() == 0);
    CHECK(default_memory_limit() > 16 * MiB);
}

TEST_CASE("past :memory-limit the largest unfinished message ends its connection") {
    Fixture ws;
    ListenOptions options;
    options.memory_limit = 1600 * KiB;
    const Id listener = ws.listen(options);
    RawSocket small = RawSocket::connect(*ws->port(listener));
    upgrade(small);
    const Id small_id = ws.accept(listener);
    RawSocket large = RawSocket::connect(*ws->port(listener));
    upgrade(large);
    const Id large_id = ws.accept(listener);
    CHECK(large.send(begun(900 * KiB)));
    large.send(frame(9, "there?", true)); // behind the frame
    CHECK(receive_frame(large).payload == "there?");
    CHECK(small.send(begun(600 * KiB)));
    small.send(frame(9, "there?", true));
    CHECK(receive_frame(small).payload == "there?");
    CHECK(small.send(frame(0, std::string(200 * KiB, 'y'), true, false)));
    CHECK(small.send(frame(0, std::string(100 * KiB, 'y'), true, true)));
    const RawFrame close = receive_frame(large);
    CHECK(close.opcode == 8);
    CHECK(close.payload.substr(0, 2) == close_payload_of(1009));
    large.close();
    const auto events = ending(ws, large_id);
    CHECK(std::string_view(events[0].kind.name) == "too-big");
    CHECK(events[0].data.view().find(":memory-limit") != std::string_view::npos);
    CHECK(events[1].code == 1009);
    CHECK(ws.receive(small_id).data.size() == 900 * KiB);
}

TEST_CASE("thirty unfinished messages that would come to a gigabyte stay within a few of what came in") {
    Fixture ws;
    ListenOptions options;
    options.connection.compression = Compression::ContextTakeover;
    const Id listener = ws.listen(options);
    const auto packed = Deflater(15).deflate(std::string(31 * MiB, 'z'), false);
    REQUIRE(packed);
    std::string message = frame(2, packed->view().substr(0, packed->size() - 1), true, false);
    message[0] = static_cast<char>(message[0] | 0x40);
    const std::size_t before = resident_memory();
    std::vector<RawSocket> peers;
    for (int n = 0; n < 30; ++n) {
        RawSocket peer = RawSocket::connect(*ws->port(listener));
        upgrade(peer, "/", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        CHECK(peer.send(message));
        peer.send(frame(9, "there?", true));
        CHECK(receive_frame(peer).payload == "there?");
        peers.push_back(std::move(peer));
    }
    CHECK(resident_memory() - before < 60 * MiB);
}

TEST_CASE("bodies of requests count, too: the largest is refused with 503") {
    Fixture ws;
    ListenOptions options;
    options.http = true;
    options.memory_limit = 300 * KiB;
    const Id listener = ws.listen(options);
    const auto posted = [&](std::size_t announced, std::size_t sent) {
        RawSocket socket = RawSocket::connect(*ws->port(listener));
        socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(announced) + "\r\n\r\n" +
                    std::string(sent, 'x'));
        return socket;
    };
    RawSocket small = posted(200 * KiB, 100 * KiB);
    RawSocket large = posted(1000 * KiB, 400 * KiB);
    CHECK(large.receive_head().starts_with("HTTP/1.1 503"));
    small.send(std::string(100 * KiB, 'y'));
    CHECK(ws.until([&] {
        const auto next = ws->pending(listener);
        return next && *next;
    }));
}

namespace {

/// A subscriber of "t" that reads only what the test reads.
struct Subscriber {
    Subscriber(std::chrono::milliseconds patience, bool skip) {
        ListenOptions options;
        options.connection.send_buffer = 8u << 20;
        options.connection.slow_timeout = patience;
        options.connection.skip_when_slow = skip;
        options.connection.close_timeout = 100ms;
        const Id listener = ws.listen(options);
        peer = RawSocket::connect(*ws->port(listener));
        REQUIRE(upgrade(peer).starts_with("HTTP/1.1 101"));
        id = ws.accept(listener);
        REQUIRE(ws->subscribe(id, "t"));
    }
    static std::string text(int n) { return std::to_string(n) + " " + std::string(100000, 'x'); }
    BroadcastStatus publish() { return *ws->publish("t", MessageType::Text, text(published++)); }
    /// Until a message has no room and gets none: the service thread may be late with what the kernel still takes.
    BroadcastStatus publish_until_full() {
        for (;;) {
            BroadcastStatus status = publish();
            REQUIRE(published < 10000);
            if (status.ticket != 0 &&
                !ws.until([&] { return (status = ws->poll_broadcast(status.ticket)).ticket == 0; }, 500ms))
                return status;
            if (status.count == 0) return status;
        }
    }
    bool gets(int n) { return receive_frame(peer).payload == text(n); }
    /// After wake-ups, as a goroutine that waits for it.
    std::size_t count_of(BroadcastStatus status) {
        REQUIRE(ws.until(
            0, [&] { return status.ticket == 0 || (status = ws->poll_broadcast(status.ticket)).ticket == 0; }));
        return status.count;
    }

    Fixture ws;
    RawSocket peer;
    Id id = 0;
    int published = 0;
};

} // namespace

TEST_CASE("what is published waits for one that reads on") {
    Subscriber to(1min, false);
    const BroadcastStatus first = to.publish_until_full();
    REQUIRE(first.ticket != 0);
    CHECK(first.count == 0);
    const int queued = to.published - 1;
    SUBCASE("and gets it in its turn") {
        for (int n = 0; n < queued; ++n) REQUIRE(to.gets(n));
        CHECK(to.count_of(first) == 1);
        CHECK(to.gets(queued));
        CHECK(to.ws->info(to.id)->sent.messages == static_cast<std::uint64_t>(to.published));
    }
    SUBCASE("in the order of publishing") {
        const BroadcastStatus second = to.publish();
        REQUIRE(second.ticket != 0);
        for (int n = 0; n < queued; ++n) REQUIRE(to.gets(n));
        CHECK(to.count_of(second) == 1);
        CHECK(to.ws->poll_broadcast(first.ticket).count == 1);
        CHECK(to.gets(queued));
        CHECK(to.gets(queued + 1));
    }
    SUBCASE("and so does what is published when it has been woken and hasn't asked yet") {
        const auto is_woken = [&] { return to.ws.waker().park_until(0, std::chrono::steady_clock::now() + 10s); };
        to.ws.waker().forget(0);
        for (int n = 0; n < queued; ++n) REQUIRE(to.gets(n));
        REQUIRE(is_woken());
        const BroadcastStatus second = to.publish();
        REQUIRE(second.ticket != 0);
        to.ws.waker().forget(0);
        SUBCASE("the first one asks") { CHECK(to.ws->poll_broadcast(first.ticket).ticket == 0); }
        SUBCASE("the first one is given up") { to.ws->abandon_broadcast(first.ticket); }
        CHECK(is_woken());
        CHECK(to.ws->poll_broadcast(second.ticket).count == 1);
    }
    SUBCASE("unless it is given up") {
        const BroadcastStatus second = to.publish();
        to.ws->abandon_broadcast(first.ticket);
        for (int n = 0; n < queued; ++n) REQUIRE(to.gets(n));
        CHECK(to.count_of(second) == 1);
        CHECK(to.gets(queued + 1));
        CHECK(to.publish().count == 1); // nothing is in its way
        CHECK(to.gets(queued + 2));
    }
    SUBCASE("unless that one has left") {
        REQUIRE(to.ws->unsubscribe(to.id, "t"));
        const BroadcastStatus left = to.ws->poll_broadcast(first.ticket);
        CHECK(left.ticket == 0);
        CHECK(left.count == 0);
        REQUIRE(to.ws->subscribe(to.id, "t"));
        CHECK(to.publish().ticket != 0); // it wasn't slow
    }
}

TEST_CASE("what is published waits once for one that has stopped, and then leaves it out") {
    Subscriber to(200ms, true);
    BroadcastStatus status;
    do {
        status = to.publish();
        REQUIRE(to.published < 10000);
        while (status.ticket != 0) {
            to.ws.waker().sleep_until(status.until);
            status = to.ws->poll_broadcast(status.ticket);
        }
    } while (status.count == 1);
    CHECK(to.ws->info(to.id)->skipped == 1);
    for (int n = 0; n < 10; ++n) {
        status = to.publish();
        CHECK(status.ticket == 0);
        CHECK(status.count == 0);
    }
    CHECK(to.ws->info(to.id)->skipped == 11);
    CHECK(*to.ws->state(to.id) == State::Open);
    CHECK(!to.ws->next_slow());
}

TEST_CASE("what is published doesn't wait for one that has taken nothing for so long") {
    Subscriber to(200ms, false);
    do {
        REQUIRE(to.publish().count == 1);
    } while (to.ws.until([&] { return *to.ws->poll_flushed(to.id); }, 1s));
    const BroadcastStatus status = to.publish_until_full();
    CHECK(status.ticket == 0);
    CHECK(status.count == 0);
    CHECK(to.ws->next_slow() == to.id);
    CHECK(!to.ws->next_slow());
    // The program is told why, and the peer's silence doesn't take the code away.
    const std::vector<Event> events = to.ws.receive_all(to.id);
    REQUIRE(events.size() == 2);
    CHECK(events[0].type == EventType::Error);
    CHECK(std::string_view(events[0].kind.name) == "slow");
    CHECK(events[1].type == EventType::Close);
    CHECK(events[1].code == 1013);
}

} // namespace qi::ws::test
