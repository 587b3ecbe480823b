// A connection on a link of paper: what it writes, reports and waits for, without a socket, on a clock moved by hand.
#include "ws/transport/peers/connection.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace qi::ws::test {

namespace {

class PaperLink final : public Link {
public:
    explicit PaperLink(std::string& written, bool& reading, bool& dropped, bool& stuck)
        : written_(written), reading_(reading), dropped_(dropped), stuck_(stuck) {}
    Delivered delivered() const noexcept override { return peer; }
    Delivered peer;
    bool write(std::span<const Piece> pieces) noexcept override {
        for (const Piece& piece : pieces) written_ += piece.bytes;
        ++writes;
        return true;
    }
    bool stuck() const noexcept override { return stuck_; }
    void read(bool on) noexcept override { reading_ = on; }
    void drop() noexcept override { dropped_ = true; }
    void finish() noexcept override { finished = true; }
    bool finished = false;
    int bare_socket() const noexcept override { return -1; }
    std::uint64_t taken() const noexcept override { return 0; }
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
          connection(1, Role::Server, options, DeflateTerms{}, flow, context, *this) {
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
        context.timers.run(context.timers.now());
    }
    /// As the program does, and has the service thread see it.
    void take_all() {
        bool resume = false;
        for (const Delivery& delivery : context.deliveries())
            if (const auto* event = std::get_if<Event>(&delivery.what))
                resume = flow->note_taken(event->data.size()) || resume;
        if (resume) connection.resume();
    }
    std::vector<EventType> events() {
        std::vector<EventType> types;
        for (const Delivery& delivery : context.deliveries())
            if (const auto* event = std::get_if<Event>(&delivery.what)) types.push_back(event->type);
        return types;
    }

    HandClock clock;
    Exchange exchange;
    LoopContext context{exchange, clock};
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
            paper.context.timers.run(paper.context.timers.now());
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
        paper.take_all();
        CHECK(paper.written == "\x88\x02\x03\xf1");
    }
    SUBCASE("what a compressed one comes to isn't known") {
        paper.connection.on_frame(1'000'000, true);
        CHECK(paper.written.empty());
    }
}

TEST_CASE("what the program sends before it sees a fault goes out ahead of the close frame") {
    using namespace std::chrono_literals;
    Paper paper;
    paper.connection.on_data("good", true, MessageType::Text, false);
    paper.connection.on_violation();
    CHECK(paper.written.empty());
    CHECK_FALSE(paper.reading);
    SUBCASE("it answers") {
        REQUIRE(paper.flow->try_queue(Load::message(5)));
        paper.connection.send(MessageType::Text, Buffer::copy_of("reply"));
        paper.take_all();
        CHECK(paper.written == "\x81\x05reply\x88\x02\x03\xea");
    }
    SUBCASE("it closes") {
        paper.connection.close(1000, {});
        CHECK(paper.written == "\x88\x02\x03\xea");
    }
    SUBCASE("it doesn't look") {
        paper.pass(499ms);
        CHECK(paper.written.empty());
        paper.pass(1ms);
        CHECK(paper.written == "\x88\x02\x03\xea");
    }
    SUBCASE("the peer is gone") { paper.connection.on_lost(Loss::Reset); }
    CHECK(paper.events() == std::vector{EventType::Message, EventType::Error, EventType::Close});
    if (paper.ended) return;
    CHECK(paper.link->finished);
    CHECK_FALSE(paper.dropped);
    paper.pass(5s);
    CHECK(paper.dropped); // a peer that keeps its side open
}

TEST_CASE("pings that come together are answered together, the last ones at least") {
    Paper paper;
    for (const char* payload : {"1", "2", "3"}) paper.connection.on_ping(payload);
    CHECK(paper.written.empty());
    paper.connection.on_read();
    CHECK(paper.written == "\x8a\x01"
                           "1\x8a\x01"
                           "2\x8a\x01"
                           "3");
    CHECK(paper.link->writes == 1);
    paper.written.clear();
    paper.stuck = true;
    for (int i = 0; i < 1000; ++i) {
        paper.connection.on_ping(std::to_string(i));
        paper.connection.on_read();
    }
    paper.stuck = false;
    paper.connection.on_writable();
    CHECK(paper.written.size() == 64 * 5);
    CHECK(paper.written.ends_with("\x8a\x03"
                                  "999"));
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
