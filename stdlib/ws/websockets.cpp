#include "ws/websockets.hpp"

#include "base/base64.hpp"

#include <algorithm>
#include <charconv>

namespace qi::stdlib {

namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    unsigned port = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size() || port == 0 || port > 65535)
        return std::nullopt;
    return static_cast<std::uint16_t>(port);
}

/// HOST:PORT:ADDRESS:PORT; an IPv6 address stands in brackets.
std::optional<ws::Redirection> parse_redirection(std::string_view text) {
    ws::Redirection result;
    const std::size_t host_end = text.find(':');
    if (host_end == std::string_view::npos || host_end == 0) return std::nullopt;
    result.host = text.substr(0, host_end);
    text.remove_prefix(host_end + 1);
    const std::size_t port_end = text.find(':');
    if (port_end == std::string_view::npos) return std::nullopt;
    const auto port = parse_port(text.substr(0, port_end));
    text.remove_prefix(port_end + 1);
    const std::size_t last = text.rfind(':');
    if (!port || last == std::string_view::npos || last == 0) return std::nullopt;
    const auto to_port = parse_port(text.substr(last + 1));
    if (!to_port) return std::nullopt;
    result.port = *port;
    result.address = text.substr(0, last);
    if (result.address.front() == '[' && result.address.back() == ']')
        result.address = result.address.substr(1, result.address.size() - 2);
    result.to_port = *to_port;
    if (!ws::is_address(result.address)) return std::nullopt;
    return result;
}

} // namespace

bool is_permission(std::string_view text) { return ws::parse_pattern(text).has_value(); }
bool is_redirection(std::string_view text) { return parse_redirection(text).has_value(); }
void WebSocketsDelete::operator()(WebSockets* sockets) const noexcept { delete sockets; }

WebSockets::WebSockets(Setup setup, WsSettings settings) : program_(setup), settings_(std::move(settings)) {
    using namespace std::string_view_literals;
    users_ = empty_map(program_.store());
    for (Value* slot :
         {&users_, &message_shape_, &type_, &data_, &code_, &reason_, &error_, &kind_, &text_message_, &text_binary_,
          &text_close_, &text_error_, &text_timeout_, &text_ping_, &text_pong_, &text_reconnecting_, &text_open_})
        setup.keep(slot);
    type_ = program_.store().keyword("type");
    data_ = program_.store().keyword("data");
    code_ = program_.store().keyword("code");
    reason_ = program_.store().keyword("reason");
    error_ = program_.store().keyword("error");
    kind_ = program_.store().keyword("kind");
    const Value message_keys[] = {type_, data_};
    message_shape_ = Value{program_.store().shapes.of(message_keys)};
    text_message_ = make_string(program_.store(), "message"sv);
    text_binary_ = make_string(program_.store(), "binary"sv);
    text_close_ = make_string(program_.store(), "close"sv);
    text_error_ = make_string(program_.store(), "error"sv);
    text_timeout_ = make_string(program_.store(), "timeout"sv);
    text_ping_ = make_string(program_.store(), "ping"sv);
    text_pong_ = make_string(program_.store(), "pong"sv);
    text_reconnecting_ = make_string(program_.store(), "reconnecting"sv);
    text_open_ = make_string(program_.store(), "open"sv);
    setup.add_outside(this);
}

WebSockets::~WebSockets() = default;

Result<ws::Service*> WebSockets::service() {
    if (service_ == nullptr) {
        ws::ServiceOptions options;
        options.log = settings_.log;
        options.trace = settings_.trace;
        options.vitals = &program_.vitals();
        for (const std::string& text : settings_.resolve)
            if (auto redirection = parse_redirection(text)) options.redirections.push_back(std::move(*redirection));
        options.permissions.restricted = settings_.restricted;
        for (const std::string& text : settings_.allow_connect)
            if (auto pattern = ws::parse_pattern(text)) options.permissions.connect.push_back(std::move(*pattern));
        for (const std::string& text : settings_.allow_listen)
            if (auto pattern = ws::parse_pattern(text)) options.permissions.listen.push_back(std::move(*pattern));
        options.gatherer = this;
        auto made = ws::Service::create(*this, std::move(options));
        if (!made) return made.error();
        service_ = std::move(*made);
    }
    return service_.get();
}

void WebSockets::wake(std::span<const ws::Id> ids) noexcept { program_.wakes().wake(*this, ids); }

WsRecord* WebSockets::record(ws::Id id) {
    if (WsRecord* found = find(id)) return found;
    return service_->keep(id, std::make_unique<WsRecord>(*this, id, service_->has_listener(id))) ? find(id) : nullptr;
}

