// What the namespace keeps: the service, started on first use, and with each of its records how the natives deal with
// the id. Interpreter thread, except for `wake`, which the service thread calls.
#pragma once

#include "base/units.hpp"
#include "native/native.hpp"
#include "ws/topic_rights.hpp"
#include "ws/transport/service.hpp"
#include "ws/ws.hpp"

#include <memory>
#include <optional>
#include <set>

namespace qi::stdlib {

/// How a connection's messages reach the program. Listeners hand theirs on to what they accept.
struct Habits {
    bool bytes = false; // binary messages as bytes values, not base64
    std::optional<Duration> read_timeout;
    std::optional<Duration> write_timeout;
    ws::Milliseconds pong_timeout{10000};
};

class WebSockets;

/// What the namespace keeps for a connection or a listener, as long as the service has a record of it.
struct WsRecord final : ws::Companion {
    WsRecord(WebSockets& its_owner, ws::Id id, bool is_listener) noexcept
        : owner(its_owner), changed("ws", id), room("ws/send", id),
          arrived(is_listener ? "ws/accept" : "ws/receive", id), listener(is_listener) {}
    void on_dropped(ws::Id id) override;

    WebSockets& owner;
    Wait changed;               // it opened, closed, was flushed, answered a ping
    Wait room;                  // for what is to be sent
    Wait arrived;               // a message; at a listener a connection or a request
    Channel* channel = nullptr; // of ws/channel, while that is open
    Habits habits;
    const bool listener;
    bool has_user = false;          // :authorize gave one
    std::optional<TopicRights> may; // as :authorize gave it; without it everything is allowed
    // Of a listener:
    std::optional<ws::Milliseconds> close_timeout; // while it accepts
    ws::Milliseconds drain_time{0};                // how long it may be drained when a signal stops the program
    int handlers = 0;                              // goroutines of ws/serve that run for its connections
};

class WebSockets final : public OutsideWorld, public ChannelSource, private ws::Waker, private ws::Gatherer {
public:
    WebSockets(Setup setup, WsSettings settings);
    ~WebSockets() override;

    /// Started if it wasn't.
    Result<ws::Service*> service();
    /// Null before first use.
    ws::Service* running() const noexcept { return service_.get(); }

    /// nullptr if nothing is kept for the id, as for one that was forgotten.
    WsRecord* find(ws::Id id) const noexcept {
        return service_ == nullptr ? nullptr : static_cast<WsRecord*>(service_->companion(id));
    }
    /// The same, made if it isn't there; nullptr if the service has no record of the id any more.
    WsRecord* record(ws::Id id);
    /// The usual ones if nothing is kept. Valid until the next call of the service.
    const Habits& habits(ws::Id id) const;
    bool is_listener(ws::Id id) const noexcept {
        const WsRecord* found = find(id);
        return found != nullptr && found->listener;
    }
    /// There was a connection or a listener of that id.
    bool knows(ws::Id id) const { return service_ != nullptr && service_->was_given_out(id); }
    /// The program serves from before peers can connect on, so that no signal finds it listening and not serving.
    Result<ws::Id> listen(ws::ListenOptions options, const Habits& habits);
    bool is_listening(ws::Id id) const noexcept {
        const WsRecord* found = find(id);
        return found != nullptr && found->close_timeout.has_value();
    }
    /// It no longer accepts. After a signal it still says how long the program may take.
    void remove_listener(ws::Id id);
    /// What :authorize gave for a connection; nil if nothing.
    Value user(ws::Id id) const;
    void set_user(ws::Id id, Value user);
    /// What :authorize allows it, before it opens.
    void set_rights(ws::Id id, TopicRights may);

    // Values made again and again
    /// `bytes`: binary messages as bytes values, not base64.
    Value message(const ws::Event& event, bool bytes);
    /// What message() makes of a text, in parts.
    Value type_key() const noexcept { return type_; }
    Value data_key() const noexcept { return data_; }
    Value text_message() const noexcept { return text_message_; }
    Value timeout_message();
    Value connect_failure(const ws::ConnectFailure& failure);

    Wait publishing{"ws/publish"}; // what is published waits here, for any subscriber
    Wait backplane{"ws/backplane"};
    Wait draining{"ws/drain"};     // for connections that end
    bool backplane_lost = false;   // as the log last said
    bool backplane_pumped = false; // a goroutine takes in what comes from there

    // What ws/channel shows
    Value next(ws::Id id, bool& last) override;
    void closed(ws::Id id) override;

    bool could_wake() override { return service_ != nullptr && service_->could_wake(); }
    void pass_on() override {
        if (service_ != nullptr) service_->pass_on();
    }
    void finish() override;
    void woken(ws::Id id) override;
    bool prepare_to_stop() override;
    void begin_stop(Clock::time_point peers_until, Clock::time_point handlers_until) override;
    bool has_stopped() override;
    void describe(std::string& dump) override;
    /// A goroutine of ws/serve runs for a connection of the listener, or no longer does.
    void count_handler(ws::Id listener, int change);
    /// None of the listener's goroutines of ws/serve runs.
    bool has_no_handlers(ws::Id listener) const noexcept {
        const WsRecord* found = find(listener);
        return found == nullptr || found->handlers == 0;
    }
    /// After a signal, until when they may run. Before one: no time.
    Clock::time_point handlers_until() const noexcept { return handlers_until_; }

private:
    friend struct WsRecord;
    /// What the service has to say of a listener goes to the log.
    void tell_notices();
    /// The longest :close-timeout of what accepts.
    std::optional<ws::Milliseconds> longest_close_timeout() const;
    void note_serving() const noexcept;
    void wake(std::span<const ws::Id> ids) noexcept override;
    void on_gathered() noexcept override { program_.look_soon(); }

    Program program_;
    WsSettings settings_;
    std::multiset<ws::Milliseconds> close_timeouts_;     // of the listeners that accept
    std::multiset<ws::Milliseconds> drain_times_;        // of those as well
    bool preparing_ = false;                             // to stop
    int handlers_ = 0;                                   // of all listeners, that run
    Clock::time_point peers_until_{}, handlers_until_{}; // once a signal has stopped it
    Value users_;                                        // id -> :user
    Value type_, data_, code_, reason_, error_, kind_;
    Value message_shape_; // of :type and :data
    Value text_message_, text_binary_, text_close_, text_error_, text_timeout_, text_ping_, text_pong_,
        text_reconnecting_, text_open_;
    std::unique_ptr<ws::Service> service_; // the first to go: it may tell of records that are dropped
};

} // namespace qi::stdlib
