#include "ws/transport/redis_line.hpp"

#include "base/system_error.hpp"

#include <array>
#include <cerrno>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <utility>

namespace qi::ws {

namespace {

// What a reply is to.
char login_mark;
char ping_mark;
char other_mark;

std::string_view text_of(const redisReply* reply) noexcept {
    return reply == nullptr || reply->str == nullptr ? std::string_view{} : std::string_view(reply->str, static_cast<std::size_t>(reply->len));
}

} // namespace

RedisLine* RedisLine::line_of(const redisAsyncContext* context) noexcept { return static_cast<RedisLine*>(context->data); }

void RedisLine::open(const std::string& address, std::uint16_t port, const std::string& user, const std::string& password) {
    close();
    refused_.clear();
    reading_ = true;
    redisAsyncContext* made = redisAsyncConnect(address.c_str(), port);
    if (made == nullptr || made->err != 0) {
        std::string reason = made == nullptr ? system_error_text(ENOMEM) : made->errstr;
        if (made != nullptr) redisAsyncFree(made);
        return user_.on_line_down(*this, reason);
    }
    context_ = made;
    context_->data = this;
    watch_ = std::make_unique<SocketWatch>(loop_, context_->c.fd, *this);
    wanted_ = 0;
    context_->ev.data = this;
    context_->ev.addRead = [](void* self) { static_cast<RedisLine*>(self)->want(UV_READABLE, true); };
    context_->ev.delRead = [](void* self) { static_cast<RedisLine*>(self)->want(UV_READABLE, false); };
    context_->ev.addWrite = [](void* self) { static_cast<RedisLine*>(self)->want(UV_WRITABLE, true); };
    context_->ev.delWrite = [](void* self) { static_cast<RedisLine*>(self)->want(UV_WRITABLE, false); };
    context_->ev.cleanup = [](void* self) {
        auto* line = static_cast<RedisLine*>(self);
        line->watch_.reset();
        line->context_ = nullptr;
    };
    redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* context, int status) { on_connected(context, status); });
    redisAsyncSetDisconnectCallback(context_, [](const redisAsyncContext* context, int status) { on_disconnected(context, status); });
    if (password.empty()) return;
    if (user.empty())
        send(on_reply, &login_mark, {"AUTH", password});
    else
        send(on_reply, &login_mark, {"AUTH", user, password});
}

void RedisLine::close() noexcept {
    up_ = false;
    redisAsyncContext* context = std::exchange(context_, nullptr);
    if (context == nullptr) return;
    context->data = nullptr; // its last callbacks concern nobody
    redisAsyncFree(context);
}

void RedisLine::want(int events, bool on) noexcept {
    wanted_ = on ? wanted_ | events : wanted_ & ~events;
    if (watch_ != nullptr) watch_->watch(reading_ ? wanted_ : wanted_ & ~UV_READABLE);
}

void RedisLine::read(bool on) noexcept {
    reading_ = on;
    want(0, true);
}

void RedisLine::on_socket(int events) noexcept {
    if ((events & UV_READABLE) != 0 && context_ != nullptr) redisAsyncHandleRead(context_);
    if ((events & UV_WRITABLE) != 0 && context_ != nullptr) redisAsyncHandleWrite(context_);
}

void RedisLine::on_connected(const redisAsyncContext* context, int status) noexcept {
    RedisLine* line = line_of(context);
    if (line == nullptr) return;
    if (status != REDIS_OK) return line->go_down(context->errstr);
    // With a password it is up when Redis says so.
    if (context->replies.head == nullptr) line->come_up();
}

void RedisLine::on_disconnected(const redisAsyncContext* context, int status) noexcept {
    RedisLine* line = line_of(context);
    if (line != nullptr) line->go_down(status == REDIS_OK ? line->refused_ : std::string(context->errstr));
}

void RedisLine::come_up() noexcept {
    up_ = true;
    user_.on_line_up(*this);
}

void RedisLine::go_down(std::string reason) noexcept {
    up_ = false;
    user_.on_line_down(*this, reason);
}

void RedisLine::on_reply(redisAsyncContext* context, void* given, void* what) noexcept {
    RedisLine* line = line_of(context);
    const auto* reply = static_cast<const redisReply*>(given);
    if (line == nullptr || reply == nullptr) return; // the line goes down, and says so itself
    if (reply->type == REDIS_REPLY_ERROR) {
        line->refused_ = text_of(reply);
        redisAsyncDisconnect(context);
        return;
    }
    if (what == &login_mark) line->come_up();
    if (what == &ping_mark) line->user_.on_pong();
}

void RedisLine::on_pushed(redisAsyncContext* context, void* given, void*) noexcept {
    RedisLine* line = line_of(context);
    const auto* reply = static_cast<const redisReply*>(given);
    if (line == nullptr || reply == nullptr || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) return;
    const std::string_view what = text_of(reply->element[0]);
    const std::string_view channel = text_of(reply->element[1]);
    if (what == "message")
        line->user_.on_channel_message(channel, text_of(reply->element[2]));
    else if (what == "unsubscribe")
        line->user_.on_unsubscribed(channel);
}

void RedisLine::send(void (*callback)(redisAsyncContext*, void*, void*) noexcept, void* what,
                     std::initializer_list<std::string_view> words) noexcept {
    if (context_ == nullptr) return;
    std::array<const char*, 4> texts{};
    std::array<std::size_t, 4> sizes{};
    std::size_t count = 0;
    for (const std::string_view word : words) {
        texts[count] = word.data() == nullptr ? "" : word.data();
        sizes[count++] = word.size();
    }
    redisAsyncCommandArgv(context_, callback, what, static_cast<int>(count), texts.data(), sizes.data());
}

void RedisLine::publish(std::string_view channel, std::string_view payload) noexcept { send(on_reply, &other_mark, {"PUBLISH", channel, payload}); }
void RedisLine::subscribe(std::string_view channel) noexcept { send(on_pushed, nullptr, {"SUBSCRIBE", channel}); }
void RedisLine::unsubscribe(std::string_view channel) noexcept { send(on_pushed, nullptr, {"UNSUBSCRIBE", channel}); }
void RedisLine::ping() noexcept { send(on_reply, &ping_mark, {"PING"}); }

std::size_t RedisLine::waiting() const noexcept { return context_ == nullptr ? 0 : sdslen(context_->c.obuf); }

} // namespace qi::ws
