#include "ws/transport/peers/metrics.hpp"

#include "ws/transport/http/exposition.hpp"
#include "ws/transport/messages.hpp"

#include <algorithm>

namespace qi::ws {

namespace {

constexpr auto counter = Exposition::Kind::Counter, gauge = Exposition::Kind::Gauge;

void add_connections(Exposition& to, const Statistics& all) {
    to.begin("qi_connections_open", gauge, message::metric_open.text());
    to.add(all.open);
    to.begin("qi_connections_accepted_total", counter, message::metric_accepted.text());
    to.add(all.accepted);
    to.begin("qi_connections_connected_total", counter, message::metric_connected.text());
    to.add(all.connected);
    to.begin("qi_refused_total", counter, message::metric_refused.text());
    for (std::size_t i = 0; i < all.refused.size(); ++i) to.add("cause", refusal_names[i], all.refused[i]);
    to.begin("qi_connections_closed_total", counter, message::metric_closed.text());
    for (const auto& [code, count] : all.closed) to.add("code", std::to_string(code), count);
    to.begin("qi_connections_slow_total", counter, message::metric_slow.text());
    to.add(all.slow);
}

void add_messages(Exposition& to, const Statistics& all) {
    to.begin("qi_messages_received_total", counter, message::metric_messages_received.text());
    to.add(all.received.messages);
    to.begin("qi_messages_sent_total", counter, message::metric_messages_sent.text());
    to.add(all.sent.messages);
    to.begin("qi_received_bytes_total", counter, message::metric_bytes_received.text());
    to.add(all.received.bytes);
    to.begin("qi_sent_bytes_total", counter, message::metric_bytes_sent.text());
    to.add(all.sent.bytes);
    to.begin("qi_buffered_bytes", gauge, message::metric_buffered.text());
    to.add(all.buffered);
    to.begin("qi_messages_published_total", counter, message::metric_published.text());
    to.add(all.published);
    to.begin("qi_messages_skipped_total", counter, message::metric_skipped.text());
    to.add(all.skipped);
    to.begin("qi_messages_dropped_total", counter, message::metric_dropped.text());
    to.add(all.dropped);
}

void add_vitals(Exposition& to, const Vitals& vitals) {
    constexpr double second = 1e9; // in nanoseconds
    to.begin("qi_goroutines", gauge, message::metric_goroutines.text());
    to.add(vitals.goroutines.get());
    to.begin("qi_heap_bytes", gauge, message::metric_heap.text());
    to.add(vitals.heap_bytes.get());
    to.begin("qi_collections_total", counter, message::metric_collections.text());
    to.add("kind", "minor", vitals.minor_collections.get());
    to.add("kind", "major", vitals.major_collections.get());
    to.begin("qi_collection_pause_seconds_total", counter, message::metric_paused.text());
    to.add(static_cast<double>(vitals.paused_nanoseconds.get()) / second);
    to.begin("qi_collection_pause_longest_seconds", gauge, message::metric_longest_pause.text());
    to.add(static_cast<double>(vitals.longest_pause.get()) / second);
}

void add_topics(Exposition& to, const TopicBoard& board) {
    auto topics = board.all();
    std::sort(topics.begin(), topics.end(), [](const auto& a, const auto& b) { return a->name < b->name; });
    to.begin("qi_topic_subscribers", gauge, message::metric_subscribers.text());
    for (const auto& topic : topics) to.add("topic", topic->name, topic->subscribers.get());
    to.begin("qi_topic_publications_total", counter, message::metric_publications.text());
    for (const auto& topic : topics) to.add("topic", topic->name, topic->publications.get());
}

} // namespace

std::string metrics_text(const Exchange& exchange, bool topics, bool stopping) {
    Exposition text;
    const Statistics all = statistics_of(exchange.counts);
    text.begin("qi_stopping", gauge, message::metric_stopping.text());
    text.add(std::uint64_t{stopping});
    add_connections(text, all);
    add_messages(text, all);
    text.begin("qi_descriptors_open", gauge, message::metric_descriptors.text());
    text.add(all.descriptors);
    text.begin("qi_descriptors_limit", gauge, message::metric_descriptor_limit.text());
    text.add(all.descriptor_limit);
    if (exchange.vitals != nullptr) add_vitals(text, *exchange.vitals);
    if (topics) add_topics(text, exchange.topics);
    return text.text();
}

} // namespace qi::ws
