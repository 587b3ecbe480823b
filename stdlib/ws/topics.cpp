// The functions of ws/ that send one message to many: topics, broadcasts, and the other nodes.
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "ws/arguments.hpp"
#include "ws/messages.hpp"
#include "ws/options.hpp"

#include <utility>

namespace qi::stdlib {

namespace {

Result<Value> subscribe(Call call, Value conn, std::string_view topic) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    const WsRecord* record = sockets(call).find(*id);
    if (record != nullptr && record->may && !allows(record->may->subscribe, topic))
        return failure(kind::permission_denied, msg::ws_may_not_subscribe, {std::to_string(*id), topic});
    const auto done = sockets(call).running()->subscribe(*id, topic);
    if (!done) return done.error();
    return Value::nil();
}

Result<Value> unsubscribe(Call call, Value conn, std::string_view topic) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    const auto done = sockets(call).running()->unsubscribe(*id, topic);
    if (!done) return done.error();
    call.wake_all(sockets(call).publishing); // nothing waits for it any more
    return Value::nil();
}

void report_slow(Call call) {
    while (const auto id = sockets(call).running()->next_slow())
        call.journal().write({Journal::Level::Warning, "slow", format(msg::ws_slow, {place_of(call, *id)}), {}, *id});
}

void abandon_broadcast(Program program, std::int64_t, std::int64_t ticket) {
    sockets(program).running()->abandon_broadcast(static_cast<std::uint64_t>(ticket));
}

/// To how many, once it waits for nobody.
Value finish_broadcast(Call call, const ws::BroadcastStatus& status) {
    report_slow(call);
    if (status.ticket == 0) return make_integer(call.store(), static_cast<std::int64_t>(status.count));
    call.note() = static_cast<std::int64_t>(status.ticket);
    return call.park<abandon_broadcast>(sockets(call).publishing, status.until);
}

Value resume_broadcast(Call call) {
    const auto ticket = static_cast<std::uint64_t>(call.note());
    return finish_broadcast(call, sockets(call).running()->poll_broadcast(ticket));
}

/// The connection may be closing, but must be known: what it was allowed goes with it.
Result<void> check_publisher(Call call, ws::Id id, std::string_view topic) {
    const WsRecord* record = sockets(call).record(id);
    if (record == nullptr || record->listener) {
        const auto found = sockets(call).running()->info(id);
        return found ? failure(kind::closed, msg::ws_unknown_id, {std::to_string(id)}) : found.error();
    }
    if (record->may && !allows(record->may->publish, topic))
        return failure(kind::permission_denied, msg::ws_may_not_publish, {std::to_string(id), topic});
    return {};
}

Value publish(Call call, std::string_view topic, Value message, std::optional<Map> options) {
    if (call.resumption() != Resume::Continue) return resume_broadcast(call);
    if (options) {
        const auto publisher = publisher_of(call, *options);
        if (!publisher) return call.raise(publisher.error());
        if (*publisher)
            if (const auto allowed = check_publisher(call, **publisher, topic); !allowed)
                return call.raise(allowed.error());
    }
    auto out = outgoing(call, message, std::nullopt);
    if (!out) return call.raise(out.error());
    auto service = sockets(call).service();
    if (!service) return call.raise(service.error());
    const auto status = (*service)->publish(topic, out->type, out->payload);
    return status ? finish_broadcast(call, *status) : call.raise(status.error());
}

Value broadcast(Call call, Value conns, Value message) {
    if (call.resumption() != Resume::Continue) return resume_broadcast(call);
    if (!is_sequential(conns) && !is_set(conns))
        return call.raise(failure_at(0, kind::type, msg::argument_named_type,
                                     {msg::type_collection.text(), describe_value(call.store(), conns), "1", "conns"}));
    auto out = outgoing(call, message, std::nullopt);
    if (!out) return call.raise(out.error());
    std::vector<ws::Id> ids;
    const auto add = [&](Value conn) -> Result<void> {
        const auto id = id_of(call, conn);
        if (!id) return id.error();
        ids.push_back(*id);
        return {};
    };
    if (is_set(conns)) {
        MapCursor cursor(set_members(conns));
        for (Value conn, unused; cursor.next(conn, unused);)
            if (auto added = add(conn); !added) return call.raise(added.error());
    } else {
        for (const Value conn : items_of(conns))
            if (auto added = add(conn); !added) return call.raise(added.error());
    }
    if (ids.empty()) return Value::small(0);
    const auto status = sockets(call).running()->broadcast(ids, out->type, out->payload);
    return status ? finish_broadcast(call, *status) : call.raise(status.error());
}

// --- The backplane

Value backplane_map(Call call, const ws::BackplaneStatus* status) {
    Store& store = call.store();
    Value map = empty_map(store);
    const auto put = [&](std::string_view name, Value value) {
        map = map_assoc(store, map, store.keyword(name), value);
    };
    put("state", store.keyword(status == nullptr ? "off" : status->connected ? "connected" : "connecting"));
    if (status == nullptr) return map;
    put("url", make_string(store, status->url));
    put("reason", status->connected ? Value::nil() : make_string_from_outside(store, status->error));
    put("sent", make_integer(store, static_cast<std::int64_t>(status->sent)));
    put("received", make_integer(store, static_cast<std::int64_t>(status->received)));
    put("dropped", make_integer(store, static_cast<std::int64_t>(status->dropped)));
    return map;
}

