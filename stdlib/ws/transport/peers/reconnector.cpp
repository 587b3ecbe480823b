#include "ws/transport/peers/reconnector.hpp"

#include "ws/transport/wire/close_code.hpp"

#include <algorithm>
#include <cmath>

namespace qi::ws {

Reconnector::Reconnector(Id id, std::shared_ptr<ConnectCommand> command, LoopContext& context, ReconnectorUser& user)
    : id_(id), command_(std::move(command)), context_(context), user_(user), alarm_(context.timers, *this),
      random_(std::random_device{}()) {}

void Reconnector::lose(std::vector<Unsent> unsent) {
    down_ = true;
    attempt_ = 0;
    unsent_ = std::move(unsent);
    if (!pause_again()) alarm_.set_in(Milliseconds{0}); // no attempt is allowed: the user finds that out
}

bool Reconnector::pause_again() {
    const Reconnect& plan = *command_->options.reconnect;
    if (plan.retries && attempt_ >= *plan.retries) return false;
    ++attempt_;
    pause();
    return true;
}

void Reconnector::pause() {
    const Milliseconds delay = next_delay();
    Event event;
    event.type = EventType::Reconnecting;
    event.attempt = attempt_;
    event.delay = delay;
    deliver(std::move(event));
    alarm_.set_in(delay);
}

Milliseconds Reconnector::next_delay() {
    const Reconnect& plan = *command_->options.reconnect;
    const double grown = static_cast<double>(plan.initial.count()) * std::pow(plan.factor, attempt_ - 1);
    const double bounded = std::min(grown, static_cast<double>(plan.max.count()));
    std::uniform_real_distribution<double> spread(1 - plan.jitter, 1 + plan.jitter);
    return Milliseconds(std::llround(bounded * spread(random_)));
}

void Reconnector::come_back() {
    down_ = false;
    alarm_.clear();
    Event event;
    event.type = EventType::Open;
    event.unsent = std::make_shared<const std::vector<Unsent>>(std::move(unsent_));
    unsent_.clear();
    deliver(std::move(event));
}

void Reconnector::end(const ConnectFailure* why) {
    alarm_.clear();
    Event event;
    event.type = EventType::Error;
    if (why != nullptr) {
        event.kind = why->kind;
        event.data = Buffer::copy_of(why->text);
        deliver(event);
    }
    event = {};
    event.type = EventType::Close;
    event.code = close_code::abnormal;
    context_.exchange.counts.service.closed.add(event.code);
    context_.exchange.counts.service.ended.add(1);
    deliver(std::move(event));
    context_.deliver(id_, EndedDelivery{});
}

void Reconnector::deliver(Event event) {
    command_->flow->note_received(event.data.size());
    context_.deliver(id_, std::move(event));
}

} // namespace qi::ws
