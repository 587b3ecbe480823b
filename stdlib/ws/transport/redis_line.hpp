// One connection to Redis, on the loop. The only door to hiredis. The service thread.
#pragma once

#include "ws/transport/watch.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct redisAsyncContext;
struct redisReply;

namespace qi::ws {

class RedisLine;

class RedisLineUser {
public:
    virtual ~RedisLineUser() = default;
    /// It is connected and, where there is a password, let in.
    virtual void on_line_up(RedisLine& line) noexcept = 0;
    /// It is over, or never came about. May be opened again later, not in this call.
    virtual void on_line_down(RedisLine& line, const std::string& reason) noexcept = 0;
    virtual void on_channel_message(std::string_view channel, std::string_view payload) noexcept = 0;
    /// Redis has forgotten the subscription.
    virtual void on_unsubscribed(std::string_view channel) noexcept = 0;
    virtual void on_pong() noexcept = 0;
};

class RedisLine final : public SocketUser {
public:
    RedisLine(uv_loop_t* loop, RedisLineUser& user) noexcept : loop_(loop), user_(user) {}
    ~RedisLine() override { close(); }
    RedisLine(const RedisLine&) = delete;
    RedisLine& operator=(const RedisLine&) = delete;

    /// `address` in numbers. What comes of it is told later.
    void open(const std::string& address, std::uint16_t port, const std::string& user, const std::string& password);
    bool is_up() const noexcept { return up_; }
    /// Without a word to the user.
    void close() noexcept;

    void publish(std::string_view channel, std::string_view payload) noexcept;
    void subscribe(std::string_view channel) noexcept;
    void unsubscribe(std::string_view channel) noexcept;
    void ping() noexcept;
    /// Bytes that Redis hasn't taken yet.
    std::size_t waiting() const noexcept;
    void read(bool on) noexcept;

private:
    static RedisLine* line_of(const redisAsyncContext* context) noexcept;
    static void on_connected(const redisAsyncContext* context, int status) noexcept;
    static void on_disconnected(const redisAsyncContext* context, int status) noexcept;
    static void on_reply(redisAsyncContext* context, void* reply, void* what) noexcept;
    static void on_pushed(redisAsyncContext* context, void* reply, void*) noexcept;
    void on_socket(int events) noexcept override;
    void want(int events, bool on) noexcept;
    void send(void (*callback)(redisAsyncContext*, void*, void*) noexcept, void* what, std::initializer_list<std::string_view> words) noexcept;
    void come_up() noexcept;
    void go_down(std::string reason) noexcept;

    uv_loop_t* loop_;
    RedisLineUser& user_;
    redisAsyncContext* context_ = nullptr;
    std::unique_ptr<SocketWatch> watch_;
    int wanted_ = 0;
    bool reading_ = true;
    bool up_ = false;
    std::string refused_; // why Redis doesn't let us in
};

} // namespace qi::ws
