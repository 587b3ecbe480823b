// The functions of ws/ that talk to the transport. Those that wait ask it once, park, and are called again when it has
// something to say.
#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "native/units.hpp"
#include "ws/arguments.hpp"
#include "ws/messages.hpp"
#include "ws/options.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/websockets.hpp"

#include <cstdlib>
#include <cstring>

namespace qi::stdlib {

namespace {

// --- Connecting and listening

/// The connection may be open by now: nobody would ever have the id.
void abandon_connect(Program program, std::int64_t id, std::int64_t) {
    ws::Service& service = *sockets(program).running();
    if (service.close(id)) service.forget(id);
}

Value poll_connect(Call call, ws::Service& service, ws::Id id) {
    auto status = service.poll_open(id);
    if (!status) return call.raise(status.error());
    if (std::holds_alternative<ws::Opened>(*status)) return make_integer(call.store(), id);
    if (const auto* failed = std::get_if<ws::ConnectFailure>(&*status)) {
        const Value map = sockets(call).connect_failure(*failed);
        service.forget(id);
        return map;
    }
    call.note() = id;
    return call.park<abandon_connect>(sockets(call).record(id)->changed);
}

Value connect(Call call, std::string_view url, std::optional<Map> options) {
    auto service = sockets(call).service();
    if (!service) return call.raise(service.error());
    if (call.resumption() != Resume::Continue) return poll_connect(call, **service, call.note());
    auto request = connect_request(call, url, options);
    if (!request) return call.raise(request.error());
    auto id = (*service)->connect(std::move(request->options));
    if (!id) {
        // A URL that can't be connected to, or not from here, is an outcome like any other failure to connect.
        const Kind kind = id.error().kind;
        if (kind == ws::kind::invalid_url || kind == kind::permission_denied || kind == ws::kind::proxy)
            return sockets(call).connect_failure(
                {id.error().kind, id.error().text(), false, std::string(url), std::nullopt, {}});
        Error error = id.error();
        error.argument = 1;
        return call.raise(error);
    }
    WsRecord& record = *sockets(call).record(*id);
    record.habits = request->habits;
    // It isn't looked at yet, though it may be open by now: whoever is cancelled leaves here, and nobody has the id.
    call.note() = *id;
    return call.park<abandon_connect>(record.changed);
}

Value listen(Call call, Value options, Sequence service_paths) {
    if (call.is_stopping()) return call.stop(); // it was told not to serve any more
    auto request = listen_request(call, options);
    if (!request) return call.raise(request.error());
    for (const Value path : items_of(service_paths)) request->options.service_paths.emplace_back(text_of(path));
    const auto id = sockets(call).listen(std::move(request->options), request->habits);
    if (!id) {
        const Kind kind = id.error().kind;
        if (kind == ws::kind::in_use || kind == kind::permission_denied || kind == ws::kind::tls)
            return call.make_error(kind, id.error().text());
        return call.raise(id.error());
    }
    return make_integer(call.store(), *id);
}

/// Whoever accepts, or decides about requests, tells what was turned away meanwhile.
void report_rejections(Call call) {
    while (const auto rejections = sockets(call).running()->next_rejections())
        call.journal().write({Journal::Level::Warning,
                              rejections->by_status.empty() ? "out-of-descriptors" : "refused",
                              text_of_rejections(*rejections),
                              {},
                              rejections->listener});
}

using Accept = Result<std::optional<ws::Id>> (ws::Service::*)(ws::Id);

Value accept(Call call, Value listener, Accept next) {
    const auto id = id_of(call, listener);
    if (!id) return call.raise(id.error());
    WebSockets& all = sockets(call);
    if (!all.is_listener(*id))
        return call.raise(failure_at(0, kind::type, msg::ws_not_listener, {std::to_string(*id)}));
    auto accepted = (all.running()->*next)(*id);
    report_rejections(call);
    if (!accepted) {
        if (accepted.error().kind != kind::closed) return call.raise(accepted.error());
        call.deliver_last(all.find(*id)->arrived, Value::nil());
        return Value::nil();
    }
    if (!*accepted) return call.park(all.find(*id)->arrived);
    if (WsRecord* record = all.record(**accepted)) record->habits = all.habits(*id);
    return make_integer(call.store(), **accepted);
}

Result<Value> port(Call call, Value listener) {
    const auto id = id_of(call, listener);
    if (!id) return id.error();
    if (!sockets(call).is_listener(*id)) return failure_at(0, kind::type, msg::ws_not_listener, {std::to_string(*id)});
    const auto found = sockets(call).running()->port(*id);
    if (!found) return found.error();
    return Value::small(*found);
}

Result<Value> request(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    const auto found = sockets(call).running()->request(*id);
    if (!found) return found.error();
    if (*found == nullptr) return failure_at(0, kind::type, msg::ws_not_server, {std::to_string(*id)});
    const ws::Request& r = **found;
    Store& store = call.store();
    const auto text = [&](std::string_view s) { return make_string_from_outside(store, s); };
    Value map = empty_map(store);
    const auto put = [&](std::string_view name, Value value) {
        map = map_assoc(store, map, store.keyword(name), value);
    };
    Value query = empty_map(store), headers = empty_map(store);
    for (const auto& [name, value] : r.query) query = map_assoc(store, query, text(name), text(value));
    for (const ws::Header& header : r.headers) {
        // A header that came several times is one value, joined as HTTP allows (RFC 9110, 5.3).
        const Value name = text(header.name);
        const Value before = map_get(headers, name);
        headers = map_assoc(store, headers, name,
                            before.is_absent() ? text(header.value)
                                               : text(std::string(text_of(before)) + ", " + header.value));
    }
    std::vector<Value> protocols;
    for (const std::string& protocol : r.protocols) protocols.push_back(text(protocol));
    put("method", text(r.method));
    put("path", text(r.path));
    put("query", query);
    put("headers", headers);
    put("protocols", make_vector(store, protocols));
    put("remote", text(r.remote));
    put("secure", Value::boolean(r.secure));
    if (!r.upgrade) put("body", utf8::valid(r.body) ? make_string(store, r.body) : make_bytes(store, r.body));
    return map;
}

/// The next request that :authorize or :http is asked about: [id upgrade?]; nil once the listener is closed.
Value pending(Call call, ws::Id listener) {
    ws::Service& service = *sockets(call).running();
    auto next = service.pending(listener);
    report_rejections(call);
    if (!next) return Value::nil();
    if (!*next) return call.park(sockets(call).record(listener)->arrived);
    const auto found = service.request(**next);
    const bool upgrade = !found || *found == nullptr || (*found)->upgrade;
    const Value pair[] = {make_integer(call.store(), **next), Value::boolean(upgrade)};
    return make_vector(call.store(), pair);
}

/// True; false if the peer has gone meanwhile.
Result<Value> answer(Call call, ws::Id id, Value given) {
    ws::Service& service = *sockets(call).running();
    const auto found = service.request(id);
    if (!found || *found == nullptr) return Value::boolean(false);
    auto decision = decision_of(call, given, **found);
    if (!decision) return decision.error();
    if (decision->decision.accepted) sockets(call).set_user(id, decision->user);
    if (decision->may) sockets(call).set_rights(id, std::move(*decision->may));
    if (auto answered = service.answer(id, std::move(decision->decision)); !answered) return answered.error();
    return Value::boolean(true);
}

// --- Sending

Value send(Call call, Value conn, Value message, std::optional<Value> as) {
    const auto id = id_of(call, conn);
    if (!id) return call.raise(id.error());
    WebSockets& all = sockets(call);
    ws::Service& service = *all.running();
    // While it waits, nothing but its size is looked at: it is decoded and checked only when there is room.
    std::int64_t& size = call.note();
    if (call.resumption() == Resume::Continue || service.has_room(*id, static_cast<std::size_t>(size))) {
        auto out = outgoing(call, message, as);
        if (!out) return call.raise(out.error());
        auto sent = service.send(*id, out->type, out->payload);
        if (!sent) return call.raise(sent.error());
        if (*sent == ws::SendStatus::Sent) {
            // The next one in line may find room as well.
            if (WsRecord* record = all.find(*id)) call.wake_one(record->room);
            return Value::nil();
        }
        size = static_cast<std::int64_t>(out->payload.bytes.size());
    }
    WsRecord& record = *all.record(*id);
    const auto& limit = record.habits.write_timeout;
    if (!limit) return call.park(record.room);
    if (call.resumption() == Resume::TimedOut) {
        const auto ms = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(*limit).count());
        return call.raise(failure(kind::timeout, msg::ws_send_timeout, {ms}));
    }
    return call.park(record.room, call.deadline_after(*limit));
}

// --- Receiving

/// How long ws/receive waits: what its options say, else `limit`.
Result<std::optional<Duration>> receive_limit(Call call, const std::optional<Map>& options,
                                              std::optional<Duration> limit) {
    if (!options) return limit;
    MapCursor cursor(*options);
    for (Value name, value; cursor.next(name, value);) {
        if (!is_keyword(name) || as_symbol(name)->text() != "timeout")
            return failure_at(1, kind::value, msg::unknown_option, {readable(call.store(), name), ":timeout"});
        const auto duration = duration_of(call, 1, value);
        if (!duration) return duration.error();
        limit = *duration;
    }
    return limit;
}

Value receive(Call call, Value conn, std::optional<Map> options) {
    const auto id = id_of(call, conn);
    if (!id) return call.raise(id.error());
    WebSockets& all = sockets(call);
    const Habits& habits = all.habits(*id);
    const bool bytes = habits.bytes;
    // Before a message is taken: it would be lost to the error.
    const auto limit = receive_limit(call, options, habits.read_timeout);
    if (!limit) return call.raise(limit.error());
    auto event = all.running()->receive(*id);
    if (!event) {
        // A goroutine that was waiting when the connection ended also gets the close message, even if another took it
        // first.
        const bool waited = call.resumption() != Resume::Continue && event.error().kind == kind::closed;
        const auto info = waited ? all.running()->info(*id) : Result<ws::Info>(event.error());
        if (!info || !info->close) return call.raise(event.error());
        call.note_told_of_stop();
        ws::Event closing;
        closing.type = ws::EventType::Close;
        closing.code = info->close->code;
        closing.data = ws::Buffer::copy_of(info->close->reason);
        return all.message(closing, bytes);
    }
    if (*event) {
        const Value message = all.message(**event, bytes);
        if (WsRecord* record = all.find(*id)) {
            if ((*event)->type == ws::EventType::Close)
                call.deliver_last(record->arrived, message);
            else
                call.wake_one(record->arrived);
        }
        return message;
    }
    Wait& arrived = all.record(*id)->arrived;
    if (!*limit) return call.park(arrived);
    if (call.resumption() == Resume::TimedOut) return all.timeout_message();
    return call.park(arrived, call.deadline_after(**limit));
}

Value try_receive(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return call.raise(id.error());
    auto event = sockets(call).running()->receive(*id);
    if (!event) return call.raise(event.error());
    if (!*event) return Value::nil();
    const Value message = sockets(call).message(**event, sockets(call).habits(*id).bytes);
    if (WsRecord* record = sockets(call).find(*id); record != nullptr && (*event)->type == ws::EventType::Close)
        call.deliver_last(record->arrived, message);
    return message;
}

Value channel(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return call.raise(id.error());
    if (sockets(call).is_listener(*id))
        return call.raise(failure_at(0, kind::type, msg::ws_not_connection, {std::to_string(*id)}));
    WsRecord* record = sockets(call).record(*id);
    if (record != nullptr && record->channel != nullptr) return Value{record->channel};
    Channel* shown = call.make_view(sockets(call), *id);
    if (record != nullptr)
        record->channel = shown;
    else
        call.close(shown); // nothing will come
    return Value{shown};
}

// --- Looking

constexpr std::string_view state_names[] = {"connecting", "open", "closing", "closed"};

Result<Value> state(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    const auto found = sockets(call).running()->state(*id);
    if (!found) return found.error();
    return call.store().keyword(state_names[static_cast<int>(*found)]);
}

Result<Value> ready_state(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    const auto found = sockets(call).running()->state(*id);
    if (!found) return found.error();
    return Value::small(static_cast<int>(*found));
}

Result<Value> buffered(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    const auto bytes = sockets(call).running()->buffered(*id);
    if (!bytes) return bytes.error();
    return make_integer(call.store(), static_cast<std::int64_t>(*bytes));
}

Value flush(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return call.raise(id.error());
    const auto flushed = sockets(call).running()->poll_flushed(*id);
    if (!flushed) return call.raise(flushed.error());
    if (*flushed) return Value::nil();
    return call.park(sockets(call).record(*id)->changed);
}

void abandon_ping(Program program, std::int64_t id, std::int64_t ticket) {
    sockets(program).running()->abandon_ping(id, static_cast<std::uint64_t>(ticket));
}

Value ping(Call call, Value conn, std::optional<Value> payload) {
    const auto id = id_of(call, conn);
    if (!id) return call.raise(id.error());
    ws::Service& service = *sockets(call).running();
    if (call.resumption() == Resume::Continue) {
        const Value p = payload.value_or(Value::nil());
        if (!p.is_nil() && !is_string(p) && !is_bytes(p))
            return call.raise(failure_at(1, kind::type, msg::argument_named_type,
                                         {msg::type_string.text(), describe_value(call.store(), p), "2", "payload"}));
        const auto ticket = service.ping(*id, p.is_nil() ? std::string_view() : text_of(p));
        if (!ticket) return call.raise(ticket.error());
        call.note() = static_cast<std::int64_t>(*ticket);
    }
    const auto ticket = static_cast<std::uint64_t>(call.note());
    const auto answer = service.poll_ping(*id, ticket);
    if (!answer) return call.raise(answer.error());
    if (*answer) return Value::number(**answer);
    WsRecord& record = *sockets(call).record(*id);
    const ws::Milliseconds limit = record.habits.pong_timeout;
    if (limit.count() != 0 && call.resumption() == Resume::TimedOut) {
        service.abandon_ping(*id, ticket);
        return call.raise(failure(kind::timeout, msg::ws_ping_timeout, {std::to_string(limit.count())}));
    }
    return call.park<abandon_ping>(record.changed,
                                   limit.count() == 0 ? std::nullopt : std::optional(call.deadline_after(limit)));
}

Value info_map(Call call, const ws::Info& info) {
    Store& store = call.store();
    Value map = empty_map(store);
    const auto put_in = [&](Value& to, std::string_view name, Value value) {
        to = map_assoc(store, to, store.keyword(name), value);
    };
    const auto put = [&](std::string_view name, Value value) { put_in(map, name, value); };
    const auto text = [&](std::string_view s) { return make_string_from_outside(store, s); };
    const auto traffic = [&](const ws::Traffic& t) {
        Value counts = empty_map(store);
        put_in(counts, "messages", make_integer(store, static_cast<std::int64_t>(t.messages)));
        put_in(counts, "bytes", make_integer(store, static_cast<std::int64_t>(t.bytes)));
        return counts;
    };
    constexpr std::string_view compressions[] = {"disabled", "context-takeover", "no-context"};
    put("id", make_integer(store, info.id));
    put("url", text(info.url));
    put("role", store.keyword(info.role == ws::Role::Client ? "client" : "server"));
    put("state", store.keyword(state_names[static_cast<int>(info.state)]));
    put("protocol", text(info.protocol));
    put("compression", store.keyword(compressions[static_cast<int>(info.compression)]));
    put("local", text(info.local));
    put("remote", text(info.remote));
    Value tls = Value::nil();
    if (info.tls) {
        tls = empty_map(store);
        put_in(tls, "version", text(info.tls->version));
        put_in(tls, "cipher", text(info.tls->cipher));
        put_in(tls, "peer", text(info.tls->peer));
    }
    put("tls", tls);
    const auto opened =
        std::chrono::duration_cast<std::chrono::milliseconds>(info.opened_at.time_since_epoch()).count();
    put("opened-at", opened == 0 ? Value::nil() : make_integer(store, opened));
    put("sent", traffic(info.sent));
    put("received", traffic(info.received));
    put("skipped", make_integer(store, static_cast<std::int64_t>(info.skipped)));
    std::vector<Value> subscriptions;
    for (const std::string& topic : info.subscriptions) subscriptions.push_back(text(topic));
    put("subscriptions", make_vector(store, subscriptions));
    if (const Value user = sockets(call).user(info.id); !user.is_nil()) put("user", user);
    if (info.close) {
        Value end = empty_map(store);
        put_in(end, "code", Value::small(info.close->code));
        put_in(end, "reason", text(info.close->reason));
        put_in(end, "clean", Value::boolean(info.close->clean));
        put("close", end);
    }
    return map;
}

Result<Value> info(Call call, Value conn) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    const auto found = sockets(call).running()->info(*id);
    if (!found) return found.error();
    return info_map(call, *found);
}

