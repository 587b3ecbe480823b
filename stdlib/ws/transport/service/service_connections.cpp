// Connections, as the program uses them. The interpreter's thread.
#include "ws/transport/service.hpp"

#include "base/utf8.hpp"
#include "ws/transport/http/header_rules.hpp"
#include "ws/transport/http/upgrade.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/service/failures.hpp"
#include "ws/transport/wire/ascii.hpp"
#include "ws/transport/wire/close_code.hpp"
#include "ws/transport/wire/frame.hpp"

#include <algorithm>
#include <cstdlib>
#include <openssl/ssl.h>

namespace qi::ws {

namespace {

// Below it a copy costs less than counting who refers to the bytes.
constexpr std::size_t worth_lending = 4 * 1024;

/// Why nothing can be sent on it.
Error not_open(const ConnectionRecord& record) {
    const std::string id = std::to_string(record.info.id);
    switch (record.info.state) {
    case State::Connecting: return failure(kind::closed, message::connecting, {id});
    case State::Closing: return failure(kind::closed, message::closing, {id});
    case State::Open:
    case State::Closed: break;
    }
    return closed(record.info.id);
}

/// The request has to fit into what the library has for it; the larger part of it is what is wrong.
Result<void> check_size(const Url& url, const ConnectOptions& options) {
    constexpr std::size_t key_size = 24; // base64 of 16 bytes: RFC 6455, 4.1
    const std::size_t size = client_head(url, std::string(key_size, '='), options.protocols, options.origin,
                                         options.connection.deflate(), options.headers)
                                 .size();
    if (size <= largest_client_head) return {};
    const std::size_t surplus = size - largest_client_head;
    if (url.text.size() <= size / 2)
        return failure(kind::value, message::headers_too_long,
                       {std::to_string(size), std::to_string(largest_client_head)});
    constexpr std::size_t shown = 64;
    return failure(kind::invalid_url, message::url_too_long,
                   {url.shown().substr(0, shown) + "...", std::to_string(url.text.size()),
                    std::to_string(url.text.size() - surplus)});
}

Result<void> check(const Url& url, const ConnectOptions& options) {
    if (auto sound = check_protocols(options.protocols); !sound) return sound;
    for (const Header& header : options.headers)
        if (auto sound = check_header(header); !sound) return sound;
    if (options.origin)
        if (auto sound = check_header({"x-origin", *options.origin}); !sound)
            return failure(kind::value, message::header_value, {"Origin"});
    if (auto sound = check_size(url, options); !sound) return sound;
    if (!options.tls.server_name.empty() && !is_server_name(options.tls.server_name))
        return failure(kind::value, message::server_name, {options.tls.server_name});
    if (options.tls.cert.empty() != options.tls.key.empty()) return failure(kind::value, message::cert_and_key);
    return {};
}

/// The hosts that the peer is shown in place of the URL's.
std::vector<std::string_view> other_names(const Url& url, const ConnectOptions& options) {
    std::vector<std::string_view> names;
    for (const Header& header : options.headers)
        if (equals_ignoring_case(header.name, "host")) names.emplace_back(header.value);
    if (url.secure && !options.tls.server_name.empty()) names.emplace_back(options.tls.server_name);
    return names;
}

} // namespace

// Connecting.

Result<SslContext> Service::shared_tls(const ClientTls& options) {
    const std::string key = tls_fingerprint(options);
    auto found = tls_contexts_.find(key);
    if (found == tls_contexts_.end()) {
        auto made = client_tls_context(options);
        if (!made) return made.error();
        found = tls_contexts_.emplace(key, std::move(*made)).first;
    }
    SSL_CTX_up_ref(found->second.get());
    return SslContext(found->second.get());
}

Result<std::optional<Proxy>> Service::proxy_for(const Url& url, const ConnectOptions& options) const {
    if (options.proxy) {
        auto proxy = parse_proxy(*options.proxy);
        if (!proxy) return proxy.error();
        return std::optional<Proxy>{std::move(*proxy)};
    }
    if (!options.proxy_from_environment) return std::optional<Proxy>{};
    return proxy_from_environment(url, [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value == nullptr ? "" : value);
    });
}

