// The door to the network for a thread that must not wait in it: every call returns at once, and what
// can't be had yet is asked for again after a wake-up. Owns the service thread, on which
// libwebsockets and OpenSSL live; all else in here is the interpreter's thread's, which alone calls the methods. Of its
// user the service calls only Waker::wake.
//
// The rest of Qi includes this header of the transport, and none of its rooms.
#pragma once

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "ws/transport/exchange/event.hpp"
#include "ws/transport/exchange/exchange.hpp"
#include "ws/transport/exchange/registry.hpp"
#include "ws/transport/exchange/waker.hpp"
#include "ws/transport/http/permissions.hpp"
#include "ws/transport/http/proxy.hpp"
#include "ws/transport/http/request.hpp"
#include "ws/transport/http/url.hpp"
#include "ws/transport/net/listen_socket.hpp"
#include "ws/transport/net/timers.hpp"
#include "ws/transport/net/tls.hpp"
#include "ws/transport/options.hpp"
#include "ws/transport/service/connection_record.hpp"
#include "ws/transport/service/ended_records.hpp"
#include "ws/transport/service/listener_record.hpp"
#include "ws/transport/topics/topics.hpp"
#include "ws/transport/wire/buffer.hpp"
#include "ws/transport/wire/close_code.hpp"
#include "ws/transport/wire/mask.hpp"
#include "ws/transport/wire/queue.hpp"

#include <concepts>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

namespace qi::ws {

/// `HOST:PORT:ADDRESS:PORT`: connections to the first go to the second instead, without resolving.
struct Redirection {
    std::string host;
    std::uint16_t port = 0;
    std::string address;
    std::uint16_t to_port = 0;
};

/// Who calls pass_on() before it sleeps, and soon after it is told of something.
class Gatherer {
public:
    virtual ~Gatherer() = default;
    virtual void on_gathered() noexcept = 0;
};

struct ServiceOptions {
    std::vector<Redirection> redirections;
    Permissions permissions;
    bool log = false;               // frames and libwebsockets' own log to stderr
    bool trace = false;             // frames alone
    const Vitals* vitals = nullptr; // of the program, for :metrics; outlives the service
    /// With one, what is sent while more has come is gathered, and is written together.
    Gatherer* gatherer = nullptr;
};

/// A payload to be sent.
struct Outgoing {
    /// Bytes of which nothing more is known.
    template <std::convertible_to<std::string_view> Bytes>
    Outgoing(const Bytes& bytes) noexcept : bytes(bytes) {}
    Outgoing(std::string_view bytes, std::shared_ptr<const void> lender, bool is_text) noexcept
        : bytes(bytes), lender(std::move(lender)), is_text(is_text) {}

    std::string_view bytes;
    std::shared_ptr<const void> lender; // keeps them alive, unchanged
    bool is_text = false;               // known to be UTF-8
};

/// Text has to be UTF-8.
bool is_sendable(MessageType type, const Outgoing& payload) noexcept;

enum class SendStatus : std::uint8_t { Sent, Full };

/// How far one message for many has got.
struct BroadcastStatus {
    std::size_t count = 0;    // those for whom it is queued
    std::uint64_t ticket = 0; // for poll_broadcast, while it waits for others to have room; 0: it waits for nobody
    TimePoint until{};        // ask then at the latest
};

struct Pending {};
struct Opened {};
using OpenStatus = std::variant<Pending, Opened, ConnectFailure>;

class Loop;

class Service {
public:
    /// Starts the service thread. `waker` must outlive the service.
    static Result<std::unique_ptr<Service>> create(Waker& waker, ServiceOptions options = {});
    /// As shutdown(2 s), if that hasn't been called.
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Of libwebsockets, "4.1.6".
    static std::string_view library_version() noexcept;

    // Connecting.

    /// Starts to connect. Errors: :invalid-url; :permission-denied; :value for headers, protocols and files that can't
    /// be used.
    Result<Id> connect(ConnectOptions options);
    /// How that is going. The failure is kept and can be asked for again. Error: :unknown-id.
    Result<OpenStatus> poll_open(Id id);

    // Talking. Every one fails with :unknown-id for an id that was never given out (or is a listener's).

