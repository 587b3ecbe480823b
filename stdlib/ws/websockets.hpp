// What the namespace keeps: the service, started on first use, and for each id how its messages are handed over.
// Interpreter thread, but for `wake`, which the service thread calls.
#pragma once

#include "base/units.hpp"
#include "native/native.hpp"
#include "ws/transport/service.hpp"
#include "ws/ws.hpp"

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace qi::stdlib {

/// What a goroutine waits for on an id; each is a wake key of its own, and they are woken in this order: who closed a
/// listener goes on before who accepts from it, since a program often ends with the latter.
enum class Waiting : std::int64_t { Change, Send, Receive };
inline constexpr std::int64_t lanes = 3;
inline WakeKey wake_key(ws::Id id, Waiting lane) noexcept { return id * lanes + static_cast<std::int64_t>(lane); }

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

    Habits& habits(ws::Id id) { return habits_[id]; }
    /// There was a connection or a listener of that id.
    bool knows(ws::Id id) const { return service_ != nullptr && service_->was_given_out(id); }
    /// A ws/connect waits for it, and nobody else has the id.
    void add_dial(ws::Id id) { dials_.insert(id); }
    void remove_dial(ws::Id id) { dials_.erase(id); }
    void add_listener(ws::Id id, ws::Milliseconds close_timeout) { listeners_.emplace(id, close_timeout); }
    bool is_listening(ws::Id id) const { return listeners_.contains(id); }
    /// It accepts no more. What a server closes on its way out of a signal still makes it one that was told to stop.
    void remove_listener(ws::Id id) {
        if (vm_.interrupting_signal() == 0) listeners_.erase(id);
    }
    /// What :authorize gave for a connection; nil if nothing.
    Value user(ws::Id id) const;
    void set_user(ws::Id id, Value user);
    /// Drops what is kept for connections whose records went.
    void tidy();

    // Values made again and again
    Value message(const ws::Event& event, const Habits& habits);
    Value timeout_message();
    Value connect_failure(const ws::ConnectFailure& failure);

    bool backplane_lost = false; // as the log last said

    /// What ws/channel shows.
    Value next(WakeKey key, bool& last) override;
    bool could_wake() override { return service_ != nullptr && service_->could_wake(); }
    void finish() override;
    std::string waited_for(WakeKey key) const override;
    void abandoned(WakeKey key) override;
    bool is_serving() override { return !listeners_.empty(); }

private:
    void wake(std::span<const ws::Id> ids) noexcept override;

    Vm& vm_;
    WsSettings settings_;
    std::unique_ptr<ws::Service> service_;
    std::unordered_map<ws::Id, Habits> habits_;
    std::unordered_map<ws::Id, ws::Milliseconds> listeners_; // those that accept, with their :close-timeout
    std::unordered_set<ws::Id> dials_;
    std::vector<ws::Id> dropped_;
    Value users_; // id -> :user
    std::vector<WakeKey> keys_; // service thread: those of one wake-up
    Value type_, data_, code_, reason_, error_, kind_;
    Value text_message_, text_binary_, text_close_, text_error_, text_timeout_, text_pong_, text_reconnecting_, text_open_;
};

} // namespace qi::stdlib
