#include "crowd.hpp"
#include "fail.hpp"
#include "loads.hpp"
#include "measure.hpp"

#include <vector>

namespace qi::bench {

namespace {

constexpr std::string_view greeting = "subscribed";
constexpr std::uint32_t publisher_number = 0;

/// Messages that haven't reached everybody yet are under way.
struct Topic {
    explicit Topic(Run& run)
        : messages(static_cast<std::size_t>(run.options.size), run.options.binary), measure(run),
          under_way(static_cast<std::size_t>(run.options.under_way)) {}

    struct UnderWay {
        Clock::time_point sent_at{};
        int missing = 0; // subscribers
    };

    Messages messages;
    Measure measure;
    int subscribed = 0;
    std::vector<UnderWay> under_way; // by their numbers, around
    std::uint32_t sent = 0, finished = 0;

    UnderWay& of(std::uint32_t number) { return under_way[number % under_way.size()]; }
    bool has_room() const { return sent - finished < under_way.size(); }
    bool is_under_way(std::uint32_t number) const { return sent - number - 1 < sent - finished; }
};

class Subscriber final : public Client {
public:
    Subscriber(Run& run, Topic& topic) : Client(run, "/topic"), topic_(topic) {}

private:
    void piece(std::string_view bytes) override {
        if (!is_subscribed_) {
            if (greeting.substr(at_, bytes.size()) != bytes) fail("a subscriber hears something else first");
        } else {
            if (!topic_.is_under_way(received_)) fail("a subscriber hears more than was published");
            topic_.messages.check(bytes, at_, publisher_number, received_);
        }
        at_ += bytes.size();
    }

    void message_ended() override {
        bool is_whole = is_subscribed_ ? at_ == topic_.messages.size() && opcode() == topic_.messages.opcode()
                                       : at_ == greeting.size();
        if (!is_whole) fail("what a subscriber hears is too short, or of another type");
        at_ = 0;
        if (!is_subscribed_) {
            is_subscribed_ = true;
            ++topic_.subscribed;
            return;
        }
        // Everybody hears them in their order, so they are finished in their order, too.
        auto& message = topic_.of(received_++);
        if (--message.missing > 0) return;
        topic_.measure.count(message.sent_at, now());
        ++topic_.finished;
    }

    Topic& topic_;
    bool is_subscribed_ = false;
    std::uint32_t received_ = 0;
    std::size_t at_ = 0; // of the message that is coming in
};

class Publisher final : public Client {
public:
    explicit Publisher(Run& run) : Client(run, "/publish") {}
};

} // namespace

void topic(Run& run, Report& report) {
    report_memory(run, report, "memory_before");
    Topic topic(run);
    std::deque<Subscriber> subscribers;
    for (int i = 0; i < run.options.subscribers; ++i) subscribers.emplace_back(run, topic);
    open_all(run, subscribers);
    while (topic.subscribed < run.options.subscribers) run.loop.once();
    std::deque<Publisher> publisher;
    publisher.emplace_back(run);
    open_all(run, publisher);
    topic.measure.take([&](auto end) {
        while (topic.has_room()) {
            topic.of(topic.sent) = {Clock::now(), run.options.subscribers};
            publisher[0].send(topic.messages, publisher_number, topic.sent++);
        }
        publisher[0].flush();
        run.loop.once(end);
    });
    while (topic.finished < topic.sent) run.loop.once();
    close_all(run, subscribers);
    close_all(run, publisher);
    topic.measure.report(report, run.options.subscribers);
    report_memory(run, report, "memory_after");
}

} // namespace qi::bench
