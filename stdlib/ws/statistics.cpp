// What can be seen of the connections of a running program: ws/stats and ws/trace. Interpreter thread only.
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "ws/arguments.hpp"
#include "ws/messages.hpp"

#include <algorithm>

namespace qi::stdlib {

namespace {

/// A map that is being made.
class StatisticsMap {
public:
    explicit StatisticsMap(Store& store) : store_(store), map_(empty_map(store)) {}
    void put(Value key, Value value) { map_ = map_assoc(store_, map_, key, value); }
    void put(std::string_view name, Value value) { put(store_.keyword(name), value); }
    void put(std::string_view name, std::uint64_t count) { put(name, number(count)); }
    /// As --stats prints them: in milliseconds.
    void put_time(std::string_view name, std::uint64_t nanoseconds) {
        put(name, Value::number(static_cast<double>(nanoseconds) / 1e6));
    }
    Value number(std::uint64_t count) { return make_integer(store_, static_cast<std::int64_t>(count)); }
    Value value() const noexcept { return map_; }

private:
    Store& store_;
    Value map_;
};

Value traffic_of(Store& store, const ws::Traffic& traffic) {
    StatisticsMap map(store);
    map.put("messages", traffic.messages);
    map.put("bytes", traffic.bytes);
    return map.value();
}

Value topics_of(Store& store, ws::Service* service) {
    StatisticsMap map(store);
    if (service == nullptr) return map.value();
    service->topics().each([&](const std::string& name, std::size_t subscribers, std::uint64_t publications) {
        StatisticsMap topic(store);
        topic.put("subscribers", subscribers);
        topic.put("publications", publications);
        map.put(make_string(store, name), topic.value());
    });
    return map.value();
}

/// Whether the topics are wanted.
Result<bool> wants_topics(Call call, const std::optional<Map>& options) {
    bool wanted = false;
    if (!options) return wanted;
    MapCursor cursor(*options);
    for (Value name, value; cursor.next(name, value);) {
        if (!is_keyword(name) || as_symbol(name)->text() != "topics")
            return failure_at(0, kind::value, msg::unknown_option, {readable(call.store(), name), ":topics"});
        if (!value.is_boolean())
            return failure_at(0, kind::value, msg::ws_option_type,
                              {":topics", msg::is_bool.text(), describe_value(call.store(), value)});
        wanted = value.is_truthy();
    }
    return wanted;
}

Result<Value> statistics(Call call, std::optional<Map> options) {
    const auto with_topics = wants_topics(call, options);
    if (!with_topics) return with_topics.error();
    Store& store = call.store();
    ws::Service* service = sockets(call).running();
    const ws::Statistics all = service == nullptr ? ws::statistics_of(ws::Counts{}) : service->statistics();
    const Heap::Statistics collector = call.heap_statistics();
    StatisticsMap refused(store), closed(store), descriptors(store), collections(store), pauses(store), map(store);
    for (std::size_t i = 0; i < all.refused.size(); ++i)
        if (all.refused[i] > 0) refused.put(ws::refusal_names[i], all.refused[i]);
    for (const auto& [code, count] : all.closed) closed.put(Value::small(code), closed.number(count));
    descriptors.put("open", all.descriptors);
    descriptors.put("limit", all.descriptor_limit);
    collections.put("minor", collector.minor);
    collections.put("major", collector.major);
    pauses.put_time("total", collector.pauses.total());
    pauses.put_time("median", collector.pauses.percentile(50));
    pauses.put_time("p99", collector.pauses.percentile(99));
    pauses.put_time("longest", collector.pauses.longest());
    map.put("open", all.open);
    map.put("accepted", all.accepted);
    map.put("connected", all.connected);
    map.put("refused", refused.value());
    map.put("closed", closed.value());
    map.put("slow", all.slow);
    map.put("skipped", all.skipped);
    map.put("dropped", all.dropped);
    map.put("published", all.published);
    map.put("sent", traffic_of(store, all.sent));
    map.put("received", traffic_of(store, all.received));
    map.put("buffered", all.buffered);
    map.put("descriptors", descriptors.value());
    map.put("goroutines", call.vitals().goroutines.get());
    map.put("heap", collector.old_bytes + collector.external_bytes);
    map.put("collections", collections.value());
    map.put("pauses", pauses.value());
    if (*with_topics) map.put("topics", topics_of(store, service));
    return map.value();
}

Result<Value> trace(Call call, Value conn, bool on) {
    const auto id = id_of(call, conn);
    if (!id) return id.error();
    if (sockets(call).is_listener(*id)) return failure_at(0, kind::type, msg::ws_not_connection, {std::to_string(*id)});
    if (auto traced = sockets(call).running()->trace(*id, on); !traced) return traced.error();
    return Value::nil();
}

constexpr Native statistics_natives[] = {
    native("ws/stats options?",
           "What the program's connections have done together since its start, and what it takes, as a map: :open "
           ":accepted :connected :refused (by cause) :closed (by close code) :slow :skipped :dropped :published :sent "
           ":received :buffered :descriptors :goroutines :heap :collections :pauses. Takes the same time however many "
           "connections there are. With the options {:topics true} it adds the subscribers and publications of each "
           "topic, "
           "which takes longer the more topics there are. Fails with :value.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")\n"
           "      p (ws/accept s)]\n"
           "  (ws/send c \"hi\")\n"
           "  (ws/receive p)\n"
           "  (>= (get (get (ws/stats) :received) :bytes) 2)) ;=> true",
           [](Call call, std::optional<Map> options) { return statistics(call, options); }),
    native("ws/trace conn on",
           "From now on writes each frame of conn to stderr, as --trace-ws does for all connections, or with false no "
           "longer; nil. Fails with :unknown-id.\n"
           "(let [s (ws/listen {:port 0})\n"
           "      c (ws/connect f\"ws://127.0.0.1:{(ws/port s)}/\")]\n"
           "  (ws/trace c false)) ;=> nil",
           [](Call call, Value conn, bool on) { return trace(call, conn, on); }),
    native("%ws-log fault message event id trace?", "Writes it to the log as what Qi says unasked, or warns of it.",
           [](Call call, bool fault, std::string_view message, std::string_view event, std::int64_t id,
              std::optional<std::string_view> trace) {
               call.journal().write(
                   {fault ? Journal::Level::Error : Journal::Level::Warning, event, message, trace.value_or(""), id});
               return Value::nil();
           }),
};

} // namespace

void define_statistics(Setup setup) { setup.define(statistics_natives); }

} // namespace qi::stdlib
