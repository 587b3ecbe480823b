// How connections end: ws/close, ws/drain, and what a server waits for when a signal stops the program.
// Interpreter thread only.
#include "base/near.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "native/units.hpp"
#include "ws/arguments.hpp"
#include "ws/close_codes.hpp"
#include "ws/messages.hpp"
#include "ws/options.hpp"
#include "ws/websockets.hpp"

namespace qi::stdlib {

namespace {

Result<std::uint16_t> close_code(Call call, Value v) {
    std::int64_t code = 0;
    if (is_integer(v)) {
        code = as_integer(v);
    } else if (is_keyword(v)) {
        NearNames near(as_symbol(v)->text());
        for (const NamedNumber& named : close_codes()) {
            near.offer(named.name);
            if (named.name == as_symbol(v)->text()) code = named.number;
        }
        if (code == 0) {
            auto best = near.best();
            for (auto& name : best) name = ":" + name;
            return failure_at(1, kind::value, msg::ws_close_name,
                              {readable(call.store(), v),
                               best.empty() ? "ws/close-codes" : format(msg::did_you_mean, {join_names(best)})});
        }
    } else {
        return failure_at(1, kind::type, msg::argument_named_type,
                          {msg::type_integer.text(), describe_value(call.store(), v), "2", "code"});
    }
    if (code < 0 || code > 65535 || !ws::may_be_sent(static_cast<std::uint16_t>(code)))
        return failure_at(1, kind::range, msg::ws_close_code,
                          {std::to_string(code), code == 1005 || code == 1006 ? msg::ws_close_bridge.text() : ""});
    return static_cast<std::uint16_t>(code);
}

/// What stands behind the connection: a code, a reason, a map of options; the map may be the only one, or the second.
struct CloseRequest {
    std::uint16_t code = 1000;
    std::string_view reason;
    std::optional<ws::Milliseconds> limit;
};

Result<CloseRequest> close_request(Call call, std::optional<Value> code, std::optional<Value> reason,
                                   std::optional<Value> options) {
    CloseRequest request;
    if (code && is_map(*code) && !reason) {
        options = std::exchange(code, std::nullopt);
    } else if (reason && is_map(*reason) && !options) {
        options = std::exchange(reason, std::nullopt);
    }
    const int options_at = 1 + (code ? 1 : 0) + (reason ? 1 : 0);
    const auto wrong_type = [&](int at, std::string_view name, const Message& type, Value v) {
        return failure_at(at, kind::type, msg::argument_named_type,
                          {type.text(), describe_value(call.store(), v), std::to_string(at + 1), name});
    };
    if (code) {
        const auto chosen = close_code(call, *code);
        if (!chosen) return chosen.error();
        request.code = *chosen;
    }
    if (reason) {
        if (!is_string(*reason)) return wrong_type(2, "reason", msg::type_string, *reason);
        request.reason = text_of(*reason);
    }
    if (!options) return request;
    if (!is_map(*options)) return wrong_type(options_at, "options", msg::type_map, *options);
    MapCursor cursor(*options);
    for (Value name, value; cursor.next(name, value);) {
        if (!is_keyword(name) || as_symbol(name)->text() != "timeout")
            return failure_at(options_at, kind::value, msg::unknown_option, {readable(call.store(), name), ":timeout"});
        const auto duration = duration_of(call, options_at, value);
        if (!duration) return duration.error();
        request.limit = std::chrono::ceil<ws::Milliseconds>(*duration);
    }
    return request;
}

Value close(Call call, Value conn, std::optional<Value> code, std::optional<Value> reason,
            std::optional<Value> options) {
    const auto id = id_of(call, conn);
    if (!id) return call.raise(id.error());
    ws::Service& service = *sockets(call).running();
    if (call.resumption() == Resume::Continue) {
        const auto request = close_request(call, code, reason, options);
        if (!request) return call.raise(request.error());
        if (auto closing = service.close(*id, request->code, request->reason, request->limit); !closing) {
            Error error = closing.error();
            error.argument = 2;
            return call.raise(error);
        }
        sockets(call).remove_listener(*id);
        call.wake_all(sockets(call).publishing); // nobody waits for it any more
    }
    const auto closed = service.poll_closed(*id);
    if (!closed) return call.raise(closed.error());
    if (*closed) return Value::nil();
    return call.park(sockets(call).record(*id)->changed);
}

/// Parks until the listener's connections have gone, closing those whose time has come, and then closes it.
Value drain_listener(Call call, Value listener, std::optional<Map> options) {
    const auto id = id_of(call, listener);
    if (!id) return call.raise(id.error());
    WebSockets& all = sockets(call);
    if (!all.is_listener(*id))
        return call.raise(failure_at(0, kind::type, msg::ws_not_listener, {std::to_string(*id)}));
    ws::Service& service = *all.running();
    if (call.resumption() == Resume::Continue) {
        auto how = drain_request(call, options);
        if (!how) return call.raise(how.error());
        if (const auto begun = service.drain(*id, std::move(*how)); !begun) return call.raise(begun.error());
    }
    const auto next = service.poll_drained(*id);
    if (!next) return call.raise(next.error());
    if (*next) return call.park(all.draining, **next);
    if (const auto closing = service.close(*id); !closing) return call.raise(closing.error());
    all.remove_listener(*id);
    const auto closed = service.poll_closed(*id);
    if (!closed) return call.raise(closed.error());
    return *closed ? Value::nil() : call.park(all.record(*id)->changed);
}

// --- A stop by a signal. What is waited for has no Wait, and is waited for only once.

constexpr std::chrono::milliseconds between_looks{10};

/// True once the listener's handlers are through, false if their time and `more` ms are over.
Value wait_for_handlers(Call call, ws::Id listener, std::int64_t more) {
    const WebSockets& all = sockets(call);
    if (all.handlers_until() == Clock::time_point{} || all.has_no_handlers(listener)) return Value::boolean(true);
    if (Clock::now() >= all.handlers_until() + std::chrono::milliseconds(more)) return Value::boolean(false);
    return call.park_until(Clock::now() + between_looks);
}

/// All that serves is through, or the time for that is over.
Value wait_for_all(Call call) {
    std::int64_t& through = call.note();
    if (call.resumption() == Resume::Continue) through = 0;
    if (call.leaves_at_once()) return Value::nil();
    through = sockets(call).has_stopped() ? through + 1 : 0;
    if (through > 1) return Value::nil();
    // What was told last may still be on its way to who waits for it.
    if (through == 1) call.retry_external();
    return call.park_until(Clock::now() + between_looks);
}

constexpr Native closing_natives[] = {
    native(
        "ws/close conn code? reason? options?",
        "Closes conn with a code (1000 if none is given, or a keyword of ws/close-codes) and a reason of at most 123 "
        "bytes, after everything that is queued, and waits for the peer, at most :close-timeout; nil. The options come "
        "last, also right after conn or the code; they also count if a close is in progress. A listener stops "
        "accepting, and its port is free. A request that isn't decided yet is answered with 503. Closing twice is "
        "fine. Fails with :unknown-id, :range, :type or :value.\n"
        "(let [s (ws/listen {:port 0})\n"
        "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")\n"
        "      p (ws/accept s)]\n"
        "  (go (ws/close c 1000 \"bye\"))\n"
        "  (get (ws/receive p) :reason)) ;=> \"bye\"",
        [](Call call, Value conn, std::optional<Value> code, std::optional<Value> reason,
           std::optional<Value> options) { return close(call, conn, code, reason, options); }),
    native(
        "ws/drain listener options?",
        "Empties listener before it is closed, as the options say: upgrades get 503 from now on, plain requests are "
        "answered as before, and its connections are closed, the oldest first, spread over a time. Waits until the "
        "last "
        "has gone, closes listener, and returns nil. A second call changes how those are closed that are left. If it "
        "is "
        "cancelled, those stay open. Fails with :unknown-id, :type or :value.\n"
        "(let [s (ws/listen {:port 0})\n"
        "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
        "  (ws/drain s {:code 1012 :reason \"restart\"})\n"
        "  (get (ws/receive c) :reason)) ;=> \"restart\"",
        [](Call call, Value listener, std::optional<Map> options) { return drain_listener(call, listener, options); }),
    native("%ws-abandon listener", "Nobody accepts from the listener any more; nil.",
           [](Call call, std::int64_t listener) {
               sockets(call).running()->abandon(listener);
               return Value::nil();
           }),
    native("%ws-count-handler listener change", "One handler of ws/serve more, or less.",
           [](Call call, std::int64_t listener, std::int64_t change) {
               sockets(call).count_handler(listener, static_cast<int>(change));
               return Value::nil();
           }),
    native("%ws-wait-for-handlers listener more",
           "After a signal waits for the handlers of the listener, at most `more` ms longer than their time; whether "
           "they are through.",
           [](Call call, std::int64_t listener, std::int64_t more) { return wait_for_handlers(call, listener, more); }),
    native("%ws-wait-for-all", "After a signal waits for all that serves.",
           [](Call call) { return wait_for_all(call); }),
};

} // namespace

void define_closing(Setup setup) {
    setup.define(closing_natives);
    define_constant(
        setup, "ws/close-codes", close_codes(),
        "A map of the names that close codes have (RFC 6455, 7.4.1).\n(:going-away ws/close-codes) ;=> 1001");
}

} // namespace qi::stdlib
