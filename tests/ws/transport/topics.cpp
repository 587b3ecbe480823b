// Topics, one message for many, and what Redis is told.
#include "still_clock.hpp"

#include "ws/transport/topics/backplane.hpp"
#include "ws/transport/topics/shared_message.hpp"
#include "ws/transport/topics/topics.hpp"
#include "ws/transport/wire/frame.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace qi::ws::test {

TEST_CASE("a shared message is in memory once, as it goes out") {
    const StillClock clock;
    Exchange exchange;
    LoopContext context{exchange, clock};
    const std::string text(100'000, 'x');
    SharedMessage message(MessageType::Binary, copy_as_frame(Opcode::Binary, text), text.size(), context);
    CHECK(message.payload.view() == text);
    CHECK(message.plain().bytes.size() == text.size() + header_size(text.size(), false));
    CHECK(message.plain().bytes.data() + header_size(text.size(), false) == message.payload.data());
    const SharedFrame& packed = message.compressed(15);
    REQUIRE(packed.usable);
    CHECK(packed.bytes.view().starts_with("\xc2"));
    CHECK(&message.compressed(15) == &packed);
    CHECK_FALSE(SharedMessage(MessageType::Text, copy_as_frame(Opcode::Text, ""), 0, context).compressed(9).usable);
}

TEST_CASE("topics know their members, in order, and go with the last of them") {
    TopicBoard board;
    Topics topics(board);
    CHECK(topics.add("news", 3));
    CHECK_FALSE(topics.add("news", 1));
    CHECK_FALSE(topics.add("news", 2));
    CHECK(topics.add("other", 2));
    const auto members = topics.members("news");
    CHECK(std::vector<Id>(members.begin(), members.end()) == std::vector<Id>{1, 2, 3});
    CHECK_FALSE(topics.remove("news", 2));
    CHECK(topics.members("news").size() == 2);
    CHECK_FALSE(topics.remove("news", 1));
    CHECK(topics.remove("news", 3));
    CHECK(topics.members("news").empty());
    CHECK(topics.names() == std::vector<std::string>{"other"});
}

TEST_CASE("what Redis doesn't get is told once a round") {
    EventLoop loop;
    REQUIRE(loop.open() == 0);
    {
        const StillClock clock;
        Exchange exchange;
        LoopContext context{exchange, clock};
        Resolver resolver(loop);
        Backplane backplane(loop, context, resolver,
                            BackplaneCommand{"redis.test", 1, {}, {}, 1, std::make_shared<Flow>(0, 10), {}});
        for (int round = 1; round <= 2; ++round) {
            for (int n = 0; n < 100; ++n) backplane.publish("news", MessageType::Text, "x");
            backplane.on_round();
            backplane.on_round();
            REQUIRE(context.deliveries().size() == static_cast<std::size_t>(round));
            CHECK(std::get<std::unique_ptr<BackplaneReport>>(context.deliveries().back().what)->status.dropped ==
                  100u * static_cast<unsigned>(round));
        }
    }
}

} // namespace qi::ws::test