    /// Queues one message, whole. Full: nothing was queued, woken when there is room. A message larger
    /// than all of the send buffer is let through when nothing is queued. Error :closed once the
    /// connection is closing or closed, :utf8 for text that isn't UTF-8.
    Result<SendStatus> send(Id id, MessageType type, const Buffer& payload);
    /// The same for bytes that stay the caller's: they are copied, unless somebody lends them.
    Result<SendStatus> send(Id id, MessageType type, const Outgoing& payload);
    /// False: a message of that size would be Full, and the caller is woken as after that. True as well where send
    /// fails.
    bool has_room(Id id, std::size_t size);
    /// The next event; nullopt: none yet. Error :closed after the Close event was handed over.
    Result<std::optional<Event>> receive(Id id);
    /// Starts the closing handshake behind all that is queued. Nothing happens if it is closing or closed
    /// already. A listener stops accepting; its connections live on. Errors: :range for a code that may not
    /// be sent or a reason beyond 123 bytes, :utf8.
    /// With a `limit` the peer has so long instead of the close timeout, also if it is closing already; 0 cuts it off
    /// at once.
    Result<void> close(Id id, std::uint16_t code = 1000, std::string_view reason = {},
                       std::optional<Milliseconds> limit = std::nullopt);
    /// True once the connection's end (or the listener's) is complete.
    Result<bool> poll_closed(Id id);
    /// Sends a ping. The ticket is for poll_ping. Error :range beyond 125 bytes, :closed.
    Result<std::uint64_t> ping(Id id, std::string_view payload = {});
    /// The round trip in milliseconds, once; nullopt: not back yet. Error :closed when it never will be.
    Result<std::optional<double>> poll_ping(Id id, std::uint64_t ticket);
    /// Nobody asks for that one any more: its answer isn't kept.
    void abandon_ping(Id id, std::uint64_t ticket);

    /// From now on its frames are written to stderr, or no longer. Nothing happens if it is closed.
    Result<void> trace(Id id, bool on);

    // Looking.

    Result<State> state(Id id);
    /// Bytes queued and not yet taken by the kernel.
    Result<std::uint64_t> buffered(Id id);
    /// True when nothing is queued, empty messages neither. The id is woken when that comes true.
    Result<bool> poll_flushed(Id id);
    Result<Info> info(Id id);
    /// Connections that aren't closed, in the order they were made. Without listeners.
    std::vector<Id> ids();

    /// Of all connections together, since the start. The same time, however many there are.
    Statistics statistics();
    /// What somebody subscribes to.
    const Topics& topics() {
        collect();
        return topics_;
    }

    // Serving.

    /// Nobody accepts from the listener any more: whoever wasn't accepted, or comes until it is closed, is closed with
    /// 1001 and forgotten. Connections to service paths aren't among them.
    void abandon(Id listener);
    /// Listens. Errors: :in-use, :permission-denied, :tls, :value for an address that can't be used.
    Result<Id> listen(ListenOptions options);
    Result<std::uint16_t> port(Id listener);
    /// The next connection; nullopt: none yet. Error :closed once the listener is closed.
    Result<std::optional<Id>> accept(Id listener);
    /// The same, of those that came to one of the listener's service paths; accept() doesn't give these.
    Result<std::optional<Id>> accept_for_service(Id listener);
    /// What listeners turned away, told ten seconds after the first of it, as far as other calls have taken it in;
    /// nullopt: nothing new. The listener's id is woken.
    std::optional<Rejections> next_rejections();
    /// What else a log should say, since it was asked for last; nullopt: no more. The listener's id is woken.
    std::optional<Notice> next_notice();
    /// What a server connection asked for. Valid until the next call; nullptr for a client connection.
    Result<const Request*> request(Id connection);
    /// The next request that waits for answer(), for listeners with `authorize` or `http`: the id that the connection
    /// will have. nullopt: none yet. Error :closed once the listener is closed.
    Result<std::optional<Id>> pending(Id listener);
    /// Decides about it. Nothing happens if its handshake timeout has passed or the peer is gone.
    Result<void> answer(Id connection, Decision decision);

    /// Nobody is let in any more: upgrades get 503, while plain requests are answered as before. The listener's
    /// connections are closed as it says, the oldest first, whenever poll_drained is called and their time has come.
    /// Again: with the new code and time for those that are left. Error :range for a code that may not be sent.
    Result<void> drain(Id listener, Drain how);
    /// When to ask again at the latest, while some of its connections haven't ended, or may not be known yet: the id 0
    /// is woken when that changes. nullopt: all have, or the listener isn't drained.
    Result<std::optional<TimePoint>> poll_drained(Id listener);

    // One message for many.