/// True if nobody pumps yet: the caller is to start one who does.
Result<Value> join_backplane(Call call, std::string_view url) {
    auto service = sockets(call).service();
    if (!service) return service.error();
    if (auto joined = (*service)->join_backplane(std::string(url)); !joined) return joined.error();
    return Value::boolean(!std::exchange(sockets(call).backplane_pumped, true));
}

Value await_backplane(Call call) {
    const ws::BackplaneStatus* status = sockets(call).running()->backplane();
    if (status == nullptr || status->settled || call.resumption() == Resume::TimedOut)
        return backplane_map(call, status);
    return call.park(sockets(call).backplane, call.deadline_after(std::chrono::seconds(10)));
}

/// Whenever something came from other nodes, it is taken in, and the log says when Redis was lost or is back. Never
/// returns.
Value backplane_pump(Call call) {
    const ws::BackplaneStatus* status = sockets(call).running()->backplane();
    report_slow(call); // what comes from there waits for nobody
    bool& lost = sockets(call).backplane_lost;
    if (status != nullptr && (lost ? status->connected : !status->connected && !status->error.empty())) {
        lost = !lost;
        call.journal().write({Journal::Level::Warning, lost ? "backplane-lost" : "backplane-back",
                              lost ? format(msg::ws_backplane_lost, {status->url, status->error})
                                   : format(msg::ws_backplane_back, {status->url})});
    }
    return call.park(sockets(call).backplane);
}

Value backplane_status(Call call) {
    ws::Service* service = sockets(call).running();
    return backplane_map(call, service == nullptr ? nullptr : service->backplane());
}

constexpr Native topics_natives[] = {
    native("ws/subscribe conn topic",
           "From now on conn gets what is published on topic, until it ends; nil. Fails with :closed or "
           ":unknown-id, and with :permission-denied if the :may of its :authorize doesn't allow it.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")\n"
           "      p (ws/accept s)]\n"
           "  (ws/subscribe p \"news\")\n"
           "  (ws/publish \"news\" \"hi\")\n"
           "  (get (ws/receive c) :data)) ;=> \"hi\"",
           [](Call call, Value conn, std::string_view topic) { return subscribe(call, conn, topic); }),
    native("ws/unsubscribe conn topic",
           "conn no longer gets what is published on topic; nil. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      _c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")\n"
           "      p (ws/accept s)]\n"
           "  (ws/subscribe p \"news\")\n"
           "  (ws/unsubscribe p \"news\")\n"
           "  (ws/publish \"news\" \"hi\")) ;=> 0",
           [](Call call, Value conn, std::string_view topic) { return unsubscribe(call, conn, topic); }),
    native("ws/publish topic message options?",
           "Sends message, as ws/send takes it, to every subscriber of topic, and returns to how many on this "
           "node. Waits, for :slow-timeout at most, while a subscriber that still reads has no room in its "
           ":send-buffer; then closes or skips it, as :slow says, and doesn't wait for it again. With options "
           "{:from conn} it publishes for conn: fails with :permission-denied if the :may of its :authorize "
           "doesn't allow that, and with :closed or :unknown-id. Fails with :value for a message that can't be "
           "sent or a wrong option.\n"
           "(ws/publish \"nobody is here\" \"hello\") ;=> 0",
           [](Call call, std::string_view topic, Value message, std::optional<Map> options) {
               return publish(call, topic, message, options);
           }),
    native("ws/broadcast conns message",
           "Sends message, as ws/send takes it, to each of conns, and returns to how many; those that aren't open are "
           "skipped. Waits for slow ones as ws/publish does. Fails with :unknown-id or :value.\n"
           "(ws/broadcast [] \"hello\") ;=> 0",
           [](Call call, Value conns, Value message) { return broadcast(call, conns, message); }),
    native("%ws-join-backplane url", "Starts it. True if a pump is to be started, too.",
           [](Call call, std::string_view url) { return join_backplane(call, url); }),
    native("%ws-await-backplane", "Its status, after the first attempt.",
           [](Call call) { return await_backplane(call); }),
    native("%ws-backplane-unpumped", "The pump has ended.",
           [](Call call) {
               sockets(call).backplane_pumped = false;
               return Value::nil();
           }),
    native("%ws-backplane-pump", "Takes in what comes from other nodes; the log has news of Redis.",
           [](Call call) { return backplane_pump(call); }),
    native("ws/backplane-status",
           "How the connection to the other nodes is: {:state :url :reason :sent :received :dropped}. :state is "
           ":connected while Redis "
           "answers, within 3 s of being asked, :connecting otherwise, or :off without a backplane; :dropped counts "
           "the messages "
           "that Redis hasn't acknowledged.\n"
           "(ws/backplane-status) ;=> {:state :off}",
           [](Call call) { return backplane_status(call); }),
};

} // namespace

void define_topics(Setup setup) { setup.define(topics_natives); }

} // namespace qi::stdlib
