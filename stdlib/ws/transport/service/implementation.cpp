#include "ws/transport/service/implementation.hpp"

#include "base/files.hpp"
#include "ws/transport/http/header_rules.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/upgrade.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/net/listen_socket.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/peers/loop.hpp"
#include "ws/transport/peers/message_memory.hpp"
#include "ws/transport/wire/ascii.hpp"
#include "ws/transport/wire/close_code.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <nss.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace qi::ws {

namespace {

/// What an event that waits takes.
std::size_t memory_of(const Event& event) noexcept { return sizeof event + event.data.size(); }

std::size_t memory_of(const Queue<Event>& inbox) noexcept {
    std::size_t bytes = 0;
    for (const Event& event : inbox) bytes += memory_of(event);
    return bytes;
}

/// As many descriptors as are allowed, up to a million: libwebsockets has a table for all that there can be, and makes
/// do with 2560 where ten million are allowed.
void raise_descriptor_limit() {
    constexpr rlim_t most = 1u << 20;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = std::min(limit.rlim_max, most);
    if (limit.rlim_cur == wanted) return;
    limit.rlim_cur = wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// The request has to fit into what the library has for it; the larger part of it is what is wrong.
Result<void> check_size(const Url& url, const ConnectOptions& options) {
    constexpr std::size_t key_size = 24; // base64 of 16 bytes: RFC 6455, 4.1
    const std::size_t size = client_head(url, std::string(key_size, '='), options.protocols, options.origin,
                                         options.connection.compression, options.headers)
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

} // namespace

// The thread.

struct Service::Implementation::Startup {
    Mutex mutex;
    Condition ready;
    Loop* loop QI_GUARDED_BY(mutex) = nullptr;
    std::optional<Error> error QI_GUARDED_BY(mutex);
};

Service::Implementation::Implementation(Waker& waker, ServiceOptions options)
    : waker_(waker), options_(std::move(options)) {}

Service::Implementation::~Implementation() { shutdown(Milliseconds{0}); }

Result<void> Service::Implementation::start() {
    raise_descriptor_limit();
    std::signal(SIGPIPE, SIG_IGN); // a peer that left must not end the program
#ifdef QI_PORTABLE
    // What else the system may be told to ask are libraries of its own C library.
    __nss_configure_lookup("hosts", "files dns");
#endif
    Startup startup;
    // Signals are for the thread that waits for them.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this, &startup] { run(startup); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::optional<Error> error;
    {
        Lock lock(startup.mutex);
        while (startup.loop == nullptr && !startup.error) startup.ready.wait(startup.mutex);
        loop_ = startup.loop;
        error = startup.error;
    }
    running_ = true;
    if (!error) return {};
    thread_.join();
    running_ = false;
    return *error;
}

void Service::Implementation::run(Startup& startup) {
    Loop loop(exchange_, waker_);
    auto started = loop.start(options_.log, options_.log || options_.trace);
    {
        Lock lock(startup.mutex);
        if (started)
            startup.loop = &loop;
        else
            startup.error = started.error();
        startup.ready.notify_one();
    }
    if (!started) return;
    loop.run();
    // The call that woke it for the last time must have returned.
    Lock lock(farewell_mutex_);
    while (!wakes_no_more_) farewell_.wait(farewell_mutex_);
}

void Service::Implementation::submit(Command command) {
    if (!running_) return;
    if (exchange_.submit(std::move(command))) loop_->wake();
}

void Service::Implementation::shutdown(Milliseconds deadline) {
    if (!running_) return;
    submit({0, ShutdownCommand{deadline}});
    running_ = false;
    {
        Lock lock(farewell_mutex_);
        wakes_no_more_ = true;
        farewell_.notify_one();
    }
    thread_.join();
    loop_ = nullptr;
    collect();
    mailboxes_.each([](Id, Mailbox& mailbox) {
        mailbox.info.state = State::Closed;
        mailbox.ended = true;
    });
    listeners_.each([](Id, ListenerRecord& listener) { listener.state = State::Closed; });
    alive_ = 0;
}

// Connecting and listening.

Result<SslContext> Service::Implementation::shared_tls(const ClientTls& options) {
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

Result<std::optional<Proxy>> Service::Implementation::proxy_for(const Url& url, const ConnectOptions& options) const {
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

namespace {

/// The hosts that the peer is shown in place of the URL's.
std::vector<std::string_view> other_names(const Url& url, const ConnectOptions& options) {
    std::vector<std::string_view> names;
    for (const Header& header : options.headers)
        if (equals_ignoring_case(header.name, "host")) names.emplace_back(header.value);
    if (url.secure && !options.tls.server_name.empty()) names.emplace_back(options.tls.server_name);
    return names;
}

} // namespace

Result<Id> Service::Implementation::connect(ConnectOptions options) {
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
    auto mailbox = std::make_unique<Mailbox>();
    mailbox->flow = std::make_shared<Flow>(connection.send_buffer, connection.channel_capacity);
    mailbox->options = connection;
    const Id id = exchange_.next_id();
    mailbox->info.id = id;
    mailbox->info.url = options.url;
    mailbox->info.role = Role::Client;

    command->flow = mailbox->flow;
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
    mailboxes_.insert(id, std::move(mailbox));
    ++alive_;
    submit({id, std::move(command)});
    return id;
}

Result<Id> Service::Implementation::listen(ListenOptions options) {
    if (!running_) return failure(kind::closed, message::service_closed);
    if (auto sound = check_protocols(options.protocols); !sound) return sound.error();
    if (!options_.permissions.may_listen(options.host, options.port))
        return failure(kind::permission_denied, message::listen_not_permitted,
                       {join_endpoint(options.host, options.port)});
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
    auto socket = open_listen_socket(options.host, options.port);
    if (!socket) return socket.error();
    const Id id = exchange_.next_id();
    auto record = std::make_unique<ListenerRecord>();
    record->port = socket->port;
    record->service_paths = options.service_paths;
    listeners_.insert(id, std::move(record));
    auto command = std::make_unique<ListenCommand>();
    command->options = std::move(options);
    command->socket = socket->socket;
    command->tls = std::move(tls);
    ++alive_;
    submit({id, std::move(command)});
    return id;
}

// Records.

Mailbox* Service::Implementation::mailbox(Id id) {
    collect();
    return mailboxes_.find(id);
}

Mailbox* Service::Implementation::mailbox_for_receive(Id id) {
    Mailbox* found = mailboxes_.find(id);
    if (found != nullptr && !found->inbox.empty()) return found;
    return mailbox(id);
}

ListenerRecord* Service::Implementation::listener(Id id) {
    collect();
    return listeners_.find(id);
}

bool Service::Implementation::is_finished(Id id) const {
    return exchange_.was_given_out(id) && mailboxes_.find(id) == nullptr && listeners_.find(id) == nullptr;
}

void Service::Implementation::note_known(Id id) {
    ended_.settle(id);
    drop_surplus();
}

void Service::Implementation::note_ended(Id id, const Mailbox& mailbox) {
    ended_.add(id, memory_of(mailbox.inbox));
    drop_surplus();
}

void Service::Implementation::drop_surplus() {
    while (const std::optional<Id> surplus = ended_.surplus()) drop_record(*surplus);
}

void Service::Implementation::drop_record(Id id) {
    const auto record = mailboxes_.remove(id);
    if (record == nullptr) return;
    ended_.remove(id);
    held_ -= record->inbox.size();
    dropped_.push_back(id);
}

void Service::Implementation::forget(Id id) {
    Mailbox* found = mailbox(id);
    if (found == nullptr) return;
    if (found->info.state == State::Closed)
        drop_record(id);
    else
        found->unwanted = true;
}

std::vector<Id> Service::Implementation::live_ids() {
    collect();
    std::vector<Id> ids;
    mailboxes_.each([&](Id id, const Mailbox& mailbox) {
        if (mailbox.info.state != State::Closed) ids.push_back(id);
    });
    return ids;
}

std::optional<Rejections> Service::Implementation::next_rejections() {
    if (rejections_.empty()) return std::nullopt;
    return rejections_.pop();
}

bool Service::Implementation::could_wake() {
    collect();
    return alive_ > 0;
}

void Service::Implementation::close_serving(Milliseconds limit) {
    collect();
    closing_serving_ = limit;
    const auto close = [&](Id id, State& state) {
        if (state != State::Open) return;
        state = State::Closing;
        submit({id, std::make_unique<CloseCommand>(CloseCommand{close_code::going_away, {}, limit})});
    };
    listeners_.each([&](Id id, ListenerRecord& listener) { close(id, listener.state); });
    mailboxes_.each([&](Id id, Mailbox& mailbox) {
        if (mailbox.info.role == Role::Server) close(id, mailbox.info.state);
    });
}

void Service::Implementation::turn_away(Id id) {
    Mailbox* mailbox = mailboxes_.find(id);
    if (mailbox == nullptr) return;
    if (mailbox->info.state == State::Closed) return drop_record(id);
    mailbox->unwanted = true;
    if (mailbox->info.state != State::Open) return;
    mailbox->info.state = State::Closing;
    submit({id, std::make_unique<CloseCommand>(CloseCommand{close_code::going_away, {}, {}})});
}

bool Service::Implementation::is_serving() {
    collect();
    bool serving = false;
    listeners_.each([&](Id, const ListenerRecord& listener) { serving = serving || listener.state == State::Closing; });
    mailboxes_.each([&](Id, const Mailbox& mailbox) {
        serving = serving || (mailbox.info.role == Role::Server && mailbox.info.state != State::Closed);
    });
    return serving;
}

// Deliveries.

std::optional<Event> Service::Implementation::take(Mailbox& mailbox) {
    bool resume = false;
    std::optional<Event> event = mailbox.take(resume);
    if (resume) submit({mailbox.info.id, ResumeCommand{}});
    if (!event) return event;
    --held_;
    if (mailbox.ended) ended_.take(mailbox.info.id, memory_of(*event));
    return event;
}

void Service::Implementation::collect() {
    exchange_.collect(deliveries_);
    for (Delivery& delivery : deliveries_) apply(delivery);
    deliveries_.clear();
}

void Service::Implementation::apply(Delivery& delivery) {
    if (delivery.id == 0) return apply_backplane(delivery);
    if (auto* accepted = std::get_if<std::unique_ptr<AcceptedDelivery>>(&delivery.what)) {
        auto mailbox = std::make_unique<Mailbox>();
        mailbox->info.id = delivery.id;
        mailbox->info.role = Role::Server;
        mailbox->info.url = std::move((*accepted)->url);
        mailbox->options = (*accepted)->options;
        mailbox->flow = std::move((*accepted)->flow);
        mailbox->request = std::make_unique<Request>(std::move((*accepted)->request));
        mailboxes_.insert(delivery.id, std::move(mailbox));
        ++alive_;
        ListenerRecord* listener = listeners_.find((*accepted)->listener);
        if ((*accepted)->awaits_answer && listener != nullptr) listener->pending.push(delivery.id);
        return;
    }
    if (auto* rejections = std::get_if<std::unique_ptr<Rejections>>(&delivery.what)) {
        (*rejections)->port = listeners_.find(delivery.id)->port;
        rejections_.push(std::move(**rejections));
        return;
    }
    Mailbox* mailbox = mailboxes_.find(delivery.id);
    if (mailbox == nullptr) {
        if (std::holds_alternative<EndedDelivery>(delivery.what) && listeners_.find(delivery.id) != nullptr) {
            listeners_.find(delivery.id)->state = State::Closed;
            --alive_;
        }
        return;
    }
    if (auto* event = std::get_if<Event>(&delivery.what)) {
        apply_event(*mailbox, std::move(*event));
    } else if (auto* opened = std::get_if<std::unique_ptr<OpenedDelivery>>(&delivery.what)) {
        Info& info = mailbox->info;
        mailbox->opened = true;
        if (info.state == State::Connecting) info.state = State::Open;
        if (closing_serving_ && info.role == Role::Server && info.state == State::Open) {
            info.state = State::Closing;
            submit({delivery.id,
                    std::make_unique<CloseCommand>(CloseCommand{close_code::going_away, {}, closing_serving_})});
        }
        info.protocol = std::move((*opened)->protocol);
        info.compression = (*opened)->compression;
        info.local = std::move((*opened)->local);
        info.remote = std::move((*opened)->remote);
        info.tls = std::move((*opened)->tls);
        info.opened_at = (*opened)->at;
        if (ListenerRecord* listener = listeners_.find((*opened)->listener)) {
            const auto& paths = listener->service_paths;
            const bool typed = std::find(paths.begin(), paths.end(), mailbox->request->path) != paths.end();
            if (listener->is_abandoned && !typed) return turn_away(delivery.id);
            (typed ? listener->for_services : listener->accepted).push(delivery.id);
        }
    } else if (auto* failed = std::get_if<std::unique_ptr<ConnectFailure>>(&delivery.what)) {
        mailbox->failure = std::move(**failed);
        mailbox->info.state = State::Closed;
        mailbox->ended = true;
        --alive_;
        note_ended(delivery.id, *mailbox);
    } else if (const auto* pong = std::get_if<PongDelivery>(&delivery.what)) {
        if (const auto ping = mailbox->pings.find(pong->ticket); ping != mailbox->pings.end())
            ping->second = pong->milliseconds;
    } else if (const auto* ended = std::get_if<EndedDelivery>(&delivery.what)) {
        // A request that was refused or answered otherwise: nobody can have the id but who decided about it.
        if (mailbox->info.state == State::Connecting && !mailbox->info.close) mailbox->unwanted = true;
        if (mailbox->info.close) mailbox->info.close->clean = ended->clean;
        mailbox->info.state = State::Closed;
        mailbox->ended = true;
        --alive_;
        for (const std::string& topic : mailbox->info.subscriptions) leave_topic(topic, delivery.id);
        mailbox->info.subscriptions.clear();
        if (mailbox->unwanted) return drop_record(delivery.id);
        note_ended(delivery.id, *mailbox);
    }
}

void Service::Implementation::apply_event(Mailbox& mailbox, Event event) {
    switch (event.type) {
    case EventType::Message:
    case EventType::Binary:
        ++mailbox.info.received.messages;
        mailbox.info.received.bytes += event.data.size();
        break;
    case EventType::Close: mailbox.info.close = CloseInfo{event.code, std::string(event.data.view()), false}; break;
    case EventType::Reconnecting:
        if (mailbox.info.state == State::Open) mailbox.info.state = State::Connecting;
        mailbox.first_live_ticket = mailbox.next_ticket;
        break;
    case EventType::Error:
    case EventType::Ping:
    case EventType::Pong:
    case EventType::Open: break;
    }
    mailbox.inbox.push(std::move(event));
    ++held_;
}

} // namespace qi::ws
