#include "ws/transport/topics/backplane.hpp"

#include "base/utf8.hpp"

#include "ws/transport/messages.hpp"
#include "ws/transport/wire/frame.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

namespace qi::ws {

namespace {

constexpr std::string_view prefix = "qi:"; // of channels at Redis
constexpr std::size_t node_size = 16;
constexpr Milliseconds shortest_pause{100}, longest_pause{2000};
constexpr Milliseconds connect_limit{5000};
constexpr Milliseconds heartbeat{2000};
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

Backplane::Backplane(EventLoop& loop, LoopContext& context, Resolver& resolver, const BackplaneCommand& command)
    : context_(context), resolver_(resolver), command_(command), node_(random_name()),
      talking_(loop, context.timers, *this), hearing_(loop, context.timers, *this), alarm_(context.timers, *this),
      pause_(shortest_pause) {
    for (const std::string& topic : command.topics) topics_.emplace(topic, Subscription{});
}

Backplane::~Backplane() { resolver_.cancel(*this); }

void Backplane::start() {
    phase_ = Phase::Resolving;
    deadline_ = context_.timers.now() + connect_limit;
    alarm_.set(deadline_);
    addresses_ = Addresses(known_addresses(command_.host));
    if (addresses_.has_next())
        try_next();
    else
        resolver_.resolve(command_.host, *this);
}

void Backplane::on_resolved(std::vector<std::string> addresses, const std::string& reason) noexcept {
    if (phase_ != Phase::Resolving) return;
    if (addresses.empty()) return give_up(reason);
    addresses_ = Addresses(std::move(addresses));
    try_next();
}

void Backplane::try_next() {
    phase_ = Phase::Connecting;
    const std::string& address = addresses_.next();
    alarm_.set(addresses_.turn_ends(context_.timers.now(), deadline_));
    talking_.open(address, command_.port, command_.user, command_.password);
    if (phase_ == Phase::Connecting) hearing_.open(address, command_.port, command_.user, command_.password);
}

void Backplane::on_line_up(RedisLine&) noexcept {
    if (phase_ != Phase::Connecting || !talking_.is_up() || !hearing_.is_up()) return;
    phase_ = Phase::Connected;
    alarm_.set_in(heartbeat);
    // One that is never left: a line without any subscription would be an ordinary one again.
    subscribe(std::string(prefix) + "node " + node_);
    for (auto entry = topics_.begin(); entry != topics_.end();) {
        entry->second.leaving = false;
        if (entry->second.wanted)
            subscribe(channel_of((entry++)->first));
        else
            entry = topics_.erase(entry);
    }
    status_.connected = true;
    status_.error.clear();
    report();
}

/// Who publishes when it has subscribed may be answered at once, by somebody who needs to know no more than that: what
/// is published after this goes out when Redis has confirmed it.
void Backplane::subscribe(std::string_view channel) {
    hearing_.subscribe(channel);
    barriers_.push_back({talking_.asked_for(), ++subscribed_});
    talking_.write_up_to(barriers_.front().bytes);
}

void Backplane::on_subscribed() noexcept {
    ++confirmed_;
    while (!barriers_.empty() && barriers_.front().subscriptions <= confirmed_) barriers_.pop_front();
    talking_.write_up_to(barriers_.empty() ? UINT64_MAX : barriers_.front().bytes);
    talking_.flush();
}

// A Redis that was reached says no for all its addresses.
void Backplane::on_line_down(RedisLine& line, const std::string& reason) noexcept {
    if (phase_ == Phase::Connecting && !line.is_connected() && addresses_.has_next()) {
        phase_ = Phase::Between;
        talking_.close();
        hearing_.close();
        return alarm_.set(context_.timers.now()); // a line may not be opened in this call
    }
    if (phase_ == Phase::Connecting || phase_ == Phase::Connected) give_up(reason);
}

void Backplane::give_up(const std::string& reason) {
    phase_ = Phase::Waiting;
    resolver_.cancel(*this);
    status_.dropped += talking_.unacknowledged();
    talking_.close();
    hearing_.close();
    barriers_.clear();
    subscribed_ = confirmed_ = 0;
    alarm_.set_in(pause_);
    pause_ = std::min(pause_ * 2, longest_pause);
    status_.connected = false;
    status_.error = reason;
    report();
}

void Backplane::on_alarm() noexcept {
    switch (phase_) {
    case Phase::Between: return try_next();
    case Phase::Resolving:
    case Phase::Connecting:
        if (context_.timers.now() < deadline_) {
            if (!talking_.is_connected() || !hearing_.is_connected()) return try_next();
            return alarm_.set(deadline_);
        }
        return give_up(format(message::redis_silent, {std::to_string(connect_limit.count())}));
    case Phase::Waiting: return start();
    case Phase::Connected:
        talking_.ping();
        hearing_.ping();
        return alarm_.set_in(heartbeat);
    }
}

// One that answers and is lost at once would be dialled all the time.
void Backplane::on_pong() noexcept { pause_ = shortest_pause; }

void Backplane::report() {
    untold_ = false;
    context_.deliver(0, std::make_unique<BackplaneReport>(BackplaneReport{command_.number, status_}));
}

void Backplane::on_round() noexcept {
    talking_.flush();
    hearing_.flush();
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
    if (phase_ == Phase::Connected && !known) subscribe(channel_of(topic));
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
        subscribe(channel);
    else
        topics_.erase(entry);
}

void Backplane::on_channel_message(std::string_view channel, std::string_view payload) noexcept {
    if (!channel.starts_with(prefix) || payload.size() <= node_size || payload.substr(0, node_size) == node_) return;
    const MessageType type = payload[node_size] == 't' ? MessageType::Text : MessageType::Binary;
    std::string_view data = payload.substr(node_size + 1);
    std::string repaired; // anybody may publish at Redis, and what goes out as text has to be text
    if (type == MessageType::Text && !utf8::valid(data)) data = repaired = utf8::repaired(data);
    const bool full = command_.flow->note_received(data.size());
    auto delivery = std::make_unique<BackplaneDelivery>();
    delivery->number = command_.number;
    delivery->topic = channel.substr(prefix.size());
    delivery->type = type;
    delivery->frame = copy_as_frame(type == MessageType::Text ? Opcode::Text : Opcode::Binary, data);
    delivery->size = data.size();
    context_.deliver(0, std::move(delivery));
    if (!full) return;
    hearing_.read(false);
    if (!command_.flow->stay_stopped()) hearing_.read(true);
}

void Backplane::resume() noexcept { hearing_.read(true); }

} // namespace qi::ws
