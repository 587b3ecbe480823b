// What the two threads share: counters, the right to write, and containers.
#include "ws/transport/exchange/counts.hpp"
#include "ws/transport/exchange/direct_writer.hpp"
#include "ws/transport/exchange/flow.hpp"
#include "ws/transport/exchange/registry.hpp"
#include "ws/transport/exchange/topic_board.hpp"
#include "ws/transport/wire/queue.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace qi::ws::test {

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
    bool together = false;
    SUBCASE("each event that was taken is told") {}
    SUBCASE("those that were taken are told together") { together = true; }
    Flow flow(1000, together ? 64 : 8);
    std::atomic<int> resumed{0};
    constexpr int count = 20000;
    std::atomic<int> delivered{0};
    std::thread interpreter([&] {
        for (int taken = 0; taken < count; ++taken) {
            while (delivered <= taken) std::this_thread::yield();
            if (flow.note_taken(1, !together || delivered <= taken + 1)) ++resumed;
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

TEST_CASE("a direct writer writes while it is lent and nothing is under way") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    char got[8];
    DirectWriter writer;
    CHECK_FALSE(writer.write("never"));
    writer.lend(ends[0]);
    CHECK(writer.write("one"));
    CHECK_FALSE(writer.write("two")); // the first hasn't been taken yet
    CHECK(::read(ends[1], got, sizeof got) == 3);
    CHECK(writer.write("three"));
    CHECK(::read(ends[1], got, sizeof got) == 5);
    writer.take_back();
    CHECK_FALSE(writer.write("never"));
    writer.lend(ends[0]);
    ::close(ends[1]);
    CHECK_FALSE(writer.write("nobody is there"));
    ::close(ends[0]);
}

TEST_CASE("counts: closes by their codes, what is open, what is queued") {
    Counts counts;
    counts.service.accepted.add(3);
    counts.service.connected.add(2);
    for (const std::uint16_t code : {1000, 1006, 1015, 1016, 2999, 3000, 4999, 5000, 1000}) {
        counts.service.closed.add(code);
        counts.service.ended.add(1);
    }
    counts.program.queued.add(10);
    counts.service.settled.add(4);
    counts.service.refuse(Refusal::Descriptors);
    const Statistics all = statistics_of(counts);
    using Closed = std::vector<std::pair<std::uint16_t, std::uint64_t>>;
    CHECK(all.closed == Closed{{1000, 2}, {1006, 1}, {1015, 1}, {3000, 1}, {4999, 1}});
    CHECK(all.open == 0); // never less
    CHECK(all.buffered == 6);
    CHECK(all.refused.back() == 1);
    CHECK(refusal_names.back() == "descriptors");
    CHECK(all.descriptors > 2);
    CHECK(all.descriptor_limit >= all.descriptors);
}

TEST_CASE("a board has the topics that somebody subscribes to, and who reads it keeps what it got") {
    TopicBoard board;
    TopicCounts& news = board.add("news");
    board.add("other");
    news.publications.add(2);
    const auto before = board.all();
    board.remove(news);
    REQUIRE(before.size() == 2);
    CHECK(before[0]->publications.get() + before[1]->publications.get() == 2);
    REQUIRE(board.all().size() == 1);
    CHECK(board.all().front()->name == "other");
}

} // namespace qi::ws::test