Result<Id> Service::connect(ConnectOptions options) {
    if (!running_) return failure(kind::closed, message::service_closed);
    auto url = parse_url(options.url);
    if (!url) return url.error();
    if (auto sound = check(*url, options); !sound) return sound.error();
    if (!options_.permissions.may_connect(*url))
        return failure(kind::permission_denied, message::connect_denied, {url->shown(), url->endpoint()});
    for (const std::string_view name : other_names(*url, options))
        if (!options_.permissions.may_connect_as(*url, name))
            return failure(kind::permission_denied, message::connect_as_denied, {url->shown(), name});
    auto proxy = proxy_for(*url, options);
    if (!proxy) return proxy.error();
    if (*proxy && !options_.permissions.may_connect((*proxy)->host, (*proxy)->port)) {
        const std::string endpoint = join_endpoint((*proxy)->host, (*proxy)->port);
        return failure(kind::permission_denied, message::connect_denied, {"http://" + endpoint, endpoint});
    }
    auto command = std::make_unique<ConnectCommand>();
    if (url->secure) {
        auto tls = shared_tls(options.tls);
        if (!tls) return tls.error();
        command->tls = std::move(*tls);
    }
    const ConnectionOptions& connection = options.connection;
    auto record = std::make_unique<ConnectionRecord>();
    record->flow = std::make_shared<Flow>(connection.send_buffer, connection.channel_capacity);
    record->options = connection;
    const Id id = exchange_.next_id();
    record->info.id = id;
    record->info.url = options.url;
    record->info.role = Role::Client;

    command->flow = record->flow;
    command->proxy = std::move(*proxy);
    command->host = url->host;
    command->port = url->port;
    for (const Redirection& redirection : options_.redirections) {
        if (!equals_ignoring_case(redirection.host, url->host) || redirection.port != url->port) continue;
        command->host = redirection.address;
        command->port = redirection.to_port;
    }
    command->url = std::move(*url);
    command->options = std::move(options);
    connections_.insert(id, std::move(record));
    ++alive_;
    submit({id, std::move(command)});
    return id;
}

Result<OpenStatus> Service::poll_open(Id id) {
    const ConnectionRecord* record = find_connection(id);
    if (record == nullptr) {
        if (!is_finished(id)) return unknown_connection(id);
        return OpenStatus{Opened{}};
    }
    if (record->failure) return OpenStatus{*record->failure};
    if (record->info.state == State::Connecting && !record->opened) return OpenStatus{Pending{}};
    return OpenStatus{Opened{}};
}

// Talking.

bool is_sendable(MessageType type, const Outgoing& payload) noexcept {
    return type != MessageType::Text || payload.is_text || utf8::valid(payload.bytes);
}

Result<SendStatus> Service::send(Id id, MessageType type, const Buffer& payload) {
    return send(id, type, Outgoing{payload.view()}, &payload);
}

Result<SendStatus> Service::send(Id id, MessageType type, const Outgoing& payload) {
    return send(id, type, payload, nullptr);
}

bool Service::has_room(Id id, std::size_t size) {
    ConnectionRecord* record = find_connection(id);
    return record == nullptr || record->info.state != State::Open || record->flow->has_room(Load::message(size));
}

Buffer Service::to_be_queued(const Outgoing& payload) {
    if (payload.lender == nullptr || payload.bytes.size() < worth_lending) return slab_.copy(payload.bytes);
    return Buffer::onto(payload.bytes, payload.lender);
}

Result<SendStatus> Service::send(Id id, MessageType type, const Outgoing& outgoing, const Buffer* shared) {
    const std::string_view payload = outgoing.bytes;
    ConnectionRecord* record = find_connection(id);
    if (record == nullptr) {
        if (is_finished(id)) return closed(id);
        return unknown_connection(id);
    }
    if (record->info.state != State::Open) return not_open(*record);
    if (!is_sendable(type, outgoing)) return failure(kind::utf8, message::not_utf8);
    if (!answer_at_once(*record, type, payload)) {
        if (!record->flow->try_queue(Load::message(payload.size()))) return SendStatus::Full;
        exchange_.counts.program.queued.add(payload.size());
        submit({id, SendCommand{type, shared != nullptr ? *shared : to_be_queued(outgoing)}});
    }
    ++record->info.sent.messages;
    record->info.sent.bytes += payload.size();
    exchange_.counts.program.messages.add(1);
    exchange_.counts.program.bytes.add(payload.size());
    return SendStatus::Sent;
}

/// One message has come, nothing else on any connection, and this is what is sent first: a conversation. Where more is
/// under way the service thread is awake anyway, and writes while the program goes on.
bool Service::answer_at_once(ConnectionRecord& record, MessageType type, std::string_view payload) {
    const bool answers = std::exchange(record.may_answer, false) && held_ == 0 && !exchange_.has_deliveries();
    if (!answers || payload.size() > DirectWriter::largest - largest_header || !record.flow->queued().empty())
        return false;
    FrameHeader header;
    header.opcode = type == MessageType::Text ? Opcode::Text : Opcode::Binary;
    header.payload = payload.size();
    if (record.info.role == Role::Client) header.mask = masks_.next();
    char frame[DirectWriter::largest];
    return record.flow->direct_writer.write({frame, write_frame(frame, header, payload.data())});
}

