// The loads in which this program is the server, and starts the client.
#include "child.hpp"
#include "dialogue.hpp"
#include "door.hpp"
#include "fail.hpp"
#include "loads.hpp"
#include "measure.hpp"
#include "server_process.hpp"

namespace qi::bench {

namespace {

/// Says its part of a dialogue, and compares every byte of what the client says.
class Partner final : public Guest {
public:
    Partner(Run& run, Measure& measure, Dialogue dialogue)
        : Guest(run), measure_(measure), dialogue_(std::move(dialogue)),
          caused_at_(static_cast<std::size_t>(run.options.under_way)) {}

    std::uint32_t received() const noexcept { return received_; }
    /// From now on it answers nothing.
    void fall_silent() noexcept { is_silent_ = true; }
    /// No message is under way.
    bool is_done() const noexcept { return received_ == sent_ + (dialogue_.begins ? 0 : caused_at_.size()); }

private:
    void opened() override {
        sent_ = received_ = 0;
        for (auto& each : caused_at_) each = Clock::now();
        if (dialogue_.begins)
            for (std::size_t i = 0; i < caused_at_.size(); ++i) send_next();
    }

    void send_next() { send(dialogue_.said[sent_++ % dialogue_.said.size()]); }

    void piece(std::string_view bytes) override {
        const std::string& wanted = dialogue_.wanted[received_ % dialogue_.wanted.size()];
        if (wanted.compare(std::min(at_, wanted.size()), bytes.size(), bytes) != 0)
            fail("a wrong byte in message " + std::to_string(received_) + " of the client, from byte " +
                 std::to_string(at_) + " on: " + std::string(bytes) + "\ninstead of: " + wanted);
        at_ += bytes.size();
    }

    void message_ended() override {
        if (at_ != dialogue_.wanted[received_ % dialogue_.wanted.size()].size() || opcode() != Opcode::Text)
            fail("a message of the client is too short, or of another type");
        at_ = 0;
        auto& caused_at = caused_at_[received_++ % caused_at_.size()];
        if (is_silent_) return;
        measure_.count(caused_at, now());
        caused_at = now();
        send_next();
    }

    Measure& measure_;
    const Dialogue dialogue_;
    std::vector<Clock::time_point> caused_at_; // when that was sent for which the client's next messages are
    std::uint32_t sent_ = 0, received_ = 0;
    std::size_t at_ = 0; // of the message that is coming in
    bool is_silent_ = false;
};

/// What starts the client: behind its own arguments the URL, how many messages are under way, and over TLS the
/// authority.
std::vector<std::string> command(const Options& options, int port) {
    std::vector<std::string> words = options.command;
    words.push_back((options.tls ? "wss://" : "ws://") + options.host + ":" + std::to_string(port) + "/");
    words.push_back(std::to_string(options.under_way));
    if (options.tls) words.push_back(options.certificates + "/ca.pem");
    return words;
}

/// One client that speaks as fast as it can.
void speak(Run& run, Report& report, Dialogue dialogue) {
    std::optional<Child> child;
    Measure measure(
        run, [&] { return cpu_seconds(child->pid()); }, "client_cpu_us");
    Partner partner(run, measure, std::move(dialogue));
    Door door(run, partner);
    child.emplace(run.loop, command(run.options, door.port()));
    while (!partner.is_open()) {
        run.loop.once();
        if (child->has_ended()) fail("the client has ended and not connected");
    }
    measure.take([&](auto end) {
        if (child->has_ended()) fail("the client has ended too early");
        run.loop.once(end);
    });
    partner.fall_silent();
    while (!partner.is_done()) run.loop.once();
    partner.close();
    partner.flush();
    while (!child->has_ended()) run.loop.once();
    measure.report(report);
}

} // namespace

void client_pipelined(Run& run, Report& report) { speak(run, report, echoes()); }

void client_json(Run& run, Report& report) { speak(run, report, objects()); }

void client_start(Run& run, Report& report) {
    Measure measure(run, ended_children_cpu_seconds, "client_cpu_us");
    Measure ignored(run, ended_children_cpu_seconds, "");
    Partner partner(run, ignored, hello());
    Door door(run, partner);
    const auto words = command(run.options, door.port());
    measure.take([&](auto) {
        auto began = Clock::now();
        Child child(run.loop, words);
        while (!child.has_ended()) run.loop.once();
        if (!partner.has_ended() || partner.received() != 1) fail("the client has ended and not said everything");
        measure.count(began, Clock::now());
    });
    measure.report(report);
}

} // namespace qi::bench
