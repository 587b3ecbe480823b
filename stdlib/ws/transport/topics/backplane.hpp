// The topics of all processes that share a Redis, joined: what is published here is published there, and what comes
// from there is handed to the interpreter, which knows who listens. A topic is subscribed at Redis while somebody here
// listens to it. The service thread.
//
//   Resolving ──▶ Connecting ──▶ Connected        Redis has answered on both lines, every topic is subscribed
//       ▲          ▲  │  │           │ lost
//       │  address │  │  │ fails     │
//       │  fails   │  ▼  ▼           │
//       │       Between  │           │            the next address is tried in another round
//     Waiting ◀──────────┴───────────┘            100 ms, doubling up to 2 s, until a connection has lasted; local
//     delivery
//                                                 doesn't notice
#pragma once

#include "base/sip_hash.hpp"
#include "ws/transport/exchange/loop_context.hpp"
#include "ws/transport/net/addresses.hpp"
#include "ws/transport/net/resolver.hpp"
#include "ws/transport/topics/redis_line.hpp"

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace qi::ws {

class Backplane final : public RedisLineUser, public ResolveUser, public AlarmUser {
public:
    Backplane(EventLoop& loop, LoopContext& context, Resolver& resolver, const BackplaneCommand& command);
    ~Backplane() override;

    void start();
    void publish(const std::string& topic, MessageType type, std::string_view payload);
    void listen(const std::string& topic);
    void stop_listening(const std::string& topic);
    /// The interpreter has room for more again.
    void resume() noexcept;
    /// Writes what was asked for, and reports what was dropped since: once a round, since a program that publishes a
    /// lot drops a lot.
    void on_round() noexcept;

private:
    enum class Phase : std::uint8_t { Resolving, Connecting, Between, Connected, Waiting };
    /// At Redis; a topic that is wanted again while it leaves is subscribed anew once it has left.
    struct Subscription {
        bool wanted = true;
        bool leaving = false;
    };

    void on_resolved(std::vector<std::string> addresses, const std::string& reason) noexcept override;
    void on_line_up(RedisLine& line) noexcept override;
    void on_line_down(RedisLine& line, const std::string& reason) noexcept override;
    void on_channel_message(std::string_view channel, std::string_view payload) noexcept override;
    void on_subscribed() noexcept override;
    void on_unsubscribed(std::string_view channel) noexcept override;
    void on_pong() noexcept override;
    void on_alarm() noexcept override;
    void try_next();
    void subscribe(std::string_view channel);
    void give_up(const std::string& reason);
    void report();

    LoopContext& context_;
    Resolver& resolver_;
    const BackplaneCommand command_;
    const std::string node_; // marks what this process has published
    RedisLine talking_;
    RedisLine hearing_;
    Alarm alarm_; // Resolving, Connecting: the limit, or the address's. Between, Waiting: the next try. Connected: the
                  // heartbeat
    TimePoint deadline_{}; // of an attempt, with all addresses
    Addresses addresses_;
    Phase phase_ = Phase::Resolving;
    Milliseconds pause_;
    std::unordered_map<std::string, Subscription, SecretHash> topics_;
    /// What is published behind these bytes waits until so many subscriptions are confirmed.
    struct Barrier {
        std::uint64_t bytes;
        std::uint64_t subscriptions;
    };
    std::deque<Barrier> barriers_;
    std::uint64_t subscribed_ = 0, confirmed_ = 0; // on this line
    BackplaneStatus status_;
    bool untold_ = false; // it has changed since it was reported
};

} // namespace qi::ws
