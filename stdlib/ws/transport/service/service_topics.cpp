// Topics, broadcasts and the backplane: one message for many connections. The interpreter's thread.
#include "ws/transport/service.hpp"

#include "base/utf8.hpp"
#include "ws/transport/http/redis_url.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/service/failures.hpp"
#include "ws/transport/wire/close_code.hpp"
#include "ws/transport/wire/frame.hpp"

#include <algorithm>
#include <chrono>

namespace qi::ws {

/// nullptr if nothing can be sent on it.
inline ConnectionRecord* Service::open_connection(Id id) const {
    ConnectionRecord* record = connections_.find(id);
    return record != nullptr && record->info.state == State::Open ? record : nullptr;
}

Result<bool> Service::subscribe(Id id, std::string_view topic) {
    ConnectionRecord* found = find_connection(id);
    if (found == nullptr && !is_finished(id))
        return failure(kind::unknown_id, message::unknown_id, {std::to_string(id)});
    if (found == nullptr || found->info.state != State::Open)
        return failure(kind::closed, message::closed, {std::to_string(id)});
    auto& own = found->info.subscriptions;
    if (std::find(own.begin(), own.end(), topic) != own.end()) return false;
    own.emplace_back(topic);
    if (topics_.add(topic, id) && backplane_)
        submit({0, std::make_unique<TopicCommand>(TopicCommand{std::string(topic), true})});
    return true;
}

Result<bool> Service::unsubscribe(Id id, std::string_view topic) {
    ConnectionRecord* found = find_connection(id);
    if (found == nullptr && !is_finished(id))
        return failure(kind::unknown_id, message::unknown_id, {std::to_string(id)});
    if (found == nullptr) return false;
    auto& own = found->info.subscriptions;
    const auto entry = std::find(own.begin(), own.end(), topic);
    if (entry == own.end()) return false;
    own.erase(entry);
    leave_topic(topic, id);
    return true;
}

void Service::leave_topic(std::string_view topic, Id id) {
    if (topics_.remove(topic, id) && backplane_)
        submit({0, std::make_unique<TopicCommand>(TopicCommand{std::string(topic), false})});
}

Result<BroadcastStatus> Service::publish(std::string_view topic, MessageType type, const Outgoing& payload) {
    if (!is_sendable(type, payload)) return failure(kind::utf8, message::not_utf8);
    collect();
    const std::span<const Id> members = topics_.members(topic);
    note_published(topic);
    if (members.empty() && !backplane_) return BroadcastStatus{};
    auto command = broadcast_of(type, payload.bytes);
    std::vector<Id> waiting;
    BroadcastStatus result{hand_round(members, *command, &waiting), 0, {}};
    if (!waiting.empty()) result = delay(*command, std::move(waiting), topic, result.count);
    if (backplane_) {
        command->relay = true;
        command->topic = topic;
        ++backplane_->sent;
    }
    if (result.count > 0 || command->relay) submit({0, std::move(command)});
    return result;
}

Result<BroadcastStatus> Service::broadcast(std::span<const Id> ids, MessageType type, const Outgoing& payload) {
    if (!is_sendable(type, payload)) return failure(kind::utf8, message::not_utf8);
    collect();
    if (std::none_of(ids.begin(), ids.end(), [this](Id id) { return open_connection(id) != nullptr; }))
        return BroadcastStatus{};
    auto command = broadcast_of(type, payload.bytes);
    std::vector<Id> waiting;
    BroadcastStatus result{hand_round(ids, *command, &waiting), 0, {}};
    if (!waiting.empty()) result = delay(*command, std::move(waiting), std::nullopt, result.count);
    if (result.count > 0) submit({0, std::move(command)});
    return result;
}

/// To nobody so far. The one copy of the payload is made here.
std::unique_ptr<BroadcastCommand> Service::broadcast_of(MessageType type, std::string_view payload) {
    auto command = std::make_unique<BroadcastCommand>();
    command->type = type;
    command->frame = copy_as_frame(type == MessageType::Text ? Opcode::Text : Opcode::Binary, payload);
    command->size = payload.size();
    return command;
}

namespace {

TimePoint steady_now() noexcept { return std::chrono::time_point_cast<Milliseconds>(Clock::now()); }

/// Until when what is published waits for it, if it has no room since then: as long as it may be full, or take nothing.
TimePoint patience_ends(const ConnectionRecord& record, TimePoint full_since) noexcept {
    const std::int64_t stuck = record.flow->stuck_since();
    const TimePoint since = stuck == 0 ? full_since : std::min(full_since, TimePoint(Milliseconds(stuck)));
    return since + record.options.slow_timeout;
}

} // namespace

inline void Service::hand_to(Id id, ConnectionRecord& receiver, BroadcastCommand& command) {
    ++receiver.info.sent.messages;
    receiver.info.sent.bytes += command.size;
    command.receivers.push_back(id);
}

/// All its receivers at once: each of them has been counted by itself as well.
inline void Service::note_queued(const BroadcastCommand& command) noexcept {
    ProgramCounts& counts = exchange_.counts.program;
    const std::uint64_t receivers = command.receivers.size(), bytes = receivers * command.size;
    counts.messages.add(receivers);
    counts.bytes.add(bytes);
    counts.queued.add(bytes);
}

inline void Service::note_published(std::string_view topic) noexcept {
    exchange_.counts.program.published.add(1);
    topics_.note_published(topic);
}

/// Those that have room for the message become its receivers.
std::size_t Service::hand_round(std::span<const Id> ids, BroadcastCommand& command, std::vector<Id>* waiting) {
    command.receivers.reserve(ids.size());
    const Load load = Load::message(command.size);
    for (const Id id : ids) {
        ConnectionRecord* receiver = open_connection(id);
        if (receiver == nullptr) continue;
        // Nobody overtakes a message that waits already, but what comes from other nodes, which has no time.
        if ((receiver->waited_for == 0 || waiting == nullptr) && receiver->flow->try_queue(load)) [[likely]]
            hand_to(id, *receiver, command);
        else
            find_full(id, *receiver, waiting);
    }
    note_queued(command);
    return command.receivers.size();
}

void Service::find_full(Id id, ConnectionRecord& receiver, std::vector<Id>* waiting) {
    if (waiting == nullptr) return turn_away(id, receiver);
    const TimePoint now = steady_now();
    if (receiver.waited_for == 0) receiver.full_since = now;
    if (receiver.slow || patience_ends(receiver, receiver.full_since) <= now) {
        receiver.slow = true;
        return turn_away(id, receiver);
    }
    ++receiver.waited_for;
    waiting->push_back(id);
}

/// It doesn't get the message.
void Service::turn_away(Id id, ConnectionRecord& receiver) {
    if (receiver.options.skip_when_slow) {
        ++receiver.info.skipped;
        exchange_.counts.program.skipped.add(1);
        return;
    }
    exchange_.counts.program.slow.add(1);
    receiver.info.state = State::Closing;
    submit({id, std::make_unique<CloseCommand>(CloseCommand{close_code::try_again_later, {}, std::nullopt, true})});
    slow_.push(id);
}

std::optional<Id> Service::next_slow() {
    if (slow_.empty()) return std::nullopt;
    return slow_.pop();
}

// What waits for room.

BroadcastStatus Service::delay(const BroadcastCommand& command, std::vector<Id> waiting,
                               std::optional<std::string_view> topic, std::size_t count) {
    const std::uint64_t ticket = ++last_ticket_;
    TimePoint until = TimePoint::max();
    for (const Id id : waiting) {
        const ConnectionRecord& receiver = *connections_.find(id);
        until = std::min(until, patience_ends(receiver, receiver.full_since));
    }
    delayed_.emplace(ticket, DelayedBroadcast{command.type, command.frame, command.size,
                                              std::optional<std::string>(topic), std::move(waiting), count});
    return {count, ticket, until};
}

BroadcastStatus Service::poll_broadcast(std::uint64_t ticket) {
    collect();
    hand_to_delayed(ticket);
    const auto found = delayed_.find(ticket);
    if (found == delayed_.end()) return {};
    BroadcastStatus result{found->second.count, ticket, TimePoint::max()};
    for (const Id id : found->second.waiting) {
        const ConnectionRecord& receiver = *connections_.find(id);
        result.until = std::min(result.until, patience_ends(receiver, receiver.full_since));
    }
    if (!found->second.waiting.empty()) return result;
    delayed_.erase(found);
    return {result.count, 0, {}};
}

void Service::abandon_broadcast(std::uint64_t ticket) {
    const auto found = delayed_.find(ticket);
    if (found == delayed_.end()) return;
    for (const Id id : found->second.waiting)
        if (ConnectionRecord* receiver = connections_.find(id)) --receiver->waited_for;
    delayed_.erase(found);
    // It may have been woken for room that others, who came behind it and were not, wait for now.
    if (!delayed_.empty()) wake_publishers();
}

void Service::wake_publishers() {
    constexpr Id publishers = 0;
    waker_.wake({&publishers, 1});
}

/// In the order of publishing: of two that wait for the same one, the first goes first. `asking` is told by its caller.
void Service::hand_to_delayed(std::uint64_t asking) {
    const TimePoint now = steady_now();
    ++walk_;
    bool others_are_done = false;
    for (auto& [ticket, late] : delayed_) {
        if (late.waiting.empty()) continue;
        auto command = std::make_unique<BroadcastCommand>();
        command->type = late.type;
        command->frame = late.frame;
        command->size = late.size;
        std::erase_if(late.waiting, [&, &late = late](Id id) { return is_done_with(id, late, *command, now); });
        late.count += command->receivers.size();
        note_queued(*command);
        if (!command->receivers.empty()) submit({0, std::move(command)});
        others_are_done = others_are_done || (late.waiting.empty() && ticket != asking);
    }
    if (others_are_done) wake_publishers();
}

bool Service::is_done_with(Id id, const DelayedBroadcast& late, BroadcastCommand& command, TimePoint now) {
    ConnectionRecord* receiver = connections_.find(id);
    if (receiver == nullptr) return true;
    const auto& topics = receiver->info.subscriptions;
    const bool wanted = !late.topic || std::find(topics.begin(), topics.end(), *late.topic) != topics.end();
    if (receiver->info.state == State::Open && wanted) {
        if (receiver->full_in_walk != walk_ && receiver->flow->try_queue(Load::message(late.size))) {
            hand_to(id, *receiver, command);
            receiver->full_since = now;
        } else {
            receiver->full_in_walk = walk_;
            if (!receiver->slow && patience_ends(*receiver, receiver->full_since) > now) return false;
            receiver->slow = true;
            turn_away(id, *receiver);
        }
    }
    --receiver->waited_for;
    return true;
}

// The other nodes.

Result<void> Service::join_backplane(const std::string& text) {
    auto url = parse_redis_url(text);
    if (!url) return url.error();
    if (!running_) return failure(kind::closed, message::service_closed);
    if (!options_.permissions.may_connect(url->host, url->port))
        return failure(kind::permission_denied, message::connect_denied,
                       {url->shown(), join_endpoint(url->host, url->port)});
    backplane_.emplace();
    backplane_->url = url->shown();
    backplane_flow_ = std::make_shared<Flow>(0, 10000);
    auto command = std::make_unique<BackplaneCommand>();
    command->host = std::move(url->host);
    command->port = url->port;
    command->user = std::move(url->user);
    command->password = std::move(url->password);
    command->number = ++backplane_number_;
    command->flow = backplane_flow_;
    command->topics = topics_.names();
    submit({0, std::move(command)});
    return {};
}

const BackplaneStatus* Service::backplane() {
    collect();
    return backplane_ ? &*backplane_ : nullptr;
}

void Service::apply(Id, std::unique_ptr<BackplaneReport>& report) {
    if (!backplane_ || report->number != backplane_number_) return; // about one that was replaced
    const BackplaneStatus& status = report->status;
    backplane_->settled = true;
    backplane_->connected = status.connected;
    backplane_->error = status.error;
    backplane_->dropped = status.dropped;
}

void Service::apply(Id, std::unique_ptr<BackplaneDelivery>& message) {
    if (!backplane_) return;
    ++backplane_->received;
    // What came from one that was replaced still goes to the subscribers, but this flow hasn't counted it.
    if (message->number == backplane_number_ && backplane_flow_->note_taken(message->size))
        submit({0, ResumeCommand{}});
    auto command = std::make_unique<BroadcastCommand>();
    command->type = message->type;
    command->frame = message->frame;
    command->size = message->size;
    note_published(message->topic);
    if (hand_round(topics_.members(message->topic), *command, nullptr) > 0) submit({0, std::move(command)});
}

} // namespace qi::ws
