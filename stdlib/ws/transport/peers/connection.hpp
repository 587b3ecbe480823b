// One open connection, on the service thread: what it decides about messages, pings and closing.
//
// Which thread owns what. A connection has two halves that share nothing but counters:
//
//   this class          the service thread alone: outbox, assembler, alarms, the link
//   ConnectionRecord    the interpreter's thread alone: inbox, state as the program sees it, traffic counts
//   Flow                both, atomics: bytes queued, events held, who waits (flow.hpp)
//   DirectWriter        both, a mutex: who may write on the socket (direct_writer.hpp)
//   Exchange            both, two mutexes: the command list and the delivery list (exchange.hpp)
//
// A half speaks to the other by commands and deliveries that name the id. No lock is held in any callback.
//
//            close()                     peer's close frame, loss, close timeout
//   Open ───────────────────▶ Closing ───────────────────────────────────────────▶ Ended
//     ├───────▶ judged ─────▶ Faulted ─────────────────────────────────────────────▲
//     │  too big, not UTF-8 ...  │ broken frame                                    │
//     └──────────────────────────┴─────────────────────────────────────────────────┘
//            peer's close frame, loss, pong timeout
//
// Closing still hands messages over, as many as the inbox has room for; Faulted reads and forgets. A connection that is
// judged is still Open, and reads nothing: what the program sends before it has seen the error goes out ahead of the
// close frame.
#pragma once

#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/net/link.hpp"
#include "ws/transport/peers/message_memory.hpp"
#include "ws/transport/peers/outbox.hpp"
#include "ws/transport/peers/rate_meter.hpp"
#include "ws/transport/topics/shared_message.hpp"
#include "ws/transport/wire/assembler.hpp"
#include "ws/transport/wire/deflate.hpp"
#include "ws/transport/wire/queue.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace qi::ws {

class Connection;

/// Who keeps the connections.
class ConnectionOwner {
public:
    virtual ~ConnectionOwner() = default;
    /// The peer closes: what was sent before now is still to be queued on the connection.
    virtual void on_last_chance() noexcept = 0;
    /// The connection was lost and is to come back under the same id: what was never sent. on_ended follows, as ever.
    virtual void on_lost_for_now(Connection& connection, std::vector<Unsent> unsent) noexcept = 0;
    /// A message for a connection that has been lost for now.
    virtual void on_sent_too_late(Id id, Unsent unsent) noexcept = 0;
    /// The connection has said its last; it is destroyed before the round ends, not in this call.
    virtual void on_ended(Connection& connection) noexcept = 0;
};

class Connection final : public LinkUser, public AlarmUser, private MemoryUser {
public:
    Connection(Id id, Role role, const ConnectionOptions& options, const DeflateTerms& deflate,
               std::shared_ptr<Flow> flow, LoopContext& context, ConnectionOwner& owner, bool comes_back = false);
    ~Connection() override;
    /// Before anything else: the link that it lives on.
    void attach(std::unique_ptr<Link> link) noexcept;

    /// What its unfinished messages hold counts there.
    void count_in(std::shared_ptr<MessageMemory> memory) noexcept { memory_.belong_to(std::move(memory)); }

    Id id() const noexcept { return id_; }
    Role role() const noexcept { return role_; }

    // Commands.

    void send(MessageType type, Buffer payload);
    /// The same message to many.
    void send_shared(SharedMessage& message);
    /// `limit`: for the peer's answer, instead of the close timeout, also if it is closing by now. 0: the peer is cut
    /// off.
    void close(std::uint16_t code, std::string_view reason, std::optional<Milliseconds> limit = std::nullopt);
    /// With 1013, and an error for the program: the peer doesn't keep up.
    void close_as_slow();
    void ping(std::uint64_t ticket, std::string_view payload);
    void resume() noexcept;
    /// From now on its frames are written to stderr, or no longer.
    void trace(bool on) noexcept;
    /// Writes what was queued. Once after all the commands of a round.
    void flush() noexcept;
    /// No closing handshake any more: at most what the peer sends at once.
    void drop() noexcept;

    /// In the list of those to be flushed. Only its keeper looks at it.
    bool is_dirty = false;

    // The link.

    void on_frame(std::uint64_t payload, bool compressed) noexcept override;
    void on_data(std::string_view bytes, bool last, MessageType type, bool compressed) noexcept override;
    void on_violation() noexcept override;
    void on_ping(std::string_view payload) noexcept override;
    void on_pong(std::string_view payload) noexcept override;
    void on_peer_close(std::string_view payload) noexcept override;
    std::span<char> room(std::uint64_t left, bool compressed) noexcept override;
    void on_read() noexcept override;
    void on_writable() noexcept override;
    void on_input_over() noexcept override;
    void on_lost(Loss loss) noexcept override;

private:
    enum class Phase : std::uint8_t { Open, Closing, Faulted, Ended };
    struct OutstandingPing {
        std::uint64_t ticket; // 0: a heartbeat
        std::string payload;
        Clock::time_point sent; // finer than the alarms, for the round trip
    };

