// The pauses of :reconnect.
#include "still_clock.hpp"

#include "ws/transport/peers/reconnector.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace qi::ws::test {

namespace {

struct Redials final : ReconnectorUser {
    void on_redial(Reconnector&) noexcept override { ++count; }
    int count = 0;
};

struct Lost {
    explicit Lost(Reconnect plan) : command(std::make_shared<ConnectCommand>()) {
        command->options.reconnect = plan;
        command->flow = std::make_shared<Flow>(1 << 20, 100);
    }
    std::vector<std::int64_t> delays() {
        std::vector<std::int64_t> found;
        for (const Delivery& delivery : context.deliveries())
            if (const auto* event = std::get_if<Event>(&delivery.what);
                event != nullptr && event->type == EventType::Reconnecting)
                found.push_back(event->delay.count());
        return found;
    }
    StillClock clock;
    Exchange exchange;
    LoopContext context{exchange, clock};
    Redials redials;
    std::shared_ptr<ConnectCommand> command;
};

} // namespace

TEST_CASE("pauses grow by the factor up to the most, and start anew") {
    using namespace std::chrono_literals;
    Lost lost({std::nullopt, 100ms, 3, 1000ms, 0});
    Reconnector reconnector(1, lost.command, lost.context, lost.redials);
    reconnector.lose({});
    for (int n = 0; n < 4; ++n) CHECK(reconnector.pause_again());
    reconnector.come_back();
    CHECK_FALSE(reconnector.is_down());
    reconnector.lose({});
    CHECK(lost.delays() == std::vector<std::int64_t>{100, 300, 900, 1000, 1000, 100});
    lost.clock.time += 99ms;
    lost.context.timers.run(lost.context.timers.now());
    CHECK(lost.redials.count == 0);
    lost.clock.time += 1ms;
    lost.context.timers.run(lost.context.timers.now());
    CHECK(lost.redials.count == 1);
}

TEST_CASE("no more attempts than allowed, and jitter stays within its share") {
    using namespace std::chrono_literals;
    Lost few({2, 100ms, 2, 1000ms, 0});
    Reconnector reconnector(1, few.command, few.context, few.redials);
    reconnector.lose({});
    CHECK(reconnector.pause_again());
    CHECK_FALSE(reconnector.pause_again());
    Lost many({std::nullopt, 1000ms, 1, 1000ms, 0.25});
    Reconnector jittery(2, many.command, many.context, many.redials);
    jittery.lose({});
    for (int n = 0; n < 200; ++n) jittery.pause_again();
    std::int64_t least = 10000, most = 0;
    for (const std::int64_t delay : many.delays()) {
        least = std::min(least, delay);
        most = std::max(most, delay);
    }
    CHECK(least >= 750);
    CHECK(most <= 1250);
    CHECK(most - least > 100);
}

} // namespace qi::ws::test
