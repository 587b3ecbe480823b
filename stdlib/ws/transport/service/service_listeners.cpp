// Listeners, and what comes through them. The interpreter's thread.
#include "ws/transport/service.hpp"

#include "base/files.hpp"
#include "ws/transport/http/header_rules.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/peers/message_memory.hpp"
#include "ws/transport/service/failures.hpp"
#include "ws/transport/wire/ascii.hpp"
#include "ws/transport/wire/close_code.hpp"

#include <algorithm>
#include <chrono>
#include <sys/stat.h>

namespace qi::ws {

Result<Id> Service::listen(ListenOptions options) {
    if (!running_) return failure(kind::closed, message::service_closed);
    if (auto sound = check_protocols(options.protocols); !sound) return sound.error();
    if (!options_.permissions.may_listen(options.host, options.port))
        return failure(kind::permission_denied, message::listen_not_permitted,
                       {join_endpoint(options.host, options.port)});
    if (options.metrics && options.metrics == options.health)
        return failure(kind::value, message::same_path, {*options.metrics});
    SslContext tls;
    if (options.tls) {
        auto made = server_tls_context(*options.tls);
        if (!made) return made.error();
        tls = std::move(*made);
    }
    if (options.static_folder) {
        struct stat info {};
        std::string resolved = files::real_path(*options.static_folder);
        if (resolved.empty() || files::status(resolved, info) != 0 || !S_ISDIR(info.st_mode))
            return failure(kind::value, message::static_folder, {*options.static_folder});
        options.static_folder = std::move(resolved);
    }
    if (!options.memory_limit)
        options.memory_limit = default_memory_limit(); // reads files, which the service thread doesn't
    const auto socket = listen_sockets_.open(options.host, options.port, options.reuse_port);
    if (!socket) return socket.error();
    const Id id = exchange_.next_id();
    auto record = std::make_unique<ListenerRecord>();
    record->socket = *socket;
    record->service_paths = options.service_paths;
    record->drain_at_signal = options.drain;
    record->tells_of_stop = options.health.has_value() && !options.reuse_port;
    listeners_.insert(id, std::move(record));
    auto command = std::make_unique<ListenCommand>();
    command->options = std::move(options);
    command->socket = socket->socket;
    command->tls = std::move(tls);
    command->manager = listen_sockets_.manager();
    ++alive_;
    submit({id, std::move(command)});
    return id;
}

Result<std::uint16_t> Service::port(Id id) {
    const ListenerRecord* listener = find_listener(id);
    if (listener == nullptr) return unknown_listener(id);
    return listener->socket.port();
}

Result<std::optional<Id>> Service::accept(Id id) { return next_of(id, &ListenerRecord::accepted); }

Result<std::optional<Id>> Service::accept_for_service(Id id) { return next_of(id, &ListenerRecord::for_services); }

Result<std::optional<Id>> Service::pending(Id id) { return next_of(id, &ListenerRecord::pending); }

Result<std::optional<Id>> Service::next_of(Id id, Queue<Id> ListenerRecord::*queue) {
    ListenerRecord* record = find_listener(id);
    if (record == nullptr) return unknown_listener(id);
    if (!(record->*queue).empty()) return std::optional<Id>{(record->*queue).pop()};
    if (record->state == State::Closed) return failure(kind::closed, message::listener_closed, {std::to_string(id)});
    return std::optional<Id>{};
}

std::optional<Rejections> Service::next_rejections() {
    if (rejections_.empty()) return std::nullopt;
    return rejections_.pop();
}

std::optional<Notice> Service::next_notice() {
    collect();
    if (notices_.empty()) return std::nullopt;
    return notices_.pop();
}

Result<const Request*> Service::request(Id id) {
    const ConnectionRecord* record = find_connection(id);
    if (record != nullptr) return static_cast<const Request*>(record->request.get());
    if (is_finished(id)) return closed(id);
    return unknown_connection(id);
}

Result<void> Service::answer(Id id, Decision decision) {
    const ConnectionRecord* record = find_connection(id);
    if (record == nullptr && !is_finished(id)) return unknown_connection(id);
    for (const Header& header : decision.headers)
        if (auto sound = check_header(header); !sound) return sound.error();
    if (!decision.protocol.empty() && !is_token(decision.protocol))
        return failure(kind::value, message::protocol_name, {decision.protocol});
    if (record == nullptr || record->info.state != State::Connecting) return {};
    submit({id, std::make_unique<AnswerCommand>(AnswerCommand{std::move(decision)})});
    return {};
}

void Service::abandon(Id id) {
    ListenerRecord* listener = find_listener(id);
    if (listener == nullptr) return;
    listener->is_abandoned = true;
    while (!listener->accepted.empty()) turn_away(listener->accepted.pop());
}

void Service::turn_away(Id id) {
    ConnectionRecord* record = connections_.find(id);
    if (record == nullptr) return;
    if (record->info.state == State::Closed) return drop_record(id);
    record->unwanted = true;
    if (record->info.state != State::Open) return;
    record->info.state = State::Closing;
    submit({id, std::make_unique<CloseCommand>(CloseCommand{close_code::going_away, {}, {}})});
}

Result<void> Service::drain(Id id, Drain how) {
    ListenerRecord* listener = find_listener(id);
    if (listener == nullptr) return unknown_listener(id);
    if (!may_be_sent(how.code)) return failure(kind::range, message::close_code, {std::to_string(how.code)});
    if (listener->state != State::Open) return {};
    Draining& draining = listener->draining.emplace();
    draining.how = std::move(how);
    draining.began = std::chrono::time_point_cast<Milliseconds>(Clock::now());
    connections_.each([&](Id each, const ConnectionRecord& record) {
        if (record.listener == id && record.info.state == State::Open) draining.left.push_back(each);
    });
    std::reverse(draining.left.begin(), draining.left.end());
    draining.count = draining.left.size();
    submit({id, DrainCommand{listen_sockets_.is_replaced()}});
    return {};
}

void Service::close_drained(Id id, const Draining& draining) {
    ConnectionRecord* record = connections_.find(id);
    if (record == nullptr || record->info.state != State::Open) return;
    record->info.state = State::Closing;
    submit({id, std::make_unique<CloseCommand>(CloseCommand{draining.how.code, draining.how.reason, {}})});
}

Result<std::optional<TimePoint>> Service::poll_drained(Id id) {
    constexpr std::chrono::hours far{1};
    ListenerRecord* listener = find_listener(id);
    if (listener == nullptr) return unknown_listener(id);
    if (!listener->draining || listener->state != State::Open) return std::optional<TimePoint>{};
    Draining& draining = *listener->draining;
    if (draining.all_known && listener->connections == 0) return std::optional<TimePoint>{};
    const auto now = std::chrono::time_point_cast<Milliseconds>(Clock::now());
    while (!draining.left.empty() && draining.next() <= now) {
        const Id next = draining.left.back();
        draining.left.pop_back();
        close_drained(next, draining);
    }
    return std::optional{draining.left.empty() ? now + far : draining.next()};
}

void Service::note_stopping() {
    listen_sockets_.note_stopping();
    submit({0, StoppingCommand{}});
}

void Service::drain_before_stop() {
    collect();
    note_stopping();
    const bool replaced = listen_sockets_.is_replaced();
    std::vector<std::pair<Id, Drain>> drains;
    listeners_.each([&](Id id, const ListenerRecord& listener) {
        // In place of a ws/drain that runs, too, which may have hours.
        if (listener.state == State::Open && listener.drain_at_signal)
            drains.emplace_back(id, *listener.drain_at_signal);
        else if (replaced && listener.state == State::Open)
            submit({id, DrainCommand{true}});
    });
    for (auto& [id, how] : drains) static_cast<void>(drain(id, std::move(how)));
}

bool Service::has_drained() {
    bool all = true;
    for (const Id id : listeners_.ids()) {
        const auto next = poll_drained(id);
        all = all && (!next || !*next);
    }
    return all;
}

void Service::close_serving(Milliseconds limit) {
    collect();
    closing_serving_ = limit;
    note_stopping();
    const bool replaced = listen_sockets_.is_replaced();
    const auto close = [&](Id id, State& state, bool stops) {
        if (state != State::Open) return;
        state = State::Closing;
        CloseCommand command{close_code::going_away, {}, limit};
        command.after_requests = replaced;
        command.stops = stops && !replaced; // who has taken its place answers
        submit({id, std::make_unique<CloseCommand>(std::move(command))});
    };
    listeners_.each([&](Id id, ListenerRecord& listener) { close(id, listener.state, listener.tells_of_stop); });
    connections_.each([&](Id id, ConnectionRecord& record) {
        if (record.info.role == Role::Server) close(id, record.info.state, false);
    });
}

bool Service::is_serving() {
    collect();
    bool serving = false;
    listeners_.each([&](Id, const ListenerRecord& listener) { serving = serving || listener.state == State::Closing; });
    connections_.each([&](Id, const ConnectionRecord& record) {
        serving = serving || (record.info.role == Role::Server && record.info.state != State::Closed);
    });
    return serving;
}

} // namespace qi::ws
