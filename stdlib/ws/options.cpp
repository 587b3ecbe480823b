#include "ws/options.hpp"

#include "data/print.hpp"
#include "ws/arguments.hpp"
#include "ws/messages.hpp"
#include "ws/option_rows.hpp"
#include "ws/transport/service.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

Result<std::int64_t> read_port(const Reading& r, Value v) { return r.integer(":port", v, 0, 65535); }

std::string join_quoted(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "\"" : ", \"") + name + "\"";
    return all;
}

/// What the answers of :authorize and :http may have in them.
constexpr std::string_view refusal_keys[] = {":status", ":headers", ":body"};
constexpr std::string_view acceptance_keys[] = {":protocol", ":headers", ":user", ":may"};
constexpr std::string_view rights_keys[] = {":subscribe", ":publish"};

constexpr OptionRow handlers[] = {
    {":open",
     msg::is_function,
     "",
     {"called with {:type \"open\"} at the beginning, and when a lost connection is back",
      "最初と、失われた接続が戻ったときに {:type \"open\"} を渡して呼ぶ"}},
    {":message", msg::is_function, "", {"called with each message", "メッセージごとに呼ぶ"}},
    {":binary",
     msg::is_function,
     "",
     {"called with each binary message, which :message gets otherwise",
      "バイナリメッセージごとに呼ぶ。なければ :message に渡す"}},
    {":close", msg::is_function, "", {"called with the close message", "クローズのメッセージを渡して呼ぶ"}},
    {":error", msg::is_function, "", {"called with each error message", "エラーのメッセージごとに呼ぶ"}},
};

constexpr OptionRow serve_options[] = {
    {":listener",
     msg::is_listener,
     "",
     {"serves what ws/listen gave, and takes no other option",
      "ws/listen で作ったリスナーを使う。ほかのオプションは指定できない"}},
};

constexpr OptionRow receive_options[] = {
    {":timeout",
     msg::a_duration,
     "",
     {"how long to wait, in place of :read-timeout; then it gives {:type \"timeout\"}",
      ":read-timeout の代わりに待つ時間。過ぎると {:type \"timeout\"} を返す"}},
};

constexpr OptionRow statistics_options[] = {
    {":topics",
     msg::is_bool,
     "false",
     {"also gives the subscribers and the publications of each topic", "トピックごとの購読者と配信の数も返す"}},
};

constexpr OptionRow close_options[] = {
    {":timeout",
     msg::a_duration,
     "",
     {"how long to wait for the peer, in place of :close-timeout; 0 cuts it off at once",
      ":close-timeout の代わりに相手を待つ時間。0 ならすぐに切断する"}},
};

constexpr OptionRow publish_options[] = {
    {":from",
     msg::is_connection,
     "",
     {"publishes for this connection, if the :may that :authorize gave it allows that",
      "この接続として配信する。:authorize が返した :may が許すときだけ"}},
};

/// {:subscribe […] :publish […]}: a list that isn't there allows nothing.
Result<TopicRights> rights_in(Call call, Value given) {
    const Reading reading(call);
    if (!is_map(given)) return reading.wrong(":may", msg::is_map.text(), given);
    TopicRights rights;
    MapCursor cursor(given);
    for (Value key, value; cursor.next(key, value);) {
        const std::string name = is_keyword(key) ? ":" + std::string(as_symbol(key)->text()) : std::string();
        if (std::find(std::begin(rights_keys), std::end(rights_keys), name) == std::end(rights_keys))
            return reading.unknown(key, rights_keys);
        auto patterns = reading.strings(name, value);
        if (!patterns) return patterns.error();
        (name == ":subscribe" ? rights.subscribe : rights.publish) = std::move(*patterns);
    }
    return rights;
}

Result<DecisionRequest> decision_in(Call call, Value given, const ws::Request& request) {
    const bool upgrade = request.upgrade;
    const Reading reading(call);
    DecisionRequest result;
    ws::Decision& decision = result.decision;
    if (upgrade && given.is_boolean() && given.is_truthy()) {
        decision.accepted = true;
        return result;
    }
    if (given.is_nil() || (given.is_boolean() && !given.is_truthy())) {
        decision.status = upgrade ? 403 : 404;
        return result;
    }
    if (!is_map(given))
        return failure(kind::value, upgrade ? msg::ws_answer : msg::ws_http_answer, {shortened(call.store(), given)});
    const bool refusal = !upgrade || !map_get(given, call.store().keyword("status")).is_absent();
    decision.accepted = !refusal;
    decision.status = 200;
    const std::span<const std::string_view> known =
        refusal ? std::span<const std::string_view>(refusal_keys) : acceptance_keys;
    MapCursor cursor(given);
    for (Value key, value; cursor.next(key, value);) {
        const std::string name = is_keyword(key) ? ":" + std::string(as_symbol(key)->text()) : std::string();
        if (std::find(known.begin(), known.end(), name) == known.end()) return reading.unknown(key, known);
        // nil says nothing, but of :may: what is meant to restrict must not be lost.
        if (name == ":may") {
            auto rights = rights_in(call, value);
            if (!rights) return rights.error();
            result.may = std::move(*rights);
            continue;
        }
        if (value.is_nil()) continue;
        if (name == ":status") {
            const auto status = reading.integer(name, value, 200, 599);
            if (!status) return status.error();
            decision.status = static_cast<int>(*status);
        } else if (name == ":headers") {
            auto headers = reading.headers(name, value);
            if (!headers) return headers.error();
            decision.headers = std::move(*headers);
        } else if (name == ":body") {
            if (!is_string(value) && !is_bytes(value)) return reading.wrong(name, msg::is_text_or_bytes.text(), value);
            decision.body = text_of(value);
        } else if (name == ":protocol") {
            auto protocol = reading.string(name, value);
            if (!protocol) return protocol.error();
            // RFC 6455, 4.2.2: one of those that the client offered, or none.
            const auto& offered = request.protocols;
            if (!protocol->empty() && std::find(offered.begin(), offered.end(), *protocol) == offered.end())
                return failure(kind::value, msg::ws_not_offered,
                               {*protocol, offered.empty() ? msg::offered_nothing.text() : join_quoted(offered)});
            decision.protocol = std::move(*protocol);
        } else {
            result.user = value;
        }
    }
    return result;
}

} // namespace