const Habits& WebSockets::habits(ws::Id id) const {
    static const Habits usual;
    const WsRecord* found = find(id);
    return found == nullptr ? usual : found->habits;
}

void WsRecord::on_dropped(ws::Id id) {
    // Nothing will come for a channel that nobody has read to its end.
    if (channel != nullptr) owner.program_.close(channel);
    for (Wait* wait : {&changed, &room, &arrived}) owner.program_.wake_all(*wait);
    if (has_user)
        owner.users_ = map_dissoc(owner.program_.store(), owner.users_, make_integer(owner.program_.store(), id));
}

// A goroutine that closed a listener continues before one that accepts from it, since a program often ends with the
// latter.
void WebSockets::woken(ws::Id id) {
    if (id == 0) {
        program_.wake_all(publishing);
        program_.wake_all(backplane);
        program_.wake_all(draining);
    } else if (WsRecord* found = find(id)) {
        program_.wake_all(found->changed);
        program_.wake_all(found->room);
        if (found->channel != nullptr) program_.look_again(found->channel);
        program_.wake_all(found->arrived);
        if (found->listener) tell_notices();
    }
}

void WebSockets::tell_notices() {
    while (const auto notice = service_->next_notice())
        program_.journal().write({Journal::Level::Error, notice->event, notice->text, {}, notice->about});
}

void WebSockets::closed(ws::Id id) {
    if (WsRecord* found = find(id)) found->channel = nullptr;
}

Value WebSockets::next(ws::Id id, bool& last) {
    const auto event = service_->receive(id);
    if (!event) {
        last = true;
        return Value::absent();
    }
    if (!*event) return Value::absent();
    last = (*event)->type == ws::EventType::Close;
    return message(**event, habits(id).bytes);
}

std::optional<ws::Milliseconds> WebSockets::longest_close_timeout() const {
    if (close_timeouts_.empty()) return std::nullopt;
    return *close_timeouts_.rbegin();
}

void WebSockets::note_serving() const noexcept {
    program_.set_serving(longest_close_timeout(), drain_times_.empty() ? ws::Milliseconds{0} : *drain_times_.rbegin());
}

Result<ws::Id> WebSockets::listen(ws::ListenOptions options, const Habits& habits) {
    auto started = service();
    if (!started) return started.error();
    const ws::Milliseconds close_timeout = options.connection.close_timeout;
    // The last ones are closed at its end, and have their time for an answer.
    const ws::Milliseconds drain_time = options.drain ? options.drain->over + close_timeout : ws::Milliseconds{0};
    const auto place = close_timeouts_.insert(close_timeout);
    const auto drain_place = drain_times_.insert(drain_time);
    note_serving();
    const auto id = (*started)->listen(std::move(options));
    if (!id) {
        close_timeouts_.erase(place);
        drain_times_.erase(drain_place);
        note_serving();
        return id.error();
    }
    WsRecord& added = *record(*id);
    added.habits = habits;
    added.close_timeout = close_timeout;
    added.drain_time = drain_time;
    return *id;
}

void WebSockets::remove_listener(ws::Id id) {
    if (program_.is_stopping() || !is_listening(id)) return;
    close_timeouts_.erase(close_timeouts_.find(*std::exchange(find(id)->close_timeout, std::nullopt)));
    drain_times_.erase(drain_times_.find(find(id)->drain_time));
    note_serving();
}

void WebSockets::count_handler(ws::Id listener, int change) {
    WsRecord* of = find(listener);
    if (of == nullptr) return;
    of->handlers += change;
    handlers_ += change;
}

bool WebSockets::prepare_to_stop() {
    if (service_ == nullptr) return true;
    if (!std::exchange(preparing_, true)) service_->drain_before_stop();
    return service_->has_drained();
}

void WebSockets::begin_stop(Clock::time_point peers_until, Clock::time_point handlers_until) {
    if (service_ == nullptr) return;
    peers_until_ = peers_until;
    handlers_until_ = handlers_until;
    const auto left = std::chrono::duration_cast<ws::Milliseconds>(peers_until - Clock::now());
    service_->close_serving(std::max(left, ws::Milliseconds{1}));
    // A main goroutine that ends earlier leaves them the rest of their time.
    if (const auto wind_down = program_.compile_text("(%ws-wait-for-all)")) program_.defer_to_end(*wind_down);
}

bool WebSockets::has_stopped() {
    if (service_ == nullptr || Clock::now() >= handlers_until_) return true;
    return program_.told_of_stop() == 0 && handlers_ == 0 && !service_->is_serving();
}

