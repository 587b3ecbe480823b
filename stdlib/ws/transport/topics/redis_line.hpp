// One connection to Redis, on the loop: hiredis reads and writes its protocol, the socket and what an answer may be are
// ours. Redis answers commands in their order, and sends messages of what was subscribed in between; whatever else
// comes ends the line. The only door to hiredis. The service thread.
#pragma once

#include "ws/transport/net/event_loop.hpp"
#include "ws/transport/net/timers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct redisReader;
struct redisReply;

namespace qi::ws {

class RedisLine;

class RedisLineUser {
public:
    virtual ~RedisLineUser() = default;
    /// Redis has answered and, where it wants a password, let us in.
    virtual void on_line_up(RedisLine& line) noexcept = 0;
    /// It is over, or never came about; what was not acknowledged still counts. May be opened again later, not in this
    /// call; closed in this one as in all others.
    virtual void on_line_down(RedisLine& line, const std::string& reason) noexcept = 0;
    virtual void on_channel_message(std::string_view channel, std::string_view payload) noexcept = 0;
    /// Redis has confirmed the subscription that was asked for first of those that weren't.
    virtual void on_subscribed() noexcept = 0;
    /// Redis has forgotten the subscription.
    virtual void on_unsubscribed(std::string_view channel) noexcept = 0;
    /// The answer to a ping() came.
    virtual void on_pong() noexcept = 0;
};

struct RedisReaderDeleter {
    void operator()(redisReader* reader) const noexcept;
};

class RedisLine final : public SocketUser, private AlarmUser {
public:
    RedisLine(EventLoop& loop, Timers& timers, RedisLineUser& user) noexcept
        : loop_(loop), timers_(timers), user_(user), alarm_(timers, *this) {}
    ~RedisLine() override { close(); }
    RedisLine(const RedisLine&) = delete;
    RedisLine& operator=(const RedisLine&) = delete;

    /// `address` in numbers. Says later what comes of it; at once only that the system has no socket for it.
    void open(const std::string& address, std::uint16_t port, const std::string& user, const std::string& password);
    bool is_up() const noexcept { return up_; }
    /// TCP is connected.
    bool is_connected() const noexcept { return socket_ >= 0 && !connecting_; }
    /// Without a word to the user.
    void close() noexcept;

    void publish(std::string_view channel, std::string_view payload) {
        ask(Command::Publish, {"PUBLISH", channel, payload});
    }
    void subscribe(std::string_view channel) { ask(Command::Subscribe, {"SUBSCRIBE", channel}); }
    void unsubscribe(std::string_view channel) { ask(Command::Unsubscribe, {"UNSUBSCRIBE", channel}); }
    void ping() { ask(Command::Ping, {"PING"}); }
    /// Bytes that have been asked for on this line, since it was opened.
    std::uint64_t asked_for() const noexcept { return asked_for_; }
    /// Only so many of them may be written for now.
    void write_up_to(std::uint64_t bytes) noexcept { allowed_ = bytes; }
    /// Writes what was asked for. Once after all of a round.
    void flush() noexcept;
    /// Bytes that the kernel hasn't taken yet.
    std::size_t waiting() const noexcept { return out_.size() - written_; }
    /// Messages that were published and Redis hasn't acknowledged.
    std::size_t unacknowledged() const noexcept { return unacknowledged_; }
    void read(bool on) noexcept;

    /// Silence with a command unanswered, or without room in the kernel for another byte: the line is given up.
    static constexpr std::chrono::milliseconds answer_limit{3000};

private:
    enum class Command : std::uint8_t { Login, Greeting, Ping, Publish, Subscribe, Unsubscribe };
    struct Asked {
        Command command;
        std::uint64_t end;   // in the bytes of this line
        std::string channel; // of a subscription
    };

    void on_socket(int events) noexcept override;
    void on_alarm() noexcept override;
    void ask(Command command, std::initializer_list<std::string_view> words);
    bool finish_connecting() noexcept;
    void take_in() noexcept;
    void judge(const redisReply& reply) noexcept;
    void settle(const redisReply& reply) noexcept;
    void refuse(const redisReply& reply) noexcept;
    void give_up(const std::string& reason) noexcept;
    void watch() noexcept;
    /// Of what waits, what may be written.
    std::size_t due() const noexcept {
        return static_cast<std::size_t>(std::min<std::uint64_t>(waiting(), allowed_ - gone_));
    }
    bool is_awaiting_answer() const noexcept { return !asked_.empty() && asked_.front().end <= gone_; }

    EventLoop& loop_;
    Timers& timers_;
    RedisLineUser& user_;
    int socket_ = -1;
    std::unique_ptr<SocketWatch> watch_;
    std::unique_ptr<redisReader, RedisReaderDeleter> reader_;
    bool connecting_ = false;
    bool reading_ = true;
    bool up_ = false;
    std::string out_;
    std::size_t written_ = 0;                // of out_
    std::uint64_t asked_for_ = 0, gone_ = 0; // bytes of this line: all, and those that the kernel took
    std::uint64_t allowed_ = UINT64_MAX;     // of these bytes
    std::deque<Asked> asked_;                // not answered yet, in order
    std::size_t unacknowledged_ = 0;
    Alarm alarm_;       // set while something is awaited
    TimePoint heard_{}; // when the wait for the answer that comes next began
    TimePoint moved_{}; // when the kernel took something last
};

} // namespace qi::ws