    struct WantedPing {
        std::uint64_t ticket;
        std::string payload;
    };

    void leave(Phase next) noexcept;
    void lend_socket() noexcept;
    void on_alarm() noexcept override;
    void on_over_memory() noexcept override;
    void note_unfinished();
    void on_message_late() noexcept;
    void on_idle() noexcept;
    void on_delay_over() noexcept;

    /// What only some servers ask for.
    struct ActivityLimits {
        ActivityLimits(const ConnectionOptions& options, LoopContext& context, Connection& owner) noexcept;
        std::optional<RateMeter> rate;
        bool delayed = false; // reading has stopped until there is an allowance again
        TimePoint last_message;
        OwnAlarm<Connection, &Connection::on_idle> idle;
        OwnAlarm<Connection, &Connection::on_delay_over> delay;
    };

    bool within_rate();
    void note_message() noexcept;
    void read_on() noexcept;
    void deliver_event(EventType type, Buffer data, std::uint16_t code = 0, Kind kind = Kind{""});
    void deliver_event(Event&& event);
    void deliver_message(Assembler::Whole message);
    void fail(Kind kind, const std::string& text, std::uint16_t code, bool broken = false);
    void fail_too_big(bool broken);
    void execute() noexcept;
    void answer_pings();
    void on_fault(Assembler::Fault fault);
    void leave_for_now();
    void end(std::uint16_t code, const std::string& reason, bool clean);
    void answer_close(std::uint16_t code);
    void wait_for_close() noexcept;
    void on_close_wait() noexcept;
    void end_here();
    void queue_close(Phase phase, std::uint16_t code, std::string_view reason);
    void note_flushed(const Outbox::Progress& progress);
    void settle_sent();
    ServiceCounts& counts() noexcept { return context_.exchange.counts.service; }
    void clear_outbox() noexcept;
    void note_heard() noexcept;
    void heartbeat();
    void ping_on();
    void on_ping_turn_over() noexcept;
    bool awaits_answer() const noexcept;
    void send_ping(std::uint64_t ticket, std::string payload);

    const Id id_;
    const Role role_;
    const ConnectionOptions options_;
    const std::shared_ptr<Flow> flow_;
    const bool comes_back_;
    bool left_for_now_ = false;
    bool traced_; // its frames are written to stderr
    LoopContext& context_;
    ConnectionOwner& owner_;
    std::unique_ptr<Link> link_;

    Phase phase_ = Phase::Open;
    Compressor compressor_;
    Outbox outbox_;
    Load in_link_; // messages that the link keeps
    Assembler assembler_;
    MemoryShare memory_{*this};
    TimePoint last_piece_{}; // of the message that is coming in
    std::unique_ptr<OwnAlarm<Connection, &Connection::on_message_late>> message_late_; // once one came in pieces
    bool reading_ = true;

    /// What the peer's fault will end in.
    struct Verdict {
        std::uint16_t code;
        bool broken; // its frames can't be read any more
    };
    std::optional<Verdict> verdict_;

    std::uint16_t close_code_ = 0; // ours, from when closing started
    std::string close_reason_;
    bool close_written_ = false;
    bool lingers_ = false; // the peer has said its last, and takes what is left for it or is cut off
    bool slow_ = false;    // closed for it, as the program was told: it gets no message more

    Alarm alarm_; // Open: heartbeat; once judged, the program's time is over. Else: looks whether the close timeout is
    Milliseconds close_timeout_;
    TimePoint close_due_{};
    std::uint64_t delivered_ = 0; // to the peer, when it was looked at last
    TimePoint last_heard_;
    bool awaits_pong_ = false; // a heartbeat is out and nothing was heard since
    TimePoint pong_due_{};
    std::uint64_t heartbeats_ = 0;
    std::vector<OutstandingPing> pings_;
    TimePoint ping_turn_{}; // until then the others wait for the answer to the last of them
    Queue<WantedPing> wanted_pings_;
    std::unique_ptr<OwnAlarm<Connection, &Connection::on_ping_turn_over>> ping_turn_over_; // once one had to wait
    std::unique_ptr<ActivityLimits> activity_;
    Queue<std::string> unanswered_; // pings
};

} // namespace qi::ws
