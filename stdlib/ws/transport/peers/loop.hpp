// The service thread: its loop and everything that lives on it. Made, run and destroyed on that thread;
// only wake() may be called from another.
#pragma once

#include "base/mutex.hpp"
#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/exchange/registry.hpp"
#include "ws/transport/exchange/waker.hpp"
#include "ws/transport/net/event_loop.hpp"
#include "ws/transport/net/lws.hpp"
#include "ws/transport/net/resolver.hpp"
#include "ws/transport/peers/connection.hpp"
#include "ws/transport/peers/dial.hpp"
#include "ws/transport/peers/reconnector.hpp"
#include "ws/transport/peers/server.hpp"
#include "ws/transport/topics/backplane.hpp"

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace qi::ws {

class Loop final : public AlarmUser, public ConnectionOwner, public ReconnectorUser {
public:
    Loop(Exchange& exchange, Waker& waker);
    ~Loop() override;

    /// Error: the system gives no descriptors or memory for it.
    Result<void> start(bool log, bool trace);
    /// Until a ShutdownCommand is done.
    void run();
    /// Any thread, from start() until run() has returned.
    void wake() noexcept { events_.wake(); }

    // What lives on it tells how it went.

    /// A client connection is open; the link is to be taken. The dial is destroyed later in the round.
    void on_dialed(Dial& dial, LinkOpened opened) noexcept;
    void on_dial_failed(Dial& dial, ConnectFailure failure) noexcept;
    /// A server connection is open. The link is to be taken from the handshake.
    void on_upgraded(Handshake& handshake, LinkOpened opened) noexcept;

private:
    void on_round() noexcept;
    void on_before_wait() noexcept;
    void on_alarm() noexcept override;
    void on_trim() noexcept;
    void on_age() noexcept;
    void on_rest() noexcept;
    void note_gone(std::size_t connections) noexcept;
    void on_last_chance() noexcept override { obey_commands(); }
    void on_lost_for_now(Connection& connection, std::vector<Unsent> unsent) noexcept override;
    void on_sent_too_late(Id id, Unsent unsent) noexcept override;
    void on_redial(Reconnector& reconnector) noexcept override;
    void on_ended(Connection& connection) noexcept override;

    ServiceCounts& counts() noexcept { return context_.exchange.counts.service; }
    void obey_commands();
    void obey(Id id, SendCommand& command);
    void obey(Id id, ResumeCommand& command);
    void obey(Id id, TraceCommand& command);
    void obey(Id id, std::unique_ptr<CloseCommand>& command);
    void obey(Id id, std::unique_ptr<PingCommand>& command);
    void obey(Id id, std::unique_ptr<ConnectCommand>& command);
    void obey(Id id, std::unique_ptr<ListenCommand>& command);
    void obey(Id id, std::unique_ptr<AnswerCommand>& command);
    void obey(Id id, DrainCommand& command);
    void obey(Id id, StoppingCommand& command);
    void obey(Id id, std::unique_ptr<BroadcastCommand>& command);
    void obey(Id id, std::unique_ptr<BackplaneCommand>& command);
    void obey(Id id, std::unique_ptr<TopicCommand>& command);
    void obey(Id id, ShutdownCommand& command);
    void send(Id id, MessageType type, Buffer payload);
    void close_at_end(Connection& connection);
    void dial(Id id, std::shared_ptr<ConnectCommand> command);
    void give_up(Reconnector& reconnector, const ConnectFailure* why);
    void open(std::unique_ptr<Connection> connection, std::unique_ptr<OpeningLink> link, LinkOpened opened,
              Id listener);
    void mark_dirty(Connection& connection);
    void flush_dirty();
    void sweep() noexcept;
    void hand_over() noexcept;

    EventLoop events_;
    bool is_over_ = false;
    Waker& waker_;
    LoopContext context_;
    std::optional<TimePoint> due_; // alarms up to here go off at the end of this round
    std::unique_ptr<Library> library_;
    std::unique_ptr<Resolver> resolver_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<Backplane> backplane_; // once it was asked for
    std::unordered_map<Id, std::unique_ptr<Dial>> dials_;
    std::unordered_map<Id, std::unique_ptr<Reconnector>> reconnectors_;
    Registry<Connection> connections_;
    std::unordered_map<Id, bool> traced_; // those that come back, where the program has said it

    std::vector<Command> commands_;
    bool obeying_ = false;
    std::vector<Connection*> dirty_;
    std::vector<std::unique_ptr<Connection>> ended_;
    std::vector<std::unique_ptr<Dial>> dialed_;
    std::vector<std::unique_ptr<Reconnector>> given_up_;
    std::vector<Id> woken_;
    std::size_t gone_ = 0;        // connections, since memory was given back
    std::size_t gone_before_ = 0; // of them, when the alarm was set
    OwnAlarm<Loop, &Loop::on_trim> trim_{context_.timers, *this};
    OwnAlarm<Loop, &Loop::on_age> age_{context_.timers, *this};
    OwnAlarm<Loop, &Loop::on_rest> rest_{context_.timers, *this};
    std::optional<Alarm> shutdown_alarm_;
    bool shutting_down_ = false;
    bool out_of_time_ = false;
};

} // namespace qi::ws
