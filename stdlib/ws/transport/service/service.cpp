#include "ws/transport/service.hpp"

#include "base/utf8.hpp"
#include "ws/transport/http/header_rules.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/net/lws.hpp"
#include "ws/transport/service/implementation.hpp"
#include "ws/transport/wire/ascii.hpp"
#include "ws/transport/wire/close_code.hpp"
#include "ws/transport/wire/frame.hpp"

#include <csignal>
#include <sys/resource.h>

namespace qi::ws {

namespace {

Error unknown(Id id) { return failure(kind::unknown_id, message::unknown_id, {std::to_string(id)}); }
Error unknown_listener(Id id) { return failure(kind::unknown_id, message::unknown_listener, {std::to_string(id)}); }
Error closed(Id id) { return failure(kind::closed, message::closed, {std::to_string(id)}); }

/// Why nothing can be sent on it.
Error not_open(const Mailbox& mailbox) {
    const std::string id = std::to_string(mailbox.info.id);
    switch (mailbox.info.state) {
    case State::Connecting: return failure(kind::closed, message::connecting, {id});
    case State::Closing: return failure(kind::closed, message::closing, {id});
    case State::Open:
    case State::Closed: break;
    }
    return closed(mailbox.info.id);
}

} // namespace

Service::Service(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}

Service::~Service() { shutdown(); }

std::string_view Service::library_version() noexcept { return Library::version(); }

Result<std::unique_ptr<Service>> Service::create(Waker& waker, ServiceOptions options) {
    auto implementation = std::make_unique<Implementation>(waker, std::move(options));
    if (auto started = implementation->start(); !started) return started.error();
    return std::unique_ptr<Service>(new Service(std::move(implementation)));
}

// Connecting.

Result<Id> Service::connect(ConnectOptions options) { return implementation_->connect(std::move(options)); }

Result<OpenStatus> Service::poll_open(Id id) {
    const Mailbox* mailbox = implementation_->mailbox(id);
    if (mailbox == nullptr) {
        if (!implementation_->is_finished(id)) return unknown(id);
        return OpenStatus{Opened{}};
    }
    if (mailbox->failure) return OpenStatus{*mailbox->failure};
    if (mailbox->info.state == State::Connecting && !mailbox->opened) return OpenStatus{Pending{}};
    return OpenStatus{Opened{}};
}

// Talking.

Result<SendStatus> Service::send(Id id, MessageType type, const Buffer& payload) {
    return implementation_->send(id, type, payload.view(), &payload);
}

Result<SendStatus> Service::send(Id id, MessageType type, std::string_view payload) {
    return implementation_->send(id, type, payload, nullptr);
}

bool Service::has_room(Id id, std::size_t size) {
    Mailbox* mailbox = implementation_->mailbox(id);
    return mailbox == nullptr || mailbox->info.state != State::Open || mailbox->flow->has_room(Load::message(size));
}

Result<SendStatus> Service::Implementation::send(Id id, MessageType type, std::string_view payload,
                                                 const Buffer* shared) {
    Mailbox* mailbox = this->mailbox(id);
    if (mailbox == nullptr) {
        if (is_finished(id)) return closed(id);
        return unknown(id);
    }
    if (mailbox->info.state != State::Open) return not_open(*mailbox);
    if (type == MessageType::Text && !utf8::valid(payload)) return failure(kind::utf8, message::not_utf8);
    if (!answer_at_once(*mailbox, type, payload)) {
        if (!mailbox->flow->try_queue(Load::message(payload.size()))) return SendStatus::Full;
        submit({id, SendCommand{type, shared != nullptr ? *shared : slab_.copy(payload)}});
    }
    ++mailbox->info.sent.messages;
    mailbox->info.sent.bytes += payload.size();
    return SendStatus::Sent;
}

/// One message has come, nothing else on any connection, and this is what is sent first: a conversation. Where more is
/// under way the service thread is awake anyway, and writes while the program goes on.
bool Service::Implementation::answer_at_once(Mailbox& mailbox, MessageType type, std::string_view payload) {
    const bool answers = std::exchange(mailbox.may_answer, false) && held_ == 0 && !exchange_.has_deliveries();
    if (!answers || payload.size() > DirectWriter::largest - largest_header || !mailbox.flow->queued().empty())
        return false;
    FrameHeader header;
    header.opcode = type == MessageType::Text ? Opcode::Text : Opcode::Binary;
    header.payload = payload.size();
    if (mailbox.info.role == Role::Client) header.mask = masks_.next();
    char frame[DirectWriter::largest];
    return mailbox.flow->direct_writer.write({frame, write_frame(frame, header, payload.data())});
}

Result<std::optional<Event>> Service::receive(Id id) {
    Mailbox* mailbox = implementation_->mailbox_for_receive(id);
    if (mailbox == nullptr) {
        if (implementation_->is_finished(id)) return closed(id);
        return unknown(id);
    }
    std::optional<Event> event = implementation_->take(*mailbox);
    if (event) {
        if (event->type == EventType::Close) implementation_->note_known(id);
        return event;
    }
    if (mailbox->close_received || (mailbox->ended && mailbox->info.state == State::Closed)) return closed(id);
    return std::optional<Event>{};
}

Result<void> Service::close(Id id, std::uint16_t code, std::string_view reason, std::optional<Milliseconds> limit) {
    if (!may_be_sent(code)) return failure(kind::range, message::close_code, {std::to_string(code)});
    if (reason.size() > largest_close_reason)
        return failure(kind::range, message::close_reason, {std::to_string(reason.size())});
    if (!utf8::valid(reason)) return failure(kind::utf8, message::not_utf8);
    if (ListenerRecord* listener = implementation_->listener(id)) {
        if (listener->state == State::Open) {
            listener->state = State::Closing;
            implementation_->submit({id, std::make_unique<CloseCommand>(CloseCommand{code, {}, {}})});
        }
        return {};
    }
    Mailbox* mailbox = implementation_->mailbox(id);
    if (mailbox == nullptr) {
        if (implementation_->is_finished(id)) return {};
        return unknown(id);
    }
    if (mailbox->info.state == State::Closed || (mailbox->info.state == State::Closing && !limit)) return {};
    if (mailbox->info.state == State::Open) mailbox->info.state = State::Closing;
    implementation_->submit({id, std::make_unique<CloseCommand>(CloseCommand{code, std::string(reason), limit})});
    return {};
}

void Service::abandon(Id id) {
    ListenerRecord* listener = implementation_->listener(id);
    if (listener == nullptr) return;
    listener->is_abandoned = true;
    while (!listener->accepted.empty()) implementation_->turn_away(listener->accepted.pop());
}

Result<bool> Service::poll_closed(Id id) {
    if (const ListenerRecord* listener = implementation_->listener(id)) return listener->state == State::Closed;
    if (const Mailbox* mailbox = implementation_->mailbox(id)) {
        const bool over = mailbox->info.state == State::Closed;
        if (over) implementation_->note_known(id); // who closes seldom reads on
        return over;
    }
    if (implementation_->is_finished(id)) return true;
    return unknown(id);
}

Result<std::uint64_t> Service::ping(Id id, std::string_view payload) {
    if (payload.size() > largest_control_payload)
        return failure(kind::range, message::ping_payload, {std::to_string(payload.size())});
    Mailbox* mailbox = implementation_->mailbox(id);
    if (mailbox == nullptr) {
        if (implementation_->is_finished(id)) return closed(id);
        return unknown(id);
    }
    if (mailbox->info.state != State::Open) return not_open(*mailbox);
    const std::uint64_t ticket = mailbox->next_ticket++;
    mailbox->pings.emplace(ticket, std::nullopt);
    implementation_->submit({id, std::make_unique<PingCommand>(PingCommand{ticket, std::string(payload)})});
    return ticket;
}

Result<std::optional<double>> Service::poll_ping(Id id, std::uint64_t ticket) {
    Mailbox* mailbox = implementation_->mailbox(id);
    if (mailbox == nullptr) {
        if (implementation_->is_finished(id)) return closed(id);
        return unknown(id);
    }
    const auto ping = mailbox->pings.find(ticket);
    const std::optional<double> milliseconds = ping == mailbox->pings.end() ? std::nullopt : ping->second;
    const bool over = mailbox->info.state == State::Closed || ticket < mailbox->first_live_ticket;
    if (!milliseconds && !over && ping != mailbox->pings.end()) return std::optional<double>{};
    if (ping != mailbox->pings.end()) mailbox->pings.erase(ping);
    if (!milliseconds) return closed(id);
    return milliseconds;
}

void Service::abandon_ping(Id id, std::uint64_t ticket) {
    if (Mailbox* mailbox = implementation_->mailbox(id)) mailbox->pings.erase(ticket);
}

// Looking.

Result<State> Service::state(Id id) {
    if (const ListenerRecord* listener = implementation_->listener(id)) return listener->state;
    if (const Mailbox* mailbox = implementation_->mailbox(id)) return mailbox->info.state;
    if (implementation_->is_finished(id)) return State::Closed;
    return unknown(id);
}

Result<Flow*> Service::Implementation::flow(Id id) {
    Mailbox* found = mailbox(id);
    if (found == nullptr) {
        if (is_finished(id)) return nullptr;
        return unknown(id);
    }
    return found->info.state == State::Closed ? nullptr : found->flow.get();
}

Result<std::uint64_t> Service::buffered(Id id) {
    const auto flow = implementation_->flow(id);
    if (!flow) return flow.error();
    return *flow == nullptr ? 0 : (*flow)->queued().bytes();
}

Result<bool> Service::poll_flushed(Id id) {
    const auto flow = implementation_->flow(id);
    if (!flow) return flow.error();
    return *flow == nullptr || (*flow)->is_flushed();
}

Result<Info> Service::info(Id id) {
    if (const Mailbox* mailbox = implementation_->mailbox(id)) return mailbox->info;
    if (!implementation_->is_finished(id)) return unknown(id);
    Info info;
    info.id = id;
    info.state = State::Closed;
    return info;
}

std::vector<Id> Service::ids() { return implementation_->live_ids(); }

// Serving.

Result<Id> Service::listen(ListenOptions options) { return implementation_->listen(std::move(options)); }

Result<std::uint16_t> Service::port(Id id) {
    const ListenerRecord* listener = implementation_->listener(id);
    if (listener == nullptr) return unknown_listener(id);
    return listener->port;
}

Result<std::optional<Id>> Service::accept(Id id) { return implementation_->next_of(id, &ListenerRecord::accepted); }

Result<std::optional<Id>> Service::accept_for_service(Id id) {
    return implementation_->next_of(id, &ListenerRecord::for_services);
}

Result<std::optional<Id>> Service::pending(Id id) { return implementation_->next_of(id, &ListenerRecord::pending); }

Result<std::optional<Id>> Service::Implementation::next_of(Id id, Queue<Id> ListenerRecord::*queue) {
    ListenerRecord* record = listener(id);
    if (record == nullptr) return unknown_listener(id);
    if (!(record->*queue).empty()) return std::optional<Id>{(record->*queue).pop()};
    if (record->state == State::Closed) return failure(kind::closed, message::listener_closed, {std::to_string(id)});
    return std::optional<Id>{};
}

std::optional<Rejections> Service::next_rejections() { return implementation_->next_rejections(); }

Result<const Request*> Service::request(Id id) {
    const Mailbox* mailbox = implementation_->mailbox(id);
    if (mailbox != nullptr) return static_cast<const Request*>(mailbox->request.get());
    if (implementation_->is_finished(id)) return closed(id);
    return unknown(id);
}

Result<void> Service::answer(Id id, Decision decision) {
    const Mailbox* mailbox = implementation_->mailbox(id);
    if (mailbox == nullptr && !implementation_->is_finished(id)) return unknown(id);
    for (const Header& header : decision.headers)
        if (auto sound = check_header(header); !sound) return sound.error();
    if (!decision.protocol.empty() && !is_token(decision.protocol))
        return failure(kind::value, message::protocol_name, {decision.protocol});
    if (mailbox == nullptr || mailbox->info.state != State::Connecting) return {};
    implementation_->submit({id, std::make_unique<AnswerCommand>(AnswerCommand{std::move(decision)})});
    return {};
}

// One message for many.

Result<bool> Service::subscribe(Id id, std::string_view topic) { return implementation_->subscribe(id, topic); }

Result<bool> Service::unsubscribe(Id id, std::string_view topic) { return implementation_->unsubscribe(id, topic); }

Result<BroadcastStatus> Service::publish(std::string_view topic, MessageType type, std::string_view payload) {
    return implementation_->publish(topic, type, payload);
}

Result<BroadcastStatus> Service::broadcast(std::span<const Id> ids, MessageType type, std::string_view payload) {
    return implementation_->spread(ids, type, payload);
}

BroadcastStatus Service::poll_broadcast(std::uint64_t ticket) { return implementation_->poll_broadcast(ticket); }

void Service::abandon_broadcast(std::uint64_t ticket) { implementation_->abandon_broadcast(ticket); }

std::optional<Id> Service::next_slow() { return implementation_->next_slow(); }

Result<void> Service::join_backplane(const std::string& url) { return implementation_->join_backplane(url); }

const BackplaneStatus* Service::backplane(bool& settled) { return implementation_->backplane(settled); }

// Ending.

void Service::forget(Id id) { implementation_->forget(id); }

void Service::take_dropped(std::vector<Id>& into) noexcept { implementation_->take_dropped(into); }

bool Service::was_given_out(Id id) const noexcept { return implementation_->was_given_out(id); }

void Service::close_serving(Milliseconds limit) { implementation_->close_serving(limit); }

bool Service::is_serving() { return implementation_->is_serving(); }

bool Service::could_wake() { return implementation_->could_wake(); }

void Service::shutdown(Milliseconds deadline) { implementation_->shutdown(deadline); }

} // namespace qi::ws
