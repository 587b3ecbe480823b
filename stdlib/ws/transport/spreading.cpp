// Topics, broadcasts and the backplane: one message for many connections. The interpreter's thread.
#include "base/utf8.hpp"
#include "ws/transport/close_code.hpp"
#include "ws/transport/frame.hpp"
#include "ws/transport/implementation.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/redis_url.hpp"

#include <algorithm>

namespace qi::ws {

Result<bool> Service::Implementation::subscribe(Id id, std::string_view topic) {
    Mailbox* found = mailbox(id);
    if (found == nullptr && !is_finished(id)) return failure(kind::unknown_id, message::unknown_id, {std::to_string(id)});
    if (found == nullptr || found->info.state != State::Open) return failure(kind::closed, message::closed, {std::to_string(id)});
    auto& own = found->info.subscriptions;
    if (std::find(own.begin(), own.end(), topic) != own.end()) return false;
    own.emplace_back(topic);
    if (topics_.add(topic, id) && backplane_)
        submit({0, std::make_unique<TopicCommand>(TopicCommand{std::string(topic), true})});
    return true;
}

Result<bool> Service::Implementation::unsubscribe(Id id, std::string_view topic) {
    Mailbox* found = mailbox(id);
    if (found == nullptr && !is_finished(id)) return failure(kind::unknown_id, message::unknown_id, {std::to_string(id)});
    if (found == nullptr) return false;
    auto& own = found->info.subscriptions;
    const auto entry = std::find(own.begin(), own.end(), topic);
    if (entry == own.end()) return false;
    own.erase(entry);
    leave_topic(topic, id);
    return true;
}

void Service::Implementation::leave_topic(std::string_view topic, Id id) {
    if (topics_.remove(topic, id) && backplane_)
        submit({0, std::make_unique<TopicCommand>(TopicCommand{std::string(topic), false})});
}

Result<std::size_t> Service::Implementation::publish(std::string_view topic, MessageType type, std::string_view payload) {
    if (type == MessageType::Text && !utf8::valid(payload)) return failure(kind::utf8, message::not_utf8);
    collect();
    const std::span<const Id> members = topics_.members(topic);
    if (members.empty() && !backplane_) return 0;
    auto command = broadcast_of(type, payload);
    const std::size_t count = hand_round(members, *command);
    if (backplane_) {
        command->relay = true;
        command->topic = topic;
        ++backplane_->sent;
    }
    if (count > 0 || command->relay) submit({0, std::move(command)});
    return count;
}

Result<std::size_t> Service::Implementation::spread(std::span<const Id> ids, MessageType type, std::string_view payload) {
    if (type == MessageType::Text && !utf8::valid(payload)) return failure(kind::utf8, message::not_utf8);
    collect();
    if (std::none_of(ids.begin(), ids.end(), [this](Id id) { return open_mailbox(id) != nullptr; })) return 0;
    auto command = broadcast_of(type, payload);
    const std::size_t count = hand_round(ids, *command);
    if (count > 0) submit({0, std::move(command)});
    return count;
}

/// To nobody so far. The one copy of the payload is made here.
std::unique_ptr<BroadcastCommand> Service::Implementation::broadcast_of(MessageType type, std::string_view payload) {
    auto command = std::make_unique<BroadcastCommand>();
    command->type = type;
    command->frame = copy_as_frame(type == MessageType::Text ? Opcode::Text : Opcode::Binary, payload);
    command->size = payload.size();
    return command;
}

/// nullptr if nothing can be sent on it.
Mailbox* Service::Implementation::open_mailbox(Id id) const {
    Mailbox* mailbox = mailboxes_.find(id);
    return mailbox != nullptr && mailbox->info.state == State::Open ? mailbox : nullptr;
}

/// Those that have room for the message become its receivers. One that can't keep up must not hold up the others.
std::size_t Service::Implementation::hand_round(std::span<const Id> ids, BroadcastCommand& command) {
    command.receivers.reserve(ids.size());
    for (const Id id : ids) {
        Mailbox* receiver = open_mailbox(id);
        if (receiver == nullptr) continue;
        if (receiver->flow->try_queue(Load::message(command.size))) {
            ++receiver->info.sent.messages;
            receiver->info.sent.bytes += command.size;
            command.receivers.push_back(id);
        } else if (!receiver->options.skip_when_slow) {
            receiver->info.state = State::Closing;
            submit({id, std::make_unique<CloseCommand>(CloseCommand{close_code::try_again_later, {}})});
        }
    }
    return command.receivers.size();
}

// The other nodes.

Result<void> Service::Implementation::join_backplane(const std::string& text) {
    auto url = parse_redis_url(text);
    if (!url) return url.error();
    if (!running_) return failure(kind::closed, message::service_closed);
    if (!options_.permissions.may_connect(url->host, url->port))
        return failure(kind::permission_denied, message::connect_denied, {url->shown(), join_endpoint(url->host, url->port)});
    backplane_.emplace();
    backplane_->url = url->shown();
    backplane_settled_ = false;
    backplane_flow_ = std::make_shared<Flow>(0, 10000);
    auto command = std::make_unique<BackplaneCommand>();
    command->host = std::move(url->host);
    command->port = url->port;
    command->user = std::move(url->user);
    command->password = std::move(url->password);
    command->flow = backplane_flow_;
    command->topics = topics_.names();
    submit({0, std::move(command)});
    return {};
}

const BackplaneStatus* Service::Implementation::backplane(bool& settled) {
    collect();
    settled = backplane_settled_;
    return backplane_ ? &*backplane_ : nullptr;
}

void Service::Implementation::apply_backplane(Delivery& delivery) {
    if (!backplane_) return;
    if (const auto* status = std::get_if<std::unique_ptr<BackplaneStatus>>(&delivery.what)) {
        backplane_settled_ = true;
        backplane_->connected = (*status)->connected;
        backplane_->error = (*status)->error;
        backplane_->dropped = (*status)->dropped;
    } else if (const auto* message = std::get_if<std::unique_ptr<BackplaneDelivery>>(&delivery.what)) {
        ++backplane_->received;
        if (backplane_flow_->note_taken((*message)->size)) submit({0, ResumeCommand{}});
        auto command = std::make_unique<BroadcastCommand>();
        command->type = (*message)->type;
        command->frame = (*message)->frame;
        command->size = (*message)->size;
        if (hand_round(topics_.members((*message)->topic), *command) > 0) submit({0, std::move(command)});
    }
}

} // namespace qi::ws
