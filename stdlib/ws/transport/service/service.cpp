#include "ws/transport/service.hpp"

#include "ws/transport/net/lws.hpp"
#include "ws/transport/peers/loop.hpp"
#include "ws/transport/service/failures.hpp"
#include "ws/transport/wire/close_code.hpp"

#include <algorithm>
#include <csignal>
#include <nss.h>
#include <sys/resource.h>

namespace qi::ws {

namespace {

// More commands are worth the service thread's while: it works while the program goes on.
constexpr std::size_t most_gathered = 64;

/// What an event that waits takes.
std::size_t memory_of(const Event& event) noexcept { return sizeof event + event.data.size(); }

std::size_t memory_of(const Queue<Event>& inbox) noexcept {
    std::size_t bytes = 0;
    for (const Event& event : inbox) bytes += memory_of(event);
    return bytes;
}

/// More descriptors than the usual 1024, as far as that is allowed. Not as many as are allowed: libwebsockets has a
/// table of all that there can be, 8 MB where a million are allowed. Who needs more has raised the limit (ulimit -n).
/// It makes do with 2560 where ten million are allowed.
void raise_descriptor_limit() {
    constexpr rlim_t usual = 32768, most = 1u << 20;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = std::min({std::max(limit.rlim_cur, usual), limit.rlim_max, most});
    if (limit.rlim_cur == wanted) return;
    limit.rlim_cur = wanted;
    setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

// The thread.

struct Service::Startup {
    Mutex mutex;
    Condition ready;
    Loop* loop QI_GUARDED_BY(mutex) = nullptr;
    std::optional<Error> error QI_GUARDED_BY(mutex);
};

Service::Service(Waker& waker, ServiceOptions options) : waker_(waker), options_(std::move(options)) {
    exchange_.vitals = options_.vitals;
}

Service::~Service() { shutdown(); }

std::string_view Service::library_version() noexcept { return Library::version(); }

Result<std::unique_ptr<Service>> Service::create(Waker& waker, ServiceOptions options) {
    std::unique_ptr<Service> service(new Service(waker, std::move(options)));
    if (auto started = service->start(); !started) return started.error();
    return service;
}

Result<void> Service::start() {
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

void Service::run(Startup& startup) {
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

void Service::submit(Command command) {
    if (!running_) return;
    gathered_.push_back(std::move(command));
    const bool more_has_come = held_ > 0 || exchange_.has_deliveries();
    if (options_.gatherer == nullptr || !more_has_come || gathered_.size() >= most_gathered) return pass_on();
    if (gathered_.size() == 1) options_.gatherer->on_gathered();
}

void Service::pass_on() noexcept {
    if (gathered_.empty()) return;
    try {
        if (exchange_.submit(gathered_)) loop_->wake();
    } catch (const std::bad_alloc&) { // nothing was taken: the next time
    }
}

void Service::shutdown(Milliseconds deadline) {
    if (!running_) return;
    listen_sockets_.note_ending();
    submit({0, ShutdownCommand{deadline}});
    while (!gathered_.empty()) pass_on();
    running_ = false;
    {
        Lock lock(farewell_mutex_);
        wakes_no_more_ = true;
        farewell_.notify_one();
    }
    thread_.join();
    loop_ = nullptr;
    collect();
    connections_.each([](Id, ConnectionRecord& record) {
        record.info.state = State::Closed;
        record.ended = true;
    });
    listeners_.each([](Id, ListenerRecord& listener) { listener.state = State::Closed; });
    alive_ = 0;
}

// Records.

ConnectionRecord* Service::find_connection(Id id) {
    collect();
    return connections_.find(id);
}

ConnectionRecord* Service::connection_for_receive(Id id) {
    ConnectionRecord* found = connections_.find(id);
    if (found != nullptr && !found->inbox.empty()) return found;
    return find_connection(id);
}

ListenerRecord* Service::find_listener(Id id) {
    collect();
    return listeners_.find(id);
}

bool Service::is_finished(Id id) const {
    return exchange_.was_given_out(id) && connections_.find(id) == nullptr && listeners_.find(id) == nullptr;
}

void Service::note_known(Id id) {
    ended_.settle(id);
    if (ConnectionRecord* record = connections_.find(id)) record->rest();
    drop_surplus();
}

void Service::note_ended(Id id, const ConnectionRecord& record) {
    ended_.add(id, memory_of(record.inbox));
    drop_surplus();
}

void Service::drop_surplus() {
    while (const std::optional<Id> surplus = ended_.surplus()) drop_record(*surplus);
}

void Service::drop_record(Id id) {
    const auto record = connections_.remove(id);
    if (record == nullptr) return;
    ended_.remove(id);
    held_ -= record->inbox.size();
    if (record->companion != nullptr) record->companion->on_dropped(id);
}

Companion* Service::companion(Id id) const noexcept {
    if (const ConnectionRecord* record = connections_.find(id)) return record->companion.get();
    if (const ListenerRecord* record = listeners_.find(id)) return record->companion.get();
    return nullptr;
}

bool Service::keep(Id id, std::unique_ptr<Companion> companion) {
    if (ConnectionRecord* record = connections_.find(id))
        record->companion = std::move(companion);
    else if (ListenerRecord* listener = listeners_.find(id))
        listener->companion = std::move(companion);
    else
        return false;
    return true;
}

void Service::forget(Id id) {
    ConnectionRecord* found = find_connection(id);
    if (found == nullptr) return;
    if (found->info.state == State::Closed)
        drop_record(id);
    else
        found->unwanted = true;
}

Result<State> Service::state(Id id) {
    if (const ListenerRecord* listener = find_listener(id)) return listener->state;
    if (const ConnectionRecord* record = find_connection(id)) return record->info.state;
    if (is_finished(id)) return State::Closed;
    return unknown_connection(id);
}

Result<Info> Service::info(Id id) {
    if (const ConnectionRecord* record = find_connection(id)) return record->info;
    if (!is_finished(id)) return unknown_connection(id);
    Info info;
    info.id = id;
    info.state = State::Closed;
    return info;
}

std::vector<Id> Service::ids() {
    collect();
    std::vector<Id> ids;
    connections_.each([&](Id id, const ConnectionRecord& record) {
        if (record.info.state != State::Closed) ids.push_back(id);
    });
    return ids;
}

Statistics Service::statistics() {
    collect();
    return statistics_of(exchange_.counts);
}

bool Service::could_wake() {
    collect();
    return alive_ > 0;
}

// Deliveries.

std::optional<Event> Service::take(ConnectionRecord& record) {
    bool resume = false;
    std::optional<Event> event = record.take(resume);
    if (resume) submit({record.info.id, ResumeCommand{}});
    if (!event) return event;
    --held_;
    if (record.ended) ended_.take(record.info.id, memory_of(*event));
    return event;
}

void Service::collect() {
    exchange_.collect(deliveries_);
    for (Delivery& delivery : deliveries_) std::visit([&](auto& what) { apply(delivery.id, what); }, delivery.what);
    deliveries_.clear();
}

/// The wake-up is what counts.
void Service::apply(Id, DrainedDelivery&) {}

void Service::apply(Id id, DrainingDelivery&) {
    ListenerRecord* listener = listeners_.find(id);
    if (listener != nullptr && listener->draining) listener->draining->all_known = true;
}

void Service::apply(Id id, std::unique_ptr<AcceptedDelivery>& accepted) {
    auto record = std::make_unique<ConnectionRecord>();
    record->info.id = id;
    record->info.role = Role::Server;
    record->listener = accepted->listener;
    record->info.url = std::move(accepted->url);
    record->options = accepted->options;
    record->flow = std::move(accepted->flow);
    record->request = std::make_unique<Request>(std::move(accepted->request));
    connections_.insert(id, std::move(record));
    ++alive_;
    ListenerRecord* listener = listeners_.find(accepted->listener);
    if (accepted->awaits_answer && listener != nullptr) listener->pending.push(id);
}

void Service::apply(Id id, std::unique_ptr<Rejections>& rejections) {
    rejections->listener = id;
    rejections->port = listeners_.find(id)->socket.port();
    rejections_.push(std::move(*rejections));
}

void Service::apply(Id id, std::unique_ptr<Notice>& notice) {
    notice->about = id;
    notices_.push(std::move(*notice));
}

void Service::apply(Id id, std::unique_ptr<OpenedDelivery>& opened) {
    ConnectionRecord* record = connections_.find(id);
    if (record == nullptr) return;
    Info& info = record->info;
    record->opened = true;
    if (info.state == State::Connecting) info.state = State::Open;
    if (closing_serving_ && info.role == Role::Server && info.state == State::Open) {
        info.state = State::Closing;
        submit({id, std::make_unique<CloseCommand>(CloseCommand{close_code::going_away, {}, closing_serving_})});
    }
    info.protocol = std::move(opened->protocol);
    info.compression = opened->compression;
    info.local = std::move(opened->local);
    info.remote = std::move(opened->remote);
    info.tls = std::move(opened->tls);
    info.opened_at = opened->at;
    if (ListenerRecord* listener = listeners_.find(opened->listener)) {
        ++listener->connections;
        // It was being decided about, and has come too late.
        if (listener->draining && info.state == State::Open) close_drained(id, *listener->draining);
        const auto& paths = listener->service_paths;
        const bool typed = std::find(paths.begin(), paths.end(), record->request->path) != paths.end();
        if (listener->is_abandoned && !typed) return turn_away(id);
        (typed ? listener->for_services : listener->accepted).push(id);
    }
}

void Service::apply(Id id, std::unique_ptr<ConnectFailure>& failure) {
    ConnectionRecord* record = connections_.find(id);
    if (record == nullptr) return;
    record->failure = std::move(failure);
    record->info.state = State::Closed;
    record->ended = true;
    --alive_;
    note_ended(id, *record);
}

void Service::apply(Id id, PongDelivery& pong) {
    ConnectionRecord* record = connections_.find(id);
    if (record == nullptr) return;
    if (const auto ping = record->pings.find(pong.ticket); ping != record->pings.end())
        ping->second = pong.milliseconds;
}

void Service::apply(Id id, EndedDelivery& ended) {
    ConnectionRecord* record = connections_.find(id);
    if (record == nullptr) {
        if (ListenerRecord* listener = listeners_.find(id)) {
            listener->state = State::Closed;
            --alive_;
            // One that a signal has closed is for who serves next.
            if (!closing_serving_) listen_sockets_.note_closed(listener->socket);
        }
        return;
    }
    // A request that was refused or answered otherwise: nobody can have the id but who decided about it.
    if (record->info.state == State::Connecting && !record->info.close) record->unwanted = true;
    if (ListenerRecord* listener = listeners_.find(record->listener); listener != nullptr && record->opened)
        --listener->connections;
    if (record->info.close) record->info.close->clean = ended.clean;
    record->info.state = State::Closed;
    record->ended = true;
    --alive_;
    for (const std::string& topic : record->info.subscriptions) leave_topic(topic, id);
    record->info.subscriptions.clear();
    if (record->unwanted) return drop_record(id);
    note_ended(id, *record);
}

void Service::apply(Id id, Event& event) {
    ConnectionRecord* record = connections_.find(id);
    if (record == nullptr) return;
    Info& info = record->info;
    switch (event.type) {
    case EventType::Message:
    case EventType::Binary:
        ++info.received.messages;
        info.received.bytes += event.data.size();
        break;
    case EventType::Close: info.close = CloseInfo{event.code, std::string(event.data.view()), false}; break;
    case EventType::Reconnecting:
        if (info.state == State::Open) info.state = State::Connecting;
        record->first_live_ticket = record->next_ticket;
        break;
    case EventType::Error:
    case EventType::Ping:
    case EventType::Pong:
    case EventType::Open: break;
    }
    record->inbox.push(std::move(event));
    ++held_;
}

} // namespace qi::ws
