// Names that are asked for.
#include "ws/transport/net/resolver.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace qi::ws::test {

namespace {

std::atomic<int> slow_names{0};
std::atomic<bool> slow_ones_go_on{false};

/// Names that begin with "slow" are answered when the test says so.
Resolved ask_on_paper(const std::string& name) {
    if (name.starts_with("slow")) {
        ++slow_names;
        slow_ones_go_on.wait(false);
    }
    return {{name + " is here"}, {}};
}

struct Asker final : ResolveUser {
    void on_resolved(std::vector<std::string> addresses, const std::string&) noexcept override {
        told.push_back(addresses.at(0));
    }
    std::vector<std::string> told;
};

struct Names {
    Names() { REQUIRE(loop.open() == 0); }
    ~Names() {
        resolver.reset();
        let_go();
    }
    static void let_go() {
        slow_ones_go_on = true;
        slow_ones_go_on.notify_all();
    }
    bool until(const std::function<bool()>& holds) {
        using namespace std::chrono_literals;
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (!holds() && std::chrono::steady_clock::now() < deadline) {
            loop.come_round_at_once();
            loop.wait();
            std::this_thread::sleep_for(1ms);
        }
        return holds();
    }
    EventLoop loop;
    std::unique_ptr<Resolver> resolver = std::make_unique<Resolver>(loop, ask_on_paper);
};

} // namespace

TEST_CASE("a slow name holds up nobody who asks for another") {
    slow_ones_go_on = false;
    slow_names = 0;
    Names names;
    std::vector<Asker> slow(6);
    for (Asker& asker : slow) names.resolver->resolve("slow", asker);
    REQUIRE(names.until([] { return slow_names == 1; }));
    Asker quick, late;
    names.resolver->resolve("quick", quick);
    CHECK(names.until([&] { return quick.told == std::vector<std::string>{"quick is here"}; }));
    SUBCASE("it is asked for once, and all who didn't give up are told") {
        names.resolver->cancel(slow[1]);
        for (const char* name : {"slow 2", "slow 3", "slow 4"}) names.resolver->resolve(name, late);
        REQUIRE(names.until([] { return slow_names == Resolver::most_threads; }));
        names.resolver->resolve("after those", late);
        names.resolver->resolve("never", quick);
        names.resolver->cancel(quick);
        Names::let_go();
        CHECK(names.until([&] { return late.told.size() == 4 && !slow[0].told.empty(); })); // in any order
        for (std::size_t i = 0; i < slow.size(); ++i) CHECK(slow[i].told.size() == (i == 1 ? 0 : 1));
        CHECK(quick.told.size() == 1);
        names.resolver->resolve("slow", late); // anew
        CHECK(names.until([&] { return late.told.size() == 5; }));
        CHECK(slow_names == 5);
    }
    SUBCASE("nor the end") {}
}

} // namespace qi::ws::test
