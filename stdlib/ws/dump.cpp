// What a dump of the program says of its network: listeners, connections with their queues, topics. Interpreter thread
// only.
#include "data/print.hpp"
#include "data/string.hpp"
#include "ws/arguments.hpp"
#include "ws/messages.hpp"
#include "ws/websockets.hpp"

#include <algorithm>
#include <chrono>

namespace qi::stdlib {

namespace {

constexpr std::size_t most_described = 1000; // of each
constexpr std::string_view state_words[] = {"connecting", "open", "closing", "closed"};

/// Lines, of which so many are shown.
class Section {
public:
    void add(const std::string& line) {
        if (++count_ <= most_described) text_ += "  " + line + "\n";
    }
    void end(std::string& dump, const Message& headline) const {
        dump += format(headline, {std::to_string(count_)}) + "\n" + text_;
        if (count_ > most_described)
            dump += "  " + format(msg::dump_more, {std::to_string(count_ - most_described)}) + "\n";
    }

private:
    std::size_t count_ = 0;
    std::string text_;
};

std::string described(const ws::ConnectionRecord& record) {
    const ws::Info& info = record.info;
    const auto age =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now() - info.opened_at);
    const bool opened = info.opened_at.time_since_epoch().count() != 0;
    const std::string peer = info.role == ws::Role::Client ? "→ " + shown_target(info.url)
                             : record.request == nullptr
                                 ? "← " + info.remote
                                 : "← " + record.request->remote + " " + encoded_path(record.request->path);
    return format(msg::ws_dump_connection,
                  {std::to_string(info.id), state_words[static_cast<int>(info.state)], peer,
                   std::to_string(opened ? age.count() : 0), std::to_string(info.received.messages),
                   std::to_string(record.inbox.size()), std::to_string(info.sent.messages),
                   std::to_string(record.flow == nullptr ? 0 : record.flow->queued().bytes()),
                   std::to_string(info.subscriptions.size())});
}

} // namespace

void WebSockets::describe(std::string& dump) {
    if (service_ == nullptr) return;
    Section listeners, connections, topics;
    service_->each_listener([&](ws::Id id, const ws::ListenerRecord& record) {
        listeners.add(
            format(msg::ws_dump_listener, {std::to_string(id), std::to_string(record.socket.port()),
                                           state_words[static_cast<int>(record.state)],
                                           std::to_string(record.accepted.size() + record.for_services.size()),
                                           std::to_string(record.pending.size())}));
    });
    service_->each_connection([&](const ws::ConnectionRecord& record) { connections.add(described(record)); });
    service_->topics().each([&](const std::string& name, std::size_t subscribers, std::uint64_t publications) {
        const std::string quoted = readable(program_.store(), make_string(program_.store(), name));
        topics.add(format(msg::ws_dump_topic, {quoted, std::to_string(subscribers), std::to_string(publications)}));
    });
    listeners.end(dump, msg::ws_dump_listeners);
    connections.end(dump, msg::ws_dump_connections);
    topics.end(dump, msg::ws_dump_topics);
    dump += format(msg::ws_dump_delayed, {std::to_string(service_->delayed())}) + "\n";
}

} // namespace qi::stdlib
