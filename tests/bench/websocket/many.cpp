// What a server with very many connections does for all of them: opening and closing, where the last ones should cost
// what the first ones did; a round of its own pings; the list of all; a message to everyone.
#include "crowd.hpp"
#include "fail.hpp"
#include "loads.hpp"
#include "measure.hpp"
#include "server_process.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace qi::bench {

namespace {

constexpr std::string_view welcome = "subscribed", news = "0123456789";
constexpr int rounds = 10; // of what is news

/// What all of them have had together.
struct Heard {
    int greetings = 0, messages = 0, pinged = 0; // pinged: at least once
};

class Member final : public Client {
public:
    Member(Run& run, Heard& heard) : Client(run, "/topic"), heard_(heard) {}

    void forget_ping() noexcept { is_pinged_ = false; }

private:
    void piece(std::string_view bytes) override { text_ += bytes; }

    void message_ended() override {
        if (text_ != (is_subscribed_ ? news : welcome)) fail("a subscriber hears " + text_);
        text_ = {};
        ++(is_subscribed_ ? heard_.messages : heard_.greetings);
        is_subscribed_ = true;
    }

    void pinged() override {
        if (!is_pinged_) ++heard_.pinged;
        is_pinged_ = true;
    }

    Heard& heard_;
    std::string text_;
    bool is_subscribed_ = false, is_pinged_ = false;
};

/// What the server says of something that it was asked to do.
struct Answer {
    double result = 0, took = 0, longest = 0, ticks = 0; // ms
};

class Asker final : public Client {
public:
    explicit Asker(Run& run) : Client(run, "/ask") {}

    Answer ask(std::string_view question) {
        is_answered_ = false;
        send_text(question);
        flush();
        while (!is_answered_) run().loop.once();
        Answer answer;
        if (std::sscanf(text_.c_str(), "%lf %lf %lf %lf", &answer.result, &answer.took, &answer.longest,
                        &answer.ticks) != 4)
            fail("the server answers " + text_);
        text_ = {};
        return answer;
    }

private:
    void piece(std::string_view bytes) override { text_ += bytes; }
    void message_ended() override { is_answered_ = true; }

    std::string text_;
    bool is_answered_ = false;
};

/// The CPU time and the time that something takes, in seconds.
struct Cost {
    double cpu = 0, time = 0;
};

class Meter {
public:
    explicit Meter(const Run& run) : pid_(run.options.server_pid) {}

    Cost take() {
        auto now = Clock::now();
        double cpu = pid_ ? cpu_seconds(pid_) : 0;
        Cost cost{cpu - cpu_, seconds_of(now - began_)};
        began_ = now;
        cpu_ = cpu;
        return cost;
    }

private:
    int pid_;
    Clock::time_point began_{};
    double cpu_ = 0;
};

/// Does it with a tenth of them, with the next tenth and so on, and reports what the first and the last tenth cost.
template <typename Act>
Cost in_tenths(Run& run, Report& report, const std::string& name, std::deque<Member>& members, Act act) {
    std::vector<Cost> costs;
    Cost all;
    Meter meter(run);
    meter.take();
    for (std::size_t tenth = 0; tenth < 10; ++tenth) {
        act(members.size() * tenth / 10, members.size() * (tenth + 1) / 10);
        costs.push_back(meter.take());
        all.cpu += costs.back().cpu;
        all.time += costs.back().time;
    }
    auto each = 1e6 / static_cast<double>(members.size());
    report.add((name + "seconds").c_str(), all.time);
    report.add((name + "cpu_us").c_str(), all.cpu * each);
    report.add((name + "first_cpu_us").c_str(), costs.front().cpu * 10 * each);
    report.add((name + "last_cpu_us").c_str(), costs.back().cpu * 10 * each);
    return all;
}

} // namespace

void many(Run& run, Report& report) {
    auto count = run.options.connections;
    auto before = report_memory(run, report, "memory_before");
    Heard heard;
    std::deque<Member> members;
    for (int i = 0; i < count; ++i) members.emplace_back(run, heard);
    const double seconds = in_tenths(run, report, "", members, [&](std::size_t from, std::size_t to) {
                               for (; from < to; ++from) {
                                   members[from].open();
                                   while (run.opening >= run.options.parallel) run.loop.once();
                               }
                               while (run.opening > 0 || heard.greetings < static_cast<int>(to)) run.loop.once();
                           }).time;
    report.add("count", heard.greetings);
    report.add("per_second", heard.greetings / seconds);
    auto open = report_memory(run, report, "memory_open");
    if (open) report.add("bytes_each", static_cast<double>(open - before) / count);

    Meter meter(run);
    for (Member& member : members) member.forget_ping();
    heard.pinged = 0;
    meter.take();
    while (heard.pinged < count) run.loop.once();
    report.add("pings_cpu_seconds", meter.take().cpu);

    std::deque<Asker> asker;
    asker.emplace_back(run);
    open_all(run, asker);
    Answer listed = asker[0].ask("connections");
    if (listed.result != count + 1) fail("the server lists " + std::to_string(listed.result) + " connections");
    report.add("list_ms", listed.took);
    report.add("list_longest_ms", listed.longest);
    report.add("list_ticks", listed.ticks);

    double longest = 0, took = 0;
    meter.take();
    for (int round = 1; round <= rounds; ++round) {
        Answer answer = asker[0].ask("publish");
        longest = std::max(longest, answer.longest);
        took = std::max(took, answer.took);
        while (heard.messages < round * count) run.loop.once();
    }
    Cost publishing = meter.take();
    report.add("publish_ms", took);
    report.add("publish_longest_ms", longest);
    report.add("publish_round_ms", publishing.time * 1e3 / rounds);
    report.add("publish_cpu_us", publishing.cpu * 1e6 / rounds / count);

    close_all(run, asker);
    in_tenths(run, report, "closing_", members, [&](std::size_t from, std::size_t to) {
        for (; from < to; ++from) {
            members[from].close();
            members[from].flush();
            while (run.closing >= run.options.parallel) run.loop.once();
        }
        while (run.closing > 0) run.loop.once();
    });
    report_memory(run, report, "memory_after");
}

} // namespace qi::bench