// A server gives its peers the time that it promised them, a script two seconds. What a signal has stopped has given
// its peers theirs: what is left are answers on their way, and its own connections to others.
void WebSockets::finish() {
    if (service_ == nullptr) return;
    constexpr ws::Milliseconds for_scripts{2000};
    const auto longest = longest_close_timeout();
    ws::Milliseconds patience = longest.value_or(for_scripts);
    if (program_.is_stopping() && longest)
        patience = std::max(std::chrono::duration_cast<ws::Milliseconds>(peers_until_ - Clock::now()),
                            std::min(*longest, for_scripts));
    service_->shutdown(patience);
}

Value WebSockets::user(ws::Id id) const {
    const Value user = map_get(users_, make_integer(program_.store(), id));
    return user.is_absent() ? Value::nil() : user;
}

void WebSockets::set_user(ws::Id id, Value user) {
    if (user.is_nil()) return;
    WsRecord* of = record(id);
    if (of == nullptr) return;
    of->has_user = true;
    users_ = map_assoc(program_.store(), users_, make_integer(program_.store(), id), user);
}

void WebSockets::set_rights(ws::Id id, TopicRights may) {
    if (WsRecord* of = record(id)) of->may = std::move(may);
}

Value WebSockets::message(const ws::Event& event, bool bytes) {
    Store& store = program_.store();
    // The payload stays where the network put it; small ones are copied, which costs less than sharing.
    const auto owner = [&] { return std::make_shared<const ws::Buffer>(event.data); };
    const auto with = [&](Value type, Value key, Value value) {
        const Value keys[] = {type_, key};
        const Value values[] = {type, value};
        return make_flat_map(store, store.shapes.of(keys), values);
    };
    switch (event.type) {
    case ws::EventType::Message: {
        const Value text = event.data.size() <= String::inline_limit
                               ? make_string(store, event.data.view(), event.code_points)
                               : make_shared_string(store, event.data.view(), event.code_points, owner());
        const Value values[] = {text_message_, text};
        return make_flat_map(store, static_cast<Shape*>(message_shape_.object()), values);
    }
    case ws::EventType::Binary:
        if (!bytes) return with(text_binary_, data_, make_string(store, base64::encode(event.data.view())));
        return with(text_binary_, data_, make_shared_bytes(store, event.data.view(), owner()));
    case ws::EventType::Ping: return with(text_ping_, data_, make_bytes(store, event.data.view()));
    case ws::EventType::Pong: return with(text_pong_, data_, make_bytes(store, event.data.view()));
    case ws::EventType::Error: {
        const Value keys[] = {type_, error_, kind_};
        const Value values[] = {text_error_, make_string_from_outside(store, event.data.view()),
                                store.keyword(event.kind.name)};
        return make_flat_map(store, store.shapes.of(keys), values);
    }
    case ws::EventType::Reconnecting: {
        const Value keys[] = {type_, store.keyword("attempt"), store.keyword("delay")};
        const Value values[] = {text_reconnecting_, Value::small(event.attempt),
                                make_integer(store, event.delay.count())};
        return make_flat_map(store, store.shapes.of(keys), values);
    }
    case ws::EventType::Open: {
        std::vector<Value> unsent;
        for (const ws::Unsent& each : *event.unsent)
            unsent.push_back(each.type == ws::MessageType::Text ? make_string(store, each.data.view())
                                                                : make_bytes(store, each.data.view()));
        return with(text_open_, store.keyword("unsent"), make_vector(store, unsent));
    }
    case ws::EventType::Close: break;
    }
    const Value keys[] = {type_, code_, reason_};
    const Value values[] = {text_close_, Value::small(event.code), make_string_from_outside(store, event.data.view())};
    return make_flat_map(store, store.shapes.of(keys), values);
}

Value WebSockets::timeout_message() {
    return make_flat_map(program_.store(), program_.store().shapes.of({&type_, 1}), {&text_timeout_, 1});
}

Value WebSockets::connect_failure(const ws::ConnectFailure& failure) {
    Store& store = program_.store();
    Value map = program_.make_error(failure.kind, failure.text);
    const auto put = [&](std::string_view name, Value value) {
        map = map_assoc(store, map, store.keyword(name), value);
    };
    put("retryable", Value::boolean(failure.retryable));
    put("url", make_string(store, failure.url));
    if (failure.status) put("status", Value::small(*failure.status));
    if (!failure.headers.empty()) {
        Value headers = empty_map(store);
        for (const ws::Header& header : failure.headers)
            headers = map_assoc(store, headers, make_string_from_outside(store, header.name),
                                make_string_from_outside(store, header.value));
        put("headers", headers);
    }
    return map;
}

} // namespace qi::stdlib