/// Of all that aren't closed.
Value ids(Call call) {
    std::vector<Value> all;
    if (ws::Service* service = sockets(call).running())
        for (const ws::Id id : service->ids()) all.push_back(make_integer(call.store(), id));
    return make_vector(call.store(), all);
}

Value info_unless_closed(Call call, ws::Id id) {
    const auto found = sockets(call).running()->info(id);
    return found && found->state != ws::State::Closed ? info_map(call, *found) : Value::nil();
}

constexpr Native ws_natives[] = {
    native("ws/connect url options?",
           "Opens a connection to url with options and returns its id, or an error map with :kind and :retryable; the "
           "kinds are :invalid-url :permission-denied :dns :refused :unreachable :timeout :tls :handshake :proxy. A "
           "duration is a number of milliseconds or such as \"5s\" and \"1m30s\", a size a number of bytes or such as "
           "\"64KiB\". Fails with :value for a wrong option.\n"
           "(get (ws/connect \"ws://127.0.0.1:1/\") :kind) ;=> :refused",
           [](Call call, std::string_view url, std::optional<Map> options) { return connect(call, url, options); }),
    native("ws/send conn message type?",
           "Sends message on conn: a string as text, bytes as binary, or a message map as what it is; with :binary or "
           "2 as "
           "type a base64 string as its bytes. Returns nil once it is queued. Fails with :unknown-id, :closed, "
           ":timeout or :value.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (ws/send c \"hi\")) ;=> nil",
           [](Call call, Value conn, Value message, std::optional<Value> type) {
               return send(call, conn, message, type);
           }),
    native("ws/receive conn options?",
           "Waits for the next message of conn and returns it: a map with :type \"message\", \"binary\", \"error\" or "
           "\"close\"; with :reconnect also \"reconnecting\" and \"open\", with :control \"ping\" and \"pong\", with "
           ":read-timeout or options \"timeout\". Fails with :closed after the close message, :unknown-id or :value.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")\n"
           "      p (ws/accept s)]\n"
           "  (ws/send c \"hi\")\n"
           "  (get (ws/receive p) :data)) ;=> \"hi\"",
           [](Call call, Value conn, std::optional<Map> options) { return receive(call, conn, options); }),
    native("ws/try-receive conn",
           "The next message of conn if there is one, else nil. Fails with :closed after the close message, or with "
           ":unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (ws/try-receive c)) ;=> nil",
           [](Call call, Value conn) { return try_receive(call, conn); }),
    native("ws/channel conn",
           "A channel of the messages that ws/receive would give for conn, for go/recv, go/select and the rest; closed "
           "after "
           "the close message. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")\n"
           "      p (ws/accept s)]\n"
           "  (ws/send p \"hi\")\n"
           "  (get (go/recv (ws/channel c)) :data)) ;=> \"hi\"",
           [](Call call, Value conn) { return channel(call, conn); }),
    native("%ws-handlers conn handlers", "The handlers of ws/on, checked.",
           [](Call call, Value conn, Map handlers) -> Result<Value> {
               if (const auto id = id_of(call, conn); !id) return id.error();
               if (auto sound = check_handlers(call, handlers); !sound) return sound.error();
               return Value{handlers};
           }),
    native("%ws-listen options service-paths", "As ws/listen, without its functions.",
           [](Call call, Value options, Sequence paths) { return listen(call, options, paths); }),
    native("%ws-listener-to-serve options", "The listener that ws/serve is handed, or nil.",
           [](Call call, Value options) { return listener_to_serve(call, options); }),
    native("%ws-listener-advice options port", "What the log should say of a listener, or nil.",
           [](Call call, Value options, std::int64_t port) { return advice_on_listening(call, options, port); }),
    native("%ws-accept-for-service listener", "As ws/accept, of the connections to the service paths.",
           [](Call call, Value listener) { return accept(call, listener, &ws::Service::accept_for_service); }),
    native("%ws-pending listener", "Waits for the next request that has to be decided about.",
           [](Call call, std::int64_t listener) { return pending(call, listener); }),
    native("%ws-answer id answer", "Decides about it.",
           [](Call call, std::int64_t id, Value given) { return answer(call, id, given); }),
    native("%ws-place id", "The connection as a log names it.",
           [](Call call, std::int64_t id) { return place_of(call, id); }),
    native("%ws-forget conn", "Keeps nothing of a connection once it is closed.",
           [](Call call, std::int64_t conn) {
               sockets(call).running()->forget(conn);
               return Value::nil();
           }),
    native("ws/accept listener",
           "Waits for the next connection of listener and returns its id; nil once that is closed. Fails with "
           ":unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      _c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")\n"
           "      p (ws/accept s)]\n"
           "  (ws/close s)\n"
           "  [(ws/state p) (ws/accept s)]) ;=> [:open nil]",
           [](Call call, Value listener) { return accept(call, listener, &ws::Service::accept); }),
    native("ws/port listener",
           "The port that listener has. Fails with :unknown-id.\n(> (ws/port (ws/listen {:port 0})) 0) ;=> true",
           [](Call call, Value listener) { return port(call, listener); }),
    native(
        "ws/request conn",
        "A map of the request of the server connection conn: :method :path :query :headers :protocols :remote :secure. "
        "All of it "
        "is text: a target that isn't UTF-8 was refused with 400, and bytes of headers that aren't are U+FFFD. Fails "
        "with :unknown-id.\n"
        "(let [s (ws/listen {:port 0})\n"
        "      _c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/chat?room=1\")\n"
        "      p (ws/accept s)]\n"
        "  (get (ws/request p) :path)) ;=> \"/chat\"",
        [](Call call, Value conn) { return request(call, conn); }),
    native("ws/state conn",
           "The state of conn: :connecting, :open, :closing or :closed. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (ws/close c)\n"
           "  (ws/state c)) ;=> :closed",
           [](Call call, Value conn) { return state(call, conn); }),
    native("ws/ready-state conn",
           "The state of conn as the browser numbers it, 0 to 3. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (ws/ready-state c)) ;=> 1",
           [](Call call, Value conn) { return ready_state(call, conn); }),
    native("ws/buffered conn",
           "The number of bytes queued on conn and not yet written. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (ws/buffered c)) ;=> 0",
           [](Call call, Value conn) { return buffered(call, conn); }),
    native("ws/flush conn",
           "Waits until nothing is queued on conn any more; nil. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (ws/send c \"hi\")\n"
           "  [(ws/flush c) (ws/buffered c)]) ;=> [nil 0]",
           [](Call call, Value conn) { return flush(call, conn); }),
    native("ws/ping conn payload?",
           "Sends conn a ping (payload at most 125 bytes), waits for its answer, and returns the round trip in "
           "milliseconds. "
           "Fails with :timeout after :pong-timeout, :closed or :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (> (ws/ping c) 0)) ;=> true",
           [](Call call, Value conn, std::optional<Value> payload) { return ping(call, conn, payload); }),
    native("ws/info conn",
           "A map of everything known about conn, also after its end. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (get (ws/info c) :state)) ;=> :open",
           [](Call call, Value conn) { return info(call, conn); }),
    native("%ws-ids", "The ids of the connections that aren't closed.", [](Call call) { return ids(call); }),
    native("%ws-open-info id", "As ws/info; nil once it is closed.",
           [](Call call, std::int64_t id) { return info_unless_closed(call, id); }),
};

} // namespace

std::unique_ptr<WebSockets, WebSocketsDelete> define_ws(Setup setup, WsSettings settings) {
    if (const char* log = std::getenv("QI_WS_LOG"); log != nullptr && std::strcmp(log, "debug") == 0)
        settings.log = true;
    std::unique_ptr<WebSockets, WebSocketsDelete> sockets(new WebSockets(setup, std::move(settings)));
    setup.set_extension(sockets.get());
    setup.define(ws_natives);
    declare_options(setup);
    define_closing(setup);
    define_statistics(setup);
    define_topics(setup);
    define_typed_streams(setup);
    define_constant(setup, "ws/message-types", message_types,
                    "A map of the numbers that frames of text and of binary data have; ws/send takes them as "
                    "type.\n(:binary ws/message-types) ;=> 2");
    constexpr NamedNumber compression[] = {{"disabled", 0}, {"context-takeover", 1}, {"no-context", 2}};
    define_constant(
        setup, "ws/compression", compression,
        "A map of the values that the option :compression takes, by name.\n(:no-context ws/compression) ;=> 2");
    return sockets;
}

} // namespace qi::stdlib