    /// False if it was so before. Ends with the connection. Errors: :unknown-id, :closed.
    Result<bool> subscribe(Id id, std::string_view topic);
    Result<bool> unsubscribe(Id id, std::string_view topic);
    /// Queues the message for every open subscriber and says for how many. It is encoded once. One whose send buffer
    /// has no room gets it when there is some: the id 0 is woken, and the caller is to ask poll_broadcast before it
    /// publishes more. One that has none for its slow timeout is slow: left out, or closed with 1013, as its listener's
    /// options say, and never waited for again; nor is one that has taken nothing for so long. Error :utf8.
    Result<BroadcastStatus> publish(std::string_view topic, MessageType type, const Outgoing& payload);
    /// The same for these connections; those that aren't open are left out.
    Result<BroadcastStatus> broadcast(std::span<const Id> ids, MessageType type, const Outgoing& payload);
    /// Queues it for those that have room by now, and what else waits for room as well: the id 0 is woken if that is
    /// done.
    BroadcastStatus poll_broadcast(std::uint64_t ticket);
    /// Whoever hasn't got it yet doesn't get it.
    void abandon_broadcast(std::uint64_t ticket);
    /// A connection that was closed because it is slow, since they were asked for last; nullopt: no more.
    std::optional<Id> next_slow();

    /// Joins the topics with those of all services that name the same Redis: what is published reaches every subscriber
    /// of all of them once. Goes on trying by itself. Errors: :invalid-url, :permission-denied. The id 0 is woken by
    /// what comes from there.
    Result<void> join_backplane(const std::string& url);
    /// nullptr without one. Takes in what came from there.
    const BackplaneStatus* backplane();

    /// Calls `visit(record)` for each connection that isn't closed, and `visit(id, record)` for each listener that
    /// isn't, in the order of ids. Neither may call the service.
    template <typename Visit>
    void each_connection(Visit visit) {
        collect();
        connections_.each([&](Id, const ConnectionRecord& record) {
            if (record.info.state != State::Closed) visit(record);
        });
    }
    template <typename Visit>
    void each_listener(Visit visit) {
        collect();
        listeners_.each([&](Id id, const ListenerRecord& record) {
            if (record.state != State::Closed) visit(id, record);
        });
    }
    /// Published messages that wait until somebody has room.
    std::size_t delayed() const noexcept { return delayed_.size(); }

    // Keeping.

    /// There is a record of the id, and it is a listener's.
    bool has_listener(Id id) const noexcept { return listeners_.find(id) != nullptr; }
    /// What the user keeps for a connection or a listener; nullptr if nothing, or if its record has gone.
    Companion* companion(Id id) const noexcept;
    /// Keeps that from now on, as long as there is a record of the id. False: there is none.
    bool keep(Id id, std::unique_ptr<Companion> companion);

    // Ending.

    /// Drops what is remembered of a connection, unread events too, as soon as it is closed. Without it the records of
    /// the newest ended connections are kept: for info(), and for a reader who is behind (ended_records.hpp).
    void forget(Id id);
    /// There was a connection or a listener of that id.
    bool was_given_out(Id id) const noexcept { return exchange_.was_given_out(id); }
    /// Drains the listeners that are to be before a signal stops the program.
    void drain_before_stop();
    /// Goes on with that: true once all that are drained have no connections any more.
    bool has_drained();
    /// Closes listeners, and what they accepted with 1001; the peers have so long. What opens later is closed likewise.
    void close_serving(Milliseconds limit);
    /// A listener that is being closed, or a connection that one accepted, isn't closed yet.
    bool is_serving();
    /// True while anything could still call the waker: a connection or a listener is alive.
    bool could_wake();
    /// What was gathered goes out.
    void pass_on() noexcept;
    /// Closes listeners, and connections with 1001 behind what they have queued; waits for that at most
    /// `deadline`; ends the thread. Afterwards every connection is closed, and connect and listen fail with
    /// :closed. What arrived before can still be received.
    void shutdown(Milliseconds deadline = Milliseconds{2000});

private:
    Service(Waker& waker, ServiceOptions options);
    Result<void> start();
    /// What start() learns from the new thread.
    struct Startup;
    void run(Startup& startup);
    void submit(Command command);

    // Records.

    /// The record of a connection with all that was delivered by now in it; nullptr if there is none (any more).
    ConnectionRecord* find_connection(Id id);
    /// The same, but looks for deliveries only when nothing waits in it already.
    ConnectionRecord* connection_for_receive(Id id);
    /// nullptr if nothing can be sent on it.
    ConnectionRecord* open_connection(Id id) const;
    ListenerRecord* find_listener(Id id);
    /// It was a connection once, and its record is gone.
    bool is_finished(Id id) const;
    /// The program knows of its end: the record may go when there are many.
    void note_known(Id id);
    void note_ended(Id id, const ConnectionRecord& record);
    void note_stopping();
    void drop_surplus();
    void drop_record(Id id);

    // Deliveries, one function for each kind.

