#include "ws/transport/backplane.hpp"

#include "ws/transport/frame.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

namespace qi::ws {

namespace {

constexpr std::string_view prefix = "qi:"; // of channels at Redis
constexpr std::size_t node_size = 16;
constexpr Milliseconds longest_pause{2000};
constexpr Milliseconds connect_limit{5000};
constexpr Milliseconds heartbeat{5000};
// Of messages that Redis hasn't taken: past it they are dropped, and counted.
constexpr std::size_t most_waiting = 16u << 20;

std::string random_name() {
    std::random_device random;
    char text[node_size + 1];
    std::snprintf(text, sizeof text, "%08x%08x", random(), random());
    return text;
}

std::string channel_of(const std::string& topic) { return std::string(prefix) + topic; }

} // namespace

Backplane::Backplane(uv_loop_t* loop, Desk& desk, Resolver& resolver, const BackplaneCommand& command)
    : desk_(desk), resolver_(resolver), command_(command), node_(random_name()), talking_(loop, *this), hearing_(loop, *this),
      alarm_(desk.timers, *this) {
    for (const std::string& topic : command.topics) topics_.emplace(topic, Subscription{});
}

Backplane::~Backplane() { resolver_.cancel(*this); }

void Backplane::start() {
    phase_ = Phase::Resolving;
    alarm_.set_in(connect_limit);
    resolver_.resolve(command_.host, *this);
}

void Backplane::on_resolved(std::vector<std::string> addresses, const std::string& reason) noexcept {
    if (phase_ != Phase::Resolving) return;
    if (addresses.empty()) return give_up(reason);
    phase_ = Phase::Connecting;
    talking_.open(addresses.front(), command_.port, command_.user, command_.password);
    if (phase_ == Phase::Connecting) hearing_.open(addresses.front(), command_.port, command_.user, command_.password);
}

void Backplane::on_line_up(RedisLine&) noexcept {
    if (phase_ != Phase::Connecting || !talking_.is_up() || !hearing_.is_up()) return;
    phase_ = Phase::Connected;
    pause_ = Milliseconds{100};
    pong_due_ = false;
    alarm_.set_in(heartbeat);
    // One that is never left: a line without any subscription would be an ordinary one again.
    hearing_.subscribe(std::string(prefix) + "node " + node_);
    for (auto entry = topics_.begin(); entry != topics_.end();) {
        entry->second.leaving = false;
        if (entry->second.wanted)
            hearing_.subscribe(channel_of((entry++)->first));
        else
            entry = topics_.erase(entry);
    }
    status_.connected = true;
    status_.error.clear();
    report();
}

void Backplane::on_line_down(RedisLine&, const std::string& reason) noexcept {
    if (phase_ == Phase::Connecting || phase_ == Phase::Connected) give_up(reason);
}

// The lines are closed by the alarm, not in one's own callback.
void Backplane::give_up(const std::string& reason) {
    phase_ = Phase::Waiting;
    resolver_.cancel(*this);
    alarm_.set_in(pause_);
    pause_ = std::min(pause_ * 2, longest_pause);
    status_.connected = false;
    status_.error = reason;
    report();
}

void Backplane::on_alarm() noexcept {
    switch (phase_) {
    case Phase::Resolving:
    case Phase::Connecting: return give_up("timeout");
    case Phase::Waiting:
        talking_.close();
        hearing_.close();
        return start();
    case Phase::Connected:
        if (pong_due_) return give_up("timeout");
        pong_due_ = true;
        talking_.ping();
        return alarm_.set_in(heartbeat);
    }
}

void Backplane::report() {
    untold_ = false;
    desk_.deliver(0, std::make_unique<BackplaneStatus>(status_));
}

void Backplane::on_round() noexcept {
    if (untold_) report();
}

void Backplane::publish(const std::string& topic, MessageType type, std::string_view payload) {
    if (phase_ != Phase::Connected || talking_.waiting() + payload.size() > most_waiting) {
        ++status_.dropped;
        untold_ = true;
        return;
    }
    std::string message = node_;
    message += type == MessageType::Text ? 't' : 'b';
    message += payload;
    talking_.publish(channel_of(topic), message);
}

void Backplane::listen(const std::string& topic) {
    Subscription& subscription = topics_[topic];
    const bool known = subscription.leaving;
    subscription.wanted = true;
    if (phase_ == Phase::Connected && !known) hearing_.subscribe(channel_of(topic));
}

void Backplane::stop_listening(const std::string& topic) {
    const auto entry = topics_.find(topic);
    if (entry == topics_.end()) return;
    entry->second.wanted = false;
    if (phase_ != Phase::Connected || entry->second.leaving) return;
    entry->second.leaving = true;
    hearing_.unsubscribe(channel_of(topic));
}

void Backplane::on_unsubscribed(std::string_view channel) noexcept {
    const auto entry = topics_.find(std::string(channel.substr(prefix.size())));
    if (entry == topics_.end() || !entry->second.leaving) return;
    entry->second.leaving = false;
    if (entry->second.wanted)
        hearing_.subscribe(channel);
    else
        topics_.erase(entry);
}

void Backplane::on_channel_message(std::string_view channel, std::string_view payload) noexcept {
    if (payload.size() <= node_size || payload.substr(0, node_size) == node_) return;
    const MessageType type = payload[node_size] == 't' ? MessageType::Text : MessageType::Binary;
    const std::string_view data = payload.substr(node_size + 1);
    const bool full = command_.flow->note_received(data.size());
    auto delivery = std::make_unique<BackplaneDelivery>();
    delivery->topic = channel.substr(prefix.size());
    delivery->type = type;
    delivery->frame = copy_as_frame(type == MessageType::Text ? Opcode::Text : Opcode::Binary, data);
    delivery->size = data.size();
    desk_.deliver(0, std::move(delivery));
    if (!full) return;
    hearing_.read(false);
    if (!command_.flow->stay_stopped()) hearing_.read(true);
}

void Backplane::resume() noexcept { hearing_.read(true); }

} // namespace qi::ws
