// The interpreter's side of the service: the records of all ids, and the thread that it started. The
// interpreter's thread alone, but for the thread function.
#pragma once

#include "base/mutex.hpp"
#include "ws/transport/exchange/exchange.hpp"
#include "ws/transport/exchange/queue.hpp"
#include "ws/transport/exchange/registry.hpp"
#include "ws/transport/service.hpp"
#include "ws/transport/service/ended_records.hpp"
#include "ws/transport/service/mailbox.hpp"
#include "ws/transport/topics/topics.hpp"
#include "ws/transport/wire/mask.hpp"

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace qi::ws {

class Loop;

class Service::Implementation {
public:
    Implementation(Waker& waker, ServiceOptions options);
    ~Implementation();

    Result<void> start();
    void shutdown(Milliseconds deadline);

    Result<Id> connect(ConnectOptions options);
    Result<Id> listen(ListenOptions options);
    /// `shared`: the payload again, to be queued without a copy.
    Result<SendStatus> send(Id id, MessageType type, std::string_view payload, const Buffer* shared);
    Result<bool> subscribe(Id id, std::string_view topic);
    Result<bool> unsubscribe(Id id, std::string_view topic);
    Result<BroadcastStatus> publish(std::string_view topic, MessageType type, std::string_view payload);
    Result<BroadcastStatus> spread(std::span<const Id> ids, MessageType type, std::string_view payload);
    BroadcastStatus poll_broadcast(std::uint64_t ticket);
    void abandon_broadcast(std::uint64_t ticket);
    std::optional<Id> next_slow();
    std::optional<Rejections> next_rejections();
    Result<void> join_backplane(const std::string& url);
    /// nullptr: there is none. `settled` once it has been tried.
    const BackplaneStatus* backplane(bool& settled);
    Result<std::optional<Id>> next_of(Id listener, Queue<Id> ListenerRecord::*queue);

    /// The record of a connection with all that was delivered by now in it; nullptr if there is none (any more).
    Mailbox* mailbox(Id id);
    /// The same, but looks for deliveries only when nothing waits in it already.
    Mailbox* mailbox_for_receive(Id id);
    /// What is counted of a connection; nullptr once nothing can be queued on it any more.
    Result<Flow*> flow(Id id);
    /// Its next event, if there is one.
    std::optional<Event> take(Mailbox& mailbox);
    ListenerRecord* listener(Id id);
    bool was_given_out(Id id) const noexcept { return exchange_.was_given_out(id); }
    /// It was a connection once, and its record is gone.
    bool is_finished(Id id) const;
    /// The program knows of its end: the record may go when there are many.
    void note_known(Id id);
    void forget(Id id);
    void take_dropped(std::vector<Id>& into) noexcept { into.swap(dropped_); }
    std::vector<Id> live_ids();
    bool could_wake();
    void close_serving(Milliseconds limit);
    /// A connection that nobody will accept: closed with 1001, and forgotten then.
    void turn_away(Id id);
    bool is_serving();

    void submit(Command command);

private:
    /// What start() learns from the new thread.
    struct Startup;
    void run(Startup& startup);
    void note_ended(Id id, const Mailbox& mailbox);
    void drop_surplus();
    void drop_record(Id id);
    static std::unique_ptr<BroadcastCommand> broadcast_of(MessageType type, std::string_view payload);
    Mailbox* open_mailbox(Id id) const;
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
    static void hand_to(Id id, Mailbox& receiver, BroadcastCommand& command);
    void find_full(Id id, Mailbox& receiver, std::vector<Id>* waiting);
    void turn_away(Id id, Mailbox& receiver);
    BroadcastStatus delay(const BroadcastCommand& command, std::vector<Id> waiting,
                          std::optional<std::string_view> topic, std::size_t count);
    void hand_to_delayed(std::uint64_t asking);
    void wake_publishers();
    bool is_done_with(Id id, const DelayedBroadcast& late, BroadcastCommand& command, TimePoint now);
    void leave_topic(std::string_view topic, Id id);
    void apply_backplane(Delivery& delivery);
    void collect();
    void apply(Delivery& delivery);
    void apply_event(Mailbox& mailbox, Event event);
    bool answer_at_once(Mailbox& mailbox, MessageType type, std::string_view payload);
    Result<std::optional<Proxy>> proxy_for(const Url& url, const ConnectOptions& options) const;
    Result<SslContext> shared_tls(const ClientTls& options);

    Waker& waker_;
    const ServiceOptions options_;
    Exchange exchange_;
    std::thread thread_;
    Loop* loop_ = nullptr; // on the other thread; only wake() is called
    bool running_ = false;
    Mutex farewell_mutex_;
    Condition farewell_;
    bool wakes_no_more_ QI_GUARDED_BY(farewell_mutex_) = false; // the loop may go

    Registry<Mailbox> mailboxes_;
    Registry<ListenerRecord> listeners_;
    std::size_t held_ = 0;                        // events in all inboxes
    std::optional<Milliseconds> closing_serving_; // what listeners have accepted is closed, with so long for the peers
    std::size_t alive_ = 0;                       // connections that haven't ended, listeners that aren't closed
    Topics topics_;
    std::optional<BackplaneStatus> backplane_;
    std::uint64_t backplane_number_ = 0; // of the last join
    bool backplane_settled_ = false;
    std::shared_ptr<Flow> backplane_flow_;
    std::map<std::uint64_t, DelayedBroadcast> delayed_; // in the order of publishing
    std::uint64_t last_ticket_ = 0;
    std::uint64_t walk_ = 0;       // through them
    Queue<Id> slow_;               // closed for it, and not yet told
    Queue<Rejections> rejections_; // not yet told
    EndedRecords ended_;
    std::vector<Id> dropped_; // records that went, since take_dropped()
    std::vector<Delivery> deliveries_;
    BufferSlab slab_;
    MaskSource masks_; // of frames that aren't queued
    std::map<std::string, SslContext> tls_contexts_;
};

} // namespace qi::ws
