// What the namespace keeps: the service, started on first use, and for each id how its messages are delivered.
// Interpreter thread, except for `wake`, which the service thread calls.
#pragma once

#include "base/units.hpp"
#include "native/native.hpp"
#include "ws/transport/service.hpp"
#include "ws/ws.hpp"

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace qi::stdlib {

/// What a goroutine waits for on an id; each has its own wake key, and they are woken in this order: a goroutine that
/// closed a listener continues before one that accepts from it, since a program often ends with the latter.
enum class Waiting : std::int64_t { Change, Send, Receive };
inline constexpr std::int64_t lanes = 3;
inline WakeKey wake_key(ws::Id id, Waiting lane) noexcept { return id * lanes + static_cast<std::int64_t>(lane); }

/// What is published waits here, for any subscriber.
inline const WakeKey publishing = wake_key(0, Waiting::Send);

/// How a connection's messages reach the program. Listeners hand theirs on to what they accept.
struct Habits {
    bool bytes = false; // binary messages as bytes values, not base64
    std::optional<Duration> read_timeout;
    std::optional<Duration> write_timeout;
    ws::Milliseconds pong_timeout{10000};
    bool listener = false;
    bool has_channel = false; // ws/channel was called
};

class WebSockets final : public OutsideWorld, public ChannelSource, private ws::Waker {
public:
    WebSockets(Vm& vm, WsSettings settings);
    ~WebSockets() override;

    /// Started if it wasn't.
    Result<ws::Service*> service();
    /// Null before first use.
    ws::Service* running() noexcept { return service_.get(); }

    /// The usual ones if none are kept for the id, as for one that was forgotten.
    const Habits& habits(ws::Id id) const;
    /// Kept until the record of the id goes: there has to be one.
    void set_habits(ws::Id id, const Habits& habits) { habits_[id] = habits; }
    /// ws/channel was called. False: the record has gone, and nothing will come.
    bool note_channel(ws::Id id);
    /// There was a connection or a listener of that id.
    bool knows(ws::Id id) const { return service_ != nullptr && service_->was_given_out(id); }
    /// A goroutine waits for others to have room for what it publishes.
    void add_publisher(std::uint64_t ticket, const Goroutine& waits) { publishers_[ticket] = &waits; }
    void remove_publisher(std::uint64_t ticket) { publishers_.erase(ticket); }
    /// A goroutine waits for the answer to its ping.
    void add_pinger(ws::Id id, std::uint64_t ticket, const Goroutine& waits) { pingers_[{id, ticket}] = &waits; }
    void remove_pinger(ws::Id id, std::uint64_t ticket) { pingers_.erase({id, ticket}); }
    /// A ws/connect waits for it, and no other code has the id.
    void add_dial(ws::Id id) { dials_.insert(id); }
    void remove_dial(ws::Id id) { dials_.erase(id); }
    void add_listener(ws::Id id, ws::Milliseconds close_timeout);
    bool is_listening(ws::Id id) const { return listeners_.contains(id); }
    /// It no longer accepts. After a signal it still says how long the program may take.
    void remove_listener(ws::Id id);
    /// What :authorize gave for a connection; nil if nothing.
    Value user(ws::Id id) const;
    void set_user(ws::Id id, Value user);
    /// Drops what is kept for connections whose records went.
    void tidy();

    // Values made again and again
    Value message(const ws::Event& event, const Habits& habits);
    Value timeout_message();
    Value connect_failure(const ws::ConnectFailure& failure);

    bool backplane_lost = false;   // as the log last said
    bool backplane_pumped = false; // a goroutine takes in what comes from there

    /// What ws/channel shows.
    Value next(WakeKey key, bool& last) override;
    bool could_wake() override { return service_ != nullptr && service_->could_wake(); }
    void finish() override;
    std::string waited_for(WakeKey key) const override;
    void abandoned(WakeKey key) override;
    void begin_stop(Clock::time_point peers_until, Clock::time_point handlers_until) override;
    bool has_stopped() override;
    /// A goroutine of ws/serve runs for a connection of the listener, or no longer does.
    void count_handler(ws::Id listener, int change) {
        if ((handlers_[listener] += change) == 0) handlers_.erase(listener);
    }
    /// None of the listener's goroutines of ws/serve runs.
    bool has_no_handlers(ws::Id listener) const { return !handlers_.contains(listener); }
    /// After a signal, until when they may run. Before one: no time.
    Clock::time_point handlers_until() const noexcept { return handlers_until_; }

private:
    /// The longest :close-timeout of what accepts.
    std::optional<ws::Milliseconds> longest_close_timeout() const;
    void abandon_broadcasts();
    void abandon_pings(ws::Id id);
    void wake(std::span<const ws::Id> ids) noexcept override;

    Vm& vm_;
    WsSettings settings_;
    std::unique_ptr<ws::Service> service_;
    std::unordered_map<ws::Id, Habits> habits_;
    std::unordered_map<ws::Id, ws::Milliseconds> listeners_; // those that accept, with their :close-timeout
    std::unordered_map<ws::Id, int> handlers_;               // of each listener, that run; none of them 0
    Clock::time_point peers_until_{}, handlers_until_{};     // once a signal has stopped it
    std::unordered_set<ws::Id> dials_;
    // Parked, or woken and not yet run
    std::unordered_map<std::uint64_t, const Goroutine*> publishers_;
    std::map<std::pair<ws::Id, std::uint64_t>, const Goroutine*> pingers_;
    std::vector<ws::Id> dropped_;
    Value users_; // id -> :user
    Value type_, data_, code_, reason_, error_, kind_;
    Value text_message_, text_binary_, text_close_, text_error_, text_timeout_, text_ping_, text_pong_,
        text_reconnecting_, text_open_;
};

} // namespace qi::stdlib