Result<std::optional<Event>> Service::receive(Id id) {
    ConnectionRecord* record = connection_for_receive(id);
    if (record == nullptr) {
        if (is_finished(id)) return closed(id);
        return unknown_connection(id);
    }
    std::optional<Event> event = take(*record);
    if (event) {
        if (event->type == EventType::Close) note_known(id);
        return event;
    }
    if (record->close_received || (record->ended && record->info.state == State::Closed)) return closed(id);
    return std::optional<Event>{};
}

Result<void> Service::close(Id id, std::uint16_t code, std::string_view reason, std::optional<Milliseconds> limit) {
    if (!may_be_sent(code)) return failure(kind::range, message::close_code, {std::to_string(code)});
    if (reason.size() > largest_close_reason)
        return failure(kind::range, message::close_reason, {std::to_string(reason.size())});
    if (!utf8::valid(reason)) return failure(kind::utf8, message::not_utf8);
    if (ListenerRecord* listener = find_listener(id)) {
        if (listener->state == State::Open) {
            listener->state = State::Closing;
            submit({id, std::make_unique<CloseCommand>(CloseCommand{code, {}, {}})});
        }
        return {};
    }
    ConnectionRecord* record = find_connection(id);
    if (record == nullptr) {
        if (is_finished(id)) return {};
        return unknown_connection(id);
    }
    if (record->info.state == State::Closed || (record->info.state == State::Closing && !limit)) return {};
    if (record->info.state == State::Open) record->info.state = State::Closing;
    submit({id, std::make_unique<CloseCommand>(CloseCommand{code, std::string(reason), limit})});
    return {};
}

Result<bool> Service::poll_closed(Id id) {
    if (const ListenerRecord* listener = find_listener(id)) return listener->state == State::Closed;
    if (const ConnectionRecord* record = find_connection(id)) {
        const bool over = record->info.state == State::Closed;
        if (over) note_known(id); // who closes seldom reads on
        return over;
    }
    if (is_finished(id)) return true;
    return unknown_connection(id);
}

Result<std::uint64_t> Service::ping(Id id, std::string_view payload) {
    if (payload.size() > largest_control_payload)
        return failure(kind::range, message::ping_payload, {std::to_string(payload.size())});
    ConnectionRecord* record = find_connection(id);
    if (record == nullptr) {
        if (is_finished(id)) return closed(id);
        return unknown_connection(id);
    }
    if (record->info.state != State::Open) return not_open(*record);
    const std::uint64_t ticket = record->next_ticket++;
    record->pings.emplace(ticket, std::nullopt);
    submit({id, std::make_unique<PingCommand>(PingCommand{ticket, std::string(payload)})});
    return ticket;
}

Result<std::optional<double>> Service::poll_ping(Id id, std::uint64_t ticket) {
    ConnectionRecord* record = find_connection(id);
    if (record == nullptr) {
        if (is_finished(id)) return closed(id);
        return unknown_connection(id);
    }
    const auto ping = record->pings.find(ticket);
    const std::optional<double> milliseconds = ping == record->pings.end() ? std::nullopt : ping->second;
    const bool over = record->info.state == State::Closed || ticket < record->first_live_ticket;
    if (!milliseconds && !over && ping != record->pings.end()) return std::optional<double>{};
    if (ping != record->pings.end()) record->pings.erase(ping);
    if (!milliseconds) return closed(id);
    return milliseconds;
}

void Service::abandon_ping(Id id, std::uint64_t ticket) {
    if (ConnectionRecord* record = find_connection(id)) record->pings.erase(ticket);
}

Result<void> Service::trace(Id id, bool on) {
    const ConnectionRecord* record = find_connection(id);
    if (record == nullptr && !is_finished(id)) return unknown_connection(id);
    if (record == nullptr || record->info.state == State::Closed) return {};
    if (on) record->flow->direct_writer.take_back(); // what is sent from now on goes behind this command
    submit({id, TraceCommand{on}});
    return {};
}

Result<Flow*> Service::flow_of(Id id) {
    ConnectionRecord* found = find_connection(id);
    if (found == nullptr) {
        if (is_finished(id)) return nullptr;
        return unknown_connection(id);
    }
    return found->info.state == State::Closed ? nullptr : found->flow.get();
}

Result<std::uint64_t> Service::buffered(Id id) {
    const auto flow = flow_of(id);
    if (!flow) return flow.error();
    return *flow == nullptr ? 0 : (*flow)->queued().bytes();
}

Result<bool> Service::poll_flushed(Id id) {
    const auto flow = flow_of(id);
    if (!flow) return flow.error();
    return *flow == nullptr || (*flow)->is_flushed();
}

} // namespace qi::ws
