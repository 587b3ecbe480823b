#include "crowd.hpp"
#include "fail.hpp"
#include "loads.hpp"
#include "measure.hpp"

#include <vector>

namespace qi::bench {

namespace {

struct Echo {
    explicit Echo(Run& run) : messages(static_cast<std::size_t>(run.options.size), run.options.binary), measure(run) {}

    Messages messages;
    Measure measure;
    bool is_ending = false;
    int quiet = 0; // connections that have got everything back
};

class EchoClient final : public Client {
public:
    EchoClient(Run& run, Echo& echo, std::uint32_t number)
        : Client(run, "/echo"), echo_(echo), number_(number),
          sent_at_(static_cast<std::size_t>(run.options.under_way)) {}

    void begin() {
        for (std::size_t i = 0; i < sent_at_.size(); ++i) send_next(Clock::now());
        flush();
    }

private:
    void send_next(Clock::time_point at) {
        sent_at_[sent_ % sent_at_.size()] = at;
        send(echo_.messages, number_, sent_++);
    }

    void piece(std::string_view bytes) override {
        if (received_ == sent_) fail("the server answers more than it was sent");
        echo_.messages.check(bytes, at_, number_, received_);
        at_ += bytes.size();
    }

    void message_ended() override {
        if (at_ != echo_.messages.size() || opcode() != echo_.messages.opcode())
            fail("an answer is shorter than what was sent, or of another type");
        echo_.measure.count(sent_at_[received_ % sent_at_.size()], now());
        at_ = 0;
        ++received_;
        if (!echo_.is_ending)
            send_next(now());
        else if (received_ == sent_)
            ++echo_.quiet;
    }

    Echo& echo_;
    const std::uint32_t number_;
    std::vector<Clock::time_point> sent_at_; // of those that are under way
    std::uint32_t sent_ = 0, received_ = 0;
    std::size_t at_ = 0; // of the message that is coming in
};

} // namespace

void echo(Run& run, Report& report) {
    report_memory(run, report, "memory_before");
    Echo echo(run);
    std::deque<EchoClient> clients;
    for (int i = 0; i < run.options.connections; ++i) clients.emplace_back(run, echo, static_cast<std::uint32_t>(i));
    open_all(run, clients);
    for (EchoClient& client : clients) client.begin();
    echo.measure.take([&](auto end) { run.loop.once(end); });
    echo.is_ending = true;
    while (echo.quiet < run.options.connections) run.loop.once();
    close_all(run, clients);
    echo.measure.report(report);
    report_memory(run, report, "memory_after");
}

} // namespace qi::bench
