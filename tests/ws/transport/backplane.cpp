// The line to the other nodes, with a Redis that is played by hand.
#include "support.hpp"

namespace qi::ws::test {

namespace {

/// Both lines of a node: it publishes on one, and hears on the other.
struct RedisLines {
    RawSocket talking;
    RawSocket hearing;
};

/// Lets a node in, as far as its first subscription.
RedisLines let_in(RawListener& listener) {
    constexpr std::string_view ping = "*1\r\n$4\r\nPING\r\n";
    RedisLines lines{listener.accept(), listener.accept()};
    for (RawSocket* line : {&lines.talking, &lines.hearing}) {
        REQUIRE(line->receive_exactly(ping.size()) == ping);
        line->send("+PONG\r\n");
    }
    constexpr std::string_view subscribe = "*2\r\n$9\r\nSUBSCRIBE\r\n$24\r\n";
    REQUIRE(lines.hearing.receive_exactly(subscribe.size()) == subscribe);
    const std::string channel = lines.hearing.receive_exactly(26); // with its end of line
    lines.hearing.send("*3\r\n$9\r\nsubscribe\r\n$24\r\n" + channel + ":1\r\n");
    return lines;
}

/// What Redis says of a message of another node.
std::string heard(std::string_view text) {
    return "*3\r\n$7\r\nmessage\r\n$4\r\nqi:t\r\n$" + std::to_string(17 + text.size()) + "\r\n0123456789abcdeft" +
           std::string(text) + "\r\n";
}

std::string redis_url(const RawListener& listener) { return "redis://127.0.0.1:" + std::to_string(listener.port()); }

bool is_connected(Fixture& ws) { return ws->backplane()->connected; }

std::uint64_t received(Fixture& ws) { return ws->backplane()->received; }

} // namespace

TEST_CASE("a backplane that is joined again hears on, whatever was on its way") {
    Fixture ws;
    RawListener redis;
    REQUIRE(ws->join_backplane(redis_url(redis)));
    ws.waker().hold();
    RedisLines first = let_in(redis);
    REQUIRE(ws.until(0, [&] { return is_connected(ws); }));
    REQUIRE(ws.waker().stands_still_until(std::chrono::steady_clock::now() + 10s)); // nothing wakes for that any more
    ws.waker().forget(0);
    first.hearing.send(heard("1") + heard("2") + heard("3"));
    ws.waker().release();
    REQUIRE(ws.waker().park_until(0, std::chrono::steady_clock::now() + 10s)); // delivered, and not taken in yet
    REQUIRE(ws->join_backplane(redis_url(redis)));
    RedisLines second = let_in(redis);
    REQUIRE(ws.until(0, [&] { return is_connected(ws); }));
    CHECK(received(ws) == 3);
    second.hearing.send(heard("4"));
    REQUIRE(ws.until(0, [&] { return received(ws) == 4; }));
    second.hearing.send(heard("5"));
    CHECK(ws.until(0, [&] { return received(ws) == 5; }));
}

TEST_CASE("what a backplane that was replaced says of itself isn't said of the next one") {
    Fixture ws;
    RawListener redis;
    RawListener silent;
    REQUIRE(ws->join_backplane(redis_url(redis)));
    const RedisLines lines = let_in(redis);
    REQUIRE(ws.waker().park_until(0, std::chrono::steady_clock::now() + 10s)); // connected, which isn't taken in yet
    REQUIRE(ws->join_backplane(redis_url(silent)));
    CHECK_FALSE(ws->backplane()->connected);
    CHECK_FALSE(ws->backplane()->settled);
}

} // namespace qi::ws::test