Result<DecisionRequest> decision_of(Call call, Value given, const ws::Request& request) {
    auto decision = decision_in(call, given, request);
    if (!decision && decision.error().about_call) decision.error().callee = request.upgrade ? ":authorize" : ":http";
    return decision;
}

Result<ConnectRequest> connect_request(Call call, std::string_view url, std::optional<Map> options) {
    ConnectRequest request;
    request.options.url = url;
    request.options.proxy_from_environment = true;
    if (options) {
        const Reading reading(call);
        if (auto read = read_client_options(reading, *options, request); !read) return read.error();
    }
    return request;
}

Result<ws::Drain> drain_request(Call call, std::optional<Map> options) {
    if (!options) return ws::Drain{};
    return read_drain_options(Reading(call), *options);
}

Result<std::optional<ws::Id>> publisher_of(Call call, Map options) {
    Reading reading(call);
    reading.argument = 2;
    std::optional<ws::Id> publisher;
    MapCursor cursor(options);
    for (Value key, value; cursor.next(key, value);) {
        constexpr std::string_view from[] = {publish_options[0].name};
        if (!is_keyword(key) || as_symbol(key)->text() != from[0].substr(1)) return reading.unknown(key, from);
        const auto id = id_of(call, value, {2, from[0]});
        if (!id) return id.error();
        publisher = *id;
    }
    return publisher;
}

Result<void> check_handlers(Call call, Map given) {
    const Reading reading(call);
    MapCursor cursor(given);
    for (Value key, value; cursor.next(key, value);) {
        const auto row = std::find_if(std::begin(handlers), std::end(handlers), [&](const OptionRow& each) {
            return is_keyword(key) && each.name.substr(1) == as_symbol(key)->text();
        });
        if (row == std::end(handlers)) {
            std::vector<std::string_view> names;
            for (const OptionRow& each : handlers) names.push_back(each.name);
            return reading.unknown(key, names);
        }
        if (!value.is_nil() && !is_function(value)) return reading.wrong(row->name, row->values.text(), value);
    }
    return {};
}

Value advice_on_listening(Call call, Value options, std::int64_t port) {
    const auto has = [&](std::string_view name) {
        const Value value = map_get(options, call.store().keyword(name));
        return !value.is_absent() && !value.is_nil();
    };
    if (!is_map(options) || !has("host") || has("origins") || has("max-per-ip")) return Value::nil();
    const std::string host(text_of(map_get(options, call.store().keyword("host"))));
    if (host != "0.0.0.0" && host != "::") return Value::nil();
    return make_string(call.store(),
                       format(msg::ws_open_to_all, {ws::join_endpoint(host, static_cast<std::uint16_t>(port))}));
}

void declare_options(Setup setup) {
    setup.declare_options("ws/connect", 1, client_option_docs);
    setup.declare_options("ws/listen", 0, server_option_docs);
    setup.declare_options("ws/serve", 0, [](Language in) {
        auto options = server_option_docs(in);
        const auto own = docs_of(serve_options, in);
        options.insert(options.end(), own.begin(), own.end());
        return options;
    });
    setup.declare_options("ws/drain", 1, drain_option_docs);
    setup.declare_options("ws/on", 1, [](Language in) { return docs_of(handlers, in); });
    setup.declare_options("ws/stats", 0, [](Language in) { return docs_of(statistics_options, in); });
    setup.declare_options("ws/receive", 1, [](Language in) { return docs_of(receive_options, in); });
    setup.declare_options("ws/publish", 2, [](Language in) { return docs_of(publish_options, in); });
    for (const std::size_t place : {1, 2, 3})
        setup.declare_options("ws/close", place, [](Language in) { return docs_of(close_options, in); });
}

Result<ListenRequest> listen_request(Call call, Value options) {
    ListenRequest request;
    Reading reading(call);
    reading.argument = 0;
    if (is_integer(options)) {
        const auto port = read_port(reading, options);
        if (!port) return port.error();
        request.options.port = static_cast<std::uint16_t>(*port);
        return request;
    }
    if (!is_map(options)) return failure_at(0, kind::value, msg::ws_listen_options, {shortened(call.store(), options)});
    if (auto read = read_server_options(reading, options, request); !read) return read.error();
    // What is misspelt says more than what is missing because of that.
    const Value port = map_get(options, call.store().keyword("port"));
    if (port.is_absent()) return failure_at(0, kind::value, msg::ws_port_needed);
    if (auto sound = read_port(reading, port); !sound) return sound.error();
    return request;
}

} // namespace qi::stdlib
