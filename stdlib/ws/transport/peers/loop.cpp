#include "ws/transport/peers/loop.hpp"

#include "base/late_libraries.hpp"
#include "base/system_error.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/peers/handshake.hpp"
#include "ws/transport/wire/close_code.hpp"

#include <algorithm>
#include <chrono>
#include <malloc.h>

namespace qi::ws {

namespace {

constexpr std::size_t worth_trimming = 512; // connections
constexpr Milliseconds trim_delay{1000};
// How long memory of large messages is kept for others.
constexpr Milliseconds block_age{1000};
// Streams of compression rest that weren't used from one look to the next.
constexpr Milliseconds rest_round{1000};
constexpr std::size_t connections_per_stream = 16; // as much memory as so many connections

} // namespace

Loop::Loop(Exchange& exchange, Waker& waker) : waker_(waker), context_(exchange, events_) {}

Loop::~Loop() {
    shutdown_alarm_.reset();
    dirty_.clear();
    sweep();
    backplane_.reset();
    server_.reset();
    dials_.clear();
    reconnectors_.clear();
    for (const Id id : connections_.ids()) connections_.remove(id);
    resolver_.reset();
    library_.reset();
}

Result<void> Loop::start(bool log, bool trace) {
    if (const char* why = load_libraries()) return failure(kind::io, message::service_failed, {why});
    if (const int error = events_.open(); error != 0)
        return failure(kind::io, message::service_failed, {system_error_text(error)});
    auto library = Library::create(events_, log);
    if (!library) return library.error();
    library_ = std::move(*library);
    if (trace) context_.log.turn_on();
    resolver_ = std::make_unique<Resolver>(events_);
    server_ = std::make_unique<Server>(events_, context_, *library_, *this);
    return {};
}

void Loop::run() {
    on_round();
    while (!is_over_) {
        on_before_wait();
        if (is_over_) return;
        events_.wait();
        on_round();
    }
}

void Loop::on_round() noexcept {
    obey_commands();
    if (const auto due = std::exchange(due_, {})) context_.timers.run(*due);
    flush_dirty();
    sweep();
    if (backplane_ != nullptr) backplane_->on_round();
    if (context_.blocks->is_in_use() && !age_->is_set()) age_->set_in(block_age);
    if (!context_.resting.empty() && !rest_->is_set()) rest_->set_in(rest_round);
    const bool done =
        shutting_down_ && (out_of_time_ || (connections_.size() == 0 && dials_.empty() && server_->is_quiet()));
    if (done) {
        for (const Id id : connections_.ids()) connections_.find(id)->drop();
        is_over_ = true;
    }
    counts().watched.set(events_.watched());
    hand_over();
}

void Loop::on_before_wait() noexcept {
    library_->settle();
    if (!context_.deliveries().empty() || !dirty_.empty() || !ended_.empty() || !dialed_.empty() || !given_up_.empty())
        on_round();
    if (library_->is_unsettled()) events_.come_round_at_once();
    const auto earliest = context_.timers.earliest();
    if (!earliest) return;
    events_.come_round_by(*earliest);
    // An alarm goes off only after a look at the sockets that began when it was due. If this thread or the whole
    // process has stood still, what puts the alarm off may have come meanwhile: a peer isn't lost while its pong is
    // unread.
    if (*earliest <= events_.now()) due_ = events_.now();
}

// Commands.

void Loop::obey_commands() {
    // A command can end in a callback that wants the commands obeyed.
    if (std::exchange(obeying_, true)) return;
    context_.exchange.take(commands_);
    for (Command& command : commands_) std::visit([&](auto& what) { obey(command.id, what); }, command.what);
    commands_.clear();
    obeying_ = false;
}

void Loop::obey(Id id, SendCommand& command) { send(id, command.type, std::move(command.payload)); }

void Loop::obey(Id id, ResumeCommand&) {
    if (id == 0 && backplane_ != nullptr) return backplane_->resume();
    if (Connection* connection = connections_.find(id)) connection->resume();
}

void Loop::obey(Id id, TraceCommand& command) {
    if (reconnectors_.find(id) != reconnectors_.end()) traced_[id] = command.on;
    if (Connection* connection = connections_.find(id)) connection->trace(command.on);
}

void Loop::obey(Id id, std::unique_ptr<PingCommand>& command) {
    Connection* connection = connections_.find(id);
    if (connection == nullptr) return;
    connection->ping(command->ticket, command->payload);
    mark_dirty(*connection);
}

void Loop::obey(Id id, std::unique_ptr<ConnectCommand>& command) { dial(id, std::move(command)); }

void Loop::obey(Id id, std::unique_ptr<ListenCommand>& command) { server_->listen(id, std::move(command)); }

void Loop::obey(Id id, std::unique_ptr<AnswerCommand>& command) { server_->answer(id, std::move(command->decision)); }

void Loop::obey(Id, StoppingCommand&) { server_->note_stopping(); }

void Loop::obey(Id id, DrainCommand& command) { server_->drain(id, command.replaced); }

void Loop::obey(Id, std::unique_ptr<BackplaneCommand>& command) {
    backplane_ = std::make_unique<Backplane>(events_, context_, *resolver_, *command);
    backplane_->start();
}

void Loop::obey(Id, std::unique_ptr<TopicCommand>& command) {
    if (backplane_ == nullptr) return;
    if (command->listening)
        backplane_->listen(command->topic);
    else
        backplane_->stop_listening(command->topic);
}

void Loop::send(Id id, MessageType type, Buffer payload) {
    if (Connection* connection = connections_.find(id)) {
        connection->send(type, std::move(payload));
        return mark_dirty(*connection);
    }
    // Queued by a program that didn't know yet that the connection is lost. If it comes back, this is among its unsent.
    counts().settled.add(payload.size());
    const auto reconnector = reconnectors_.find(id);
    if (reconnector == reconnectors_.end()) return;
    if (reconnector->second->command()->flow->note_sent(Load::message(payload.size())))
        context_.deliver(id, DrainedDelivery{});
    reconnector->second->add({type, std::move(payload)});
}

// Encoded once: the receivers share the frame.
void Loop::obey(Id, std::unique_ptr<BroadcastCommand>& all) {
    const BroadcastCommand& command = *all;
    SharedMessage message(command.type, command.frame, command.size, context_);
    if (command.relay && backplane_ != nullptr)
        backplane_->publish(command.topic, command.type, message.payload.view());
    for (const Id id : command.receivers) {
        if (Connection* connection = connections_.find(id)) {
            connection->send_shared(message);
            mark_dirty(*connection);
        } else {
            send(id, command.type, message.payload);
        }
    }
}

void Loop::dial(Id id, std::shared_ptr<ConnectCommand> command) {
    auto made = std::make_unique<Dial>(id, std::move(command), events_, context_, *library_, *resolver_, *this);
    Dial& dial = *made;
    dials_.emplace(id, std::move(made));
    dial.start();
}

void Loop::obey(Id id, std::unique_ptr<CloseCommand>& command) {
    if (const auto reconnector = reconnectors_.find(id);
        reconnector != reconnectors_.end() && reconnector->second->is_down()) {
        if (const auto dial = dials_.find(id); dial != dials_.end()) {
            dialed_.push_back(std::move(dial->second));
            dials_.erase(dial);
        }
        return give_up(*reconnector->second, nullptr);
    }
    if (Connection* connection = connections_.find(id)) {
        command->slow ? connection->close_as_slow() : connection->close(command->code, command->reason, command->limit);
        mark_dirty(*connection);
    } else if (const auto dial = dials_.find(id); dial != dials_.end()) {
        dial->second->cancel();
    } else if (!server_->close(id, command->after_requests, command->stops)) {
        server_->close_request(id, command->limit);
    }
}

void Loop::obey(Id, ShutdownCommand& command) {
    shutting_down_ = true;
    shutdown_alarm_.emplace(context_.timers, *this);
    shutdown_alarm_->set_in(command.deadline);
    server_->close_all();
    std::vector<Dial*> dials;
    for (const auto& [id, dial] : dials_) dials.push_back(dial.get());
    for (Dial* dial : dials) dial->cancel();
    std::vector<Reconnector*> down;
    for (const auto& [id, reconnector] : reconnectors_)
        if (reconnector->is_down()) down.push_back(reconnector.get());
    for (Reconnector* reconnector : down) give_up(*reconnector, nullptr);
    connections_.each([&](Id, Connection& connection) { close_at_end(connection); });
}

void Loop::close_at_end(Connection& connection) {
    connection.close(close_code::going_away, {});
    mark_dirty(connection);
}

void Loop::on_age() noexcept { context_.blocks->age(); }

void Loop::on_rest() noexcept { note_gone(context_.resting.end_round() * connections_per_stream); }

/// Their memory is to be given back.
void Loop::note_gone(std::size_t connections) noexcept {
    gone_ += connections;
    if (gone_ < worth_trimming || trim_->is_set()) return;
    gone_before_ = gone_;
    trim_->set_in(trim_delay);
}

// The allocator keeps what many connections have left behind, unless it is told: when not many more are going, and the
// interpreter has forgotten them as well.
void Loop::on_trim() noexcept {
    if (gone_ - std::exchange(gone_before_, gone_) >= worth_trimming) return trim_->set_in(trim_delay);
    gone_ = 0;
    malloc_trim(0);
}

void Loop::on_alarm() noexcept { out_of_time_ = true; }

void Loop::mark_dirty(Connection& connection) {
    if (std::exchange(connection.is_dirty, true)) return;
    dirty_.push_back(&connection);
}

void Loop::flush_dirty() {
    for (Connection* connection : dirty_) {
        connection->is_dirty = false;
        connection->flush();
    }
    dirty_.clear();
}

// What happened.

void Loop::open(std::unique_ptr<Connection> made, std::unique_ptr<OpeningLink> link, LinkOpened opened, Id listener) {
    Connection& connection = *made;
    link->use(connection);
    connection.attach(std::move(link));
    auto delivery = std::make_unique<OpenedDelivery>();
    delivery->listener = listener;
    delivery->protocol = std::move(opened.protocol);
    delivery->compression = opened.deflate.compression();
    delivery->local = std::move(opened.local);
    delivery->remote = std::move(opened.remote);
    delivery->tls = std::move(opened.tls);
    delivery->at = std::chrono::system_clock::now();
    context_.deliver(connection.id(), std::move(delivery));
    connections_.insert(connection.id(), std::move(made));
    if (shutting_down_) close_at_end(connection); // its upgrade was under way
}

void Loop::on_dialed(Dial& dial, LinkOpened opened) noexcept {
    const std::shared_ptr<ConnectCommand> command = dial.command();
    const bool comes_back = command->options.reconnect.has_value();
    open(std::make_unique<Connection>(dial.id(), Role::Client, command->options.connection, opened.deflate,
                                      command->flow, context_, *this, comes_back),
         dial.take_link(), std::move(opened), 0);
    if (!comes_back) counts().connected.add(1);
    if (comes_back) {
        auto& reconnector = reconnectors_[dial.id()];
        if (reconnector == nullptr) counts().connected.add(1);
        if (reconnector == nullptr)
            reconnector = std::make_unique<Reconnector>(dial.id(), command, context_, *this);
        else
            reconnector->come_back();
        if (const auto traced = traced_.find(dial.id()); traced != traced_.end())
            connections_.find(dial.id())->trace(traced->second);
    }
    const auto entry = dials_.find(dial.id());
    dialed_.push_back(std::move(entry->second));
    dials_.erase(entry);
}

void Loop::on_dial_failed(Dial& dial, ConnectFailure failure) noexcept {
    if (const auto reconnector = reconnectors_.find(dial.id()); reconnector != reconnectors_.end()) {
        if (!failure.retryable || !reconnector->second->pause_again()) give_up(*reconnector->second, &failure);
    } else {
        context_.deliver(dial.id(), std::make_unique<ConnectFailure>(std::move(failure)));
    }
    const auto entry = dials_.find(dial.id());
    dialed_.push_back(std::move(entry->second));
    dials_.erase(entry);
}

void Loop::on_upgraded(Handshake& handshake, LinkOpened opened) noexcept {
    if (!handshake.was_described()) {
        auto accepted = handshake.describe(false);
        context_.deliver(handshake.id(), std::move(accepted));
    }
    auto connection = std::make_unique<Connection>(handshake.id(), Role::Server, handshake.options(), opened.deflate,
                                                   handshake.flow(), context_, *this);
    connection->count_in(handshake.memory());
    counts().accepted.add(1);
    open(std::move(connection), handshake.take_link(), std::move(opened), handshake.listener());
}

void Loop::on_lost_for_now(Connection& connection, std::vector<Unsent> unsent) noexcept {
    reconnectors_.at(connection.id())->lose(std::move(unsent));
}

void Loop::on_sent_too_late(Id id, Unsent unsent) noexcept {
    if (const auto reconnector = reconnectors_.find(id); reconnector != reconnectors_.end())
        reconnector->second->add(std::move(unsent));
}

void Loop::on_redial(Reconnector& reconnector) noexcept {
    // What is left of the lost one goes first.
    if (connections_.find(reconnector.id()) != nullptr) return reconnector.wait(Milliseconds{10});
    if (shutting_down_) return;
    const auto& retries = reconnector.command()->options.reconnect->retries;
    if (retries && *retries == 0) return give_up(reconnector, nullptr);
    dial(reconnector.id(), reconnector.command());
}

void Loop::give_up(Reconnector& reconnector, const ConnectFailure* why) {
    const Id id = reconnector.id();
    reconnector.end(why);
    traced_.erase(id);
    given_up_.push_back(std::move(reconnectors_.at(id)));
    reconnectors_.erase(id);
}

void Loop::on_ended(Connection& connection) noexcept {
    if (const auto reconnector = reconnectors_.find(connection.id());
        reconnector != reconnectors_.end() && !reconnector->second->is_down()) {
        traced_.erase(connection.id());
        given_up_.push_back(std::move(reconnector->second));
        reconnectors_.erase(reconnector);
    }
    server_->on_connection_ended(connection.id());
    ended_.push_back(connections_.remove(connection.id()));
    note_gone(1);
}

// Between rounds nothing of this is on the call stack.
void Loop::sweep() noexcept {
    ended_.clear();
    dialed_.clear();
    given_up_.clear();
    if (server_ != nullptr) server_->sweep();
}

void Loop::hand_over() noexcept {
    std::vector<Delivery>& deliveries = context_.deliveries();
    if (deliveries.empty()) return;
    woken_.clear();
    for (const Delivery& delivery : deliveries) {
        if (woken_.empty() || woken_.back() != delivery.id) woken_.push_back(delivery.id);
        // Whoever waits for a connection waits by the listener's id.
        if (const auto* accepted = std::get_if<std::unique_ptr<AcceptedDelivery>>(&delivery.what))
            woken_.push_back((*accepted)->listener);
        else if (const auto* opened = std::get_if<std::unique_ptr<OpenedDelivery>>(&delivery.what);
                 opened != nullptr && (*opened)->listener != 0)
            woken_.push_back((*opened)->listener);
        else if (std::holds_alternative<DrainedDelivery>(delivery.what) ||
                 std::holds_alternative<DrainingDelivery>(delivery.what) ||
                 std::holds_alternative<EndedDelivery>(delivery.what))
            woken_.push_back(0); // what was published may wait for it
    }
    std::sort(woken_.begin(), woken_.end());
    woken_.erase(std::unique(woken_.begin(), woken_.end()), woken_.end());
    context_.exchange.publish(deliveries);
    waker_.wake(woken_);
}

} // namespace qi::ws