    void collect();
    void apply(Id id, Event& event);
    void apply(Id id, DrainedDelivery& drained);
    void apply(Id id, DrainingDelivery& draining);
    void apply(Id id, PongDelivery& pong);
    void apply(Id id, EndedDelivery& ended);
    void apply(Id id, std::unique_ptr<OpenedDelivery>& opened);
    void apply(Id id, std::unique_ptr<AcceptedDelivery>& accepted);
    void apply(Id id, std::unique_ptr<ConnectFailure>& failure);
    void apply(Id id, std::unique_ptr<BackplaneDelivery>& message);
    void apply(Id id, std::unique_ptr<BackplaneReport>& report);
    void apply(Id id, std::unique_ptr<Rejections>& rejections);
    void apply(Id id, std::unique_ptr<Notice>& notice);

    // Connections.

    Result<std::optional<Proxy>> proxy_for(const Url& url, const ConnectOptions& options) const;
    Result<SslContext> shared_tls(const ClientTls& options);
    /// `shared`: the payload again, to be queued without a copy.
    Result<SendStatus> send(Id id, MessageType type, const Outgoing& payload, const Buffer* shared);
    Buffer to_be_queued(const Outgoing& payload);
    bool answer_at_once(ConnectionRecord& record, MessageType type, std::string_view payload);
    /// Its next event, if there is one.
    std::optional<Event> take(ConnectionRecord& record);
    /// What is counted of a connection; nullptr once nothing can be queued on it any more.
    Result<Flow*> flow_of(Id id);

    // Listeners.

    Result<std::optional<Id>> next_of(Id listener, Queue<Id> ListenerRecord::*queue);
    void close_drained(Id id, const Draining& draining);
    /// A connection that nobody will accept: closed with 1001, and forgotten then.
    void turn_away(Id id);

    // One message for many.

    static std::unique_ptr<BroadcastCommand> broadcast_of(MessageType type, std::string_view payload);
    /// A message that was published, and those whose send buffers have no room for it yet.
    struct DelayedBroadcast {
        MessageType type = MessageType::Text;
        Buffer frame;
        std::size_t size = 0;
        std::optional<std::string> topic; // they are to be its subscribers still
        std::vector<Id> waiting;
        std::size_t count = 0; // that it is queued for
    };
    /// `waiting` gets those for whom the message is to wait; nullptr: it waits for nobody.
    std::size_t hand_round(std::span<const Id> ids, BroadcastCommand& command, std::vector<Id>* waiting);
    void note_queued(const BroadcastCommand& command) noexcept;
    void note_published(std::string_view topic) noexcept;
    static void hand_to(Id id, ConnectionRecord& receiver, BroadcastCommand& command);
    void find_full(Id id, ConnectionRecord& receiver, std::vector<Id>* waiting);
    void turn_away(Id id, ConnectionRecord& receiver);
    BroadcastStatus delay(const BroadcastCommand& command, std::vector<Id> waiting,
                          std::optional<std::string_view> topic, std::size_t count);
    void hand_to_delayed(std::uint64_t asking);
    void wake_publishers();
    bool is_done_with(Id id, const DelayedBroadcast& late, BroadcastCommand& command, TimePoint now);
    void leave_topic(std::string_view topic, Id id);

    Waker& waker_;
    const ServiceOptions options_;
    Exchange exchange_;
    std::thread thread_;
    Loop* loop_ = nullptr; // on the other thread; only wake() is called
    bool running_ = false;
    Mutex farewell_mutex_;
    Condition farewell_;
    bool wakes_no_more_ QI_GUARDED_BY(farewell_mutex_) = false; // the loop may go

    ListenSockets listen_sockets_;
    Registry<ConnectionRecord> connections_;
    Registry<ListenerRecord> listeners_;
    std::size_t held_ = 0;                        // events in all inboxes
    std::vector<Command> gathered_;               // not handed over yet
    std::optional<Milliseconds> closing_serving_; // what listeners have accepted is closed, with so long for the peers
    std::size_t alive_ = 0;                       // connections that haven't ended, listeners that aren't closed
    Topics topics_{exchange_.topics};
    std::optional<BackplaneStatus> backplane_;
    std::uint64_t backplane_number_ = 0; // of the last join
    std::shared_ptr<Flow> backplane_flow_;
    std::map<std::uint64_t, DelayedBroadcast> delayed_; // in the order of publishing
    std::uint64_t last_ticket_ = 0;
    std::uint64_t walk_ = 0;       // through them
    Queue<Id> slow_;               // closed for it, and not yet told
    Queue<Rejections> rejections_; // not yet told
    Queue<Notice> notices_;        // not yet told
    EndedRecords ended_;
    std::vector<Delivery> deliveries_;
    BufferSlab slab_;
    MaskSource masks_; // of frames that aren't queued
    std::map<std::string, SslContext> tls_contexts_;
};

} // namespace qi::ws
