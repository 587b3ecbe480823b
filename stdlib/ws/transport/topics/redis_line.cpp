#include "ws/transport/topics/redis_line.hpp"

#include "base/system_error.hpp"
#include "base/utf8.hpp"
#include "ws/transport/messages.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace qi::ws {

namespace {

// A reply of Redis to what is asked here, and a message, has at most three elements.
constexpr int most_elements = 3;
// Of one reply: what Redis itself takes in at most, proto-max-bulk-len.
constexpr std::size_t largest_reply = 512u << 20;
// Taken from the socket at once; after it others have their turn.
constexpr std::size_t piece = 64 * 1024;
// A sent part of the queue beyond it is given back.
constexpr std::size_t worth_moving = 64 * 1024;

/// hiredis' own, but for arrays of a size that no reply has: it would ask for memory for all of them at once.
redisReplyObjectFunctions* bounded(redisReplyObjectFunctions* own) noexcept {
    static const redisReplyObjectFunctions original = *own;
    static redisReplyObjectFunctions made = [] {
        redisReplyObjectFunctions functions = original;
        functions.createArray = [](const redisReadTask* task, auto count) -> void* {
            return count > static_cast<decltype(count)>(most_elements) ? nullptr : original.createArray(task, count);
        };
        return functions;
    }();
    return &made;
}

struct ReplyDeleter {
    void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, ReplyDeleter>;

std::string_view text_of(const redisReply& reply) noexcept {
    return reply.str == nullptr ? std::string_view{} : std::string_view(reply.str, static_cast<std::size_t>(reply.len));
}

bool is_string(const redisReply* reply) noexcept { return reply != nullptr && reply->type == REDIS_REPLY_STRING; }

/// The text of an element; empty if there is none of that number, or it is no text.
std::string_view element(const redisReply& reply, std::size_t number) noexcept {
    if (reply.type != REDIS_REPLY_ARRAY || number >= reply.elements || !is_string(reply.element[number])) return {};
    return text_of(*reply.element[number]);
}

bool is_status(const redisReply& reply, std::string_view text) noexcept {
    return reply.type == REDIS_REPLY_STATUS && text_of(reply) == text;
}

/// The answer to SUBSCRIBE and UNSUBSCRIBE: what was done, the channel, and how many are left.
bool confirms(const redisReply& reply, std::string_view what, std::string_view channel) noexcept {
    return reply.type == REDIS_REPLY_ARRAY && reply.elements == 3 && element(reply, 0) == what &&
           is_string(reply.element[1]) && element(reply, 1) == channel && reply.element[2] != nullptr &&
           reply.element[2]->type == REDIS_REPLY_INTEGER;
}

bool is_message(const redisReply& reply) noexcept {
    return reply.type == REDIS_REPLY_ARRAY && reply.elements == 3 && element(reply, 0) == "message" &&
           is_string(reply.element[1]) && is_string(reply.element[2]);
}

/// Text of Redis for a log: one short line.
std::string shown(std::string_view text) {
    constexpr std::size_t most = 100;
    std::string line = utf8::shortened(utf8::repaired(text), most);
    std::replace_if(
        line.begin(), line.end(), [](unsigned char byte) { return byte < ' ' || byte == 0x7F; }, '?');
    return line;
}

/// A reply in the letters of the protocol, the start of it.
std::string outline(const redisReply& reply) {
    switch (reply.type) {
    case REDIS_REPLY_STATUS: return "+" + shown(text_of(reply));
    case REDIS_REPLY_ERROR: return "-" + shown(text_of(reply));
    case REDIS_REPLY_INTEGER: return ":" + std::to_string(reply.integer);
    case REDIS_REPLY_STRING: return "$" + std::to_string(reply.len) + " " + shown(text_of(reply));
    case REDIS_REPLY_NIL: return "$-1";
    case REDIS_REPLY_ARRAY: break;
    default: return "type " + std::to_string(reply.type);
    }
    std::string text = "*" + std::to_string(reply.elements);
    for (std::size_t i = 0; i < reply.elements && i < most_elements; ++i)
        if (reply.element[i] != nullptr)
            text +=
                " " + (reply.element[i]->type == REDIS_REPLY_ARRAY ? "*" + std::to_string(reply.element[i]->elements)
                                                                   : outline(*reply.element[i]));
    return text;
}

int connect_to(const std::string& address, std::uint16_t port) noexcept {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    errno = EINVAL;
    if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return -1;
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, freeaddrinfo);
    const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return -1;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS) return socket;
    const int error = errno;
    ::close(socket);
    errno = error;
    return -1;
}

} // namespace

void RedisReaderDeleter::operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }

void RedisLine::open(const std::string& address, std::uint16_t port, const std::string& user,
                     const std::string& password) {
    close();
    socket_ = connect_to(address, port);
    if (socket_ < 0) return user_.on_line_down(*this, system_error_text(errno));
    reader_.reset(redisReaderCreate());
    if (reader_ == nullptr) return give_up(system_error_text(ENOMEM));
    reader_->fn = bounded(reader_->fn);
    connecting_ = true;
    reading_ = true;
    watch_ = std::make_unique<SocketWatch>(loop_, socket_, *this);
    if (!password.empty()) {
        if (user.empty())
            ask(Command::Login, {"AUTH", password});
        else
            ask(Command::Login, {"AUTH", user, password});
    }
    // A Redis that wants a password takes connections without one; only what it answers shows that it serves us.
    ask(Command::Greeting, {"PING"});
    watch();
}

void RedisLine::close() noexcept {
    alarm_.clear();
    watch_.reset();
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    reader_.reset();
    connecting_ = up_ = false;
    out_.clear();
    written_ = 0;
    asked_for_ = gone_ = 0;
    asked_.clear();
    allowed_ = UINT64_MAX;
    unacknowledged_ = 0;
}

void RedisLine::give_up(const std::string& reason) noexcept {
    up_ = false;
    user_.on_line_down(*this, reason);
    close();
}

void RedisLine::ask(Command command, std::initializer_list<std::string_view> words) {
    if (socket_ < 0) return;
    std::array<const char*, 3> texts{};
    std::array<std::size_t, 3> sizes{};
    std::size_t count = 0;
    for (const std::string_view word : words) {
        texts[count] = word.data() == nullptr ? "" : word.data();
        sizes[count++] = word.size();
    }
    char* made = nullptr;
    const int size = redisFormatCommandArgv(&made, static_cast<int>(count), texts.data(), sizes.data());
    if (size < 0) return;
    if (waiting() == 0) moved_ = timers_.now();
    out_.append(made, static_cast<std::size_t>(size));
    redisFreeCommand(made);
    asked_for_ += static_cast<std::uint64_t>(size);
    const bool names_channel = command == Command::Subscribe || command == Command::Unsubscribe;
    asked_.push_back({command, asked_for_, names_channel ? std::string(*(words.begin() + 1)) : std::string()});
    if (command == Command::Publish) ++unacknowledged_;
    if (!alarm_.is_set()) alarm_.set_in(answer_limit);
}

void RedisLine::flush() noexcept {
    if (socket_ < 0 || connecting_ || due() == 0) return;
    const bool awaited = is_awaiting_answer();
    while (due() > 0) {
        const ssize_t sent = ::send(socket_, out_.data() + written_, due(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) break;
        if (sent < 0) return give_up(system_error_text(errno));
        written_ += static_cast<std::size_t>(sent);
        gone_ += static_cast<std::uint64_t>(sent);
        moved_ = timers_.now();
    }
    if (!awaited && is_awaiting_answer()) heard_ = timers_.now();
    if (waiting() == 0 || written_ > worth_moving) {
        out_.erase(0, written_);
        written_ = 0;
        if (out_.empty() && out_.capacity() > worth_moving) out_ = std::string();
    }
    watch();
}

void RedisLine::watch() noexcept {
    const bool writes = connecting_ || due() > 0;
    if (watch_ != nullptr)
        watch_->watch((writes ? socket_event::writable : 0) | (reading_ && !connecting_ ? socket_event::readable : 0));
}

void RedisLine::read(bool on) noexcept {
    if (on && !reading_) heard_ = timers_.now(); // the silence was ours
    reading_ = on;
    watch();
}

void RedisLine::on_socket(int events) noexcept {
    if (connecting_ && !finish_connecting()) return;
    if ((events & socket_event::writable) != 0) flush();
    if ((events & socket_event::readable) != 0 && socket_ >= 0 && reading_) take_in();
}

bool RedisLine::finish_connecting() noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        give_up(system_error_text(error));
        return false;
    }
    connecting_ = false;
    moved_ = timers_.now();
    flush();
    return socket_ >= 0;
}

void RedisLine::on_alarm() noexcept {
    if (asked_.empty()) return;
    const TimePoint now = timers_.now();
    if (!reading_) heard_ = now;
    if (due() == 0) moved_ = now;
    // How long connecting may take is the user's affair.
    TimePoint due = connecting_ ? now + answer_limit : TimePoint::max();
    if (!connecting_ && is_awaiting_answer()) due = std::min(due, heard_ + answer_limit);
    if (!connecting_ && waiting() > 0) due = std::min(due, moved_ + answer_limit);
    if (now >= due) return give_up(format(message::redis_silent, {std::to_string(answer_limit.count())}));
    alarm_.set(due == TimePoint::max() ? now + answer_limit : due);
}

void RedisLine::take_in() noexcept {
    std::array<char, piece> bytes;
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) return give_up(system_error_text(errno));
    if (got == 0) return give_up(format(message::redis_hung_up));
    if (redisReaderFeed(reader_.get(), bytes.data(), static_cast<std::size_t>(got)) != REDIS_OK)
        return give_up(system_error_text(ENOMEM));
    for (;;) {
        void* made = nullptr;
        if (redisReaderGetReply(reader_.get(), &made) != REDIS_OK)
            return give_up(format(message::redis_malformed, {shown(reader_->errstr)}));
        if (made == nullptr) break;
        const Reply reply(static_cast<redisReply*>(made));
        judge(*reply);
        if (socket_ < 0) return;
    }
    if (reader_->len - reader_->pos > largest_reply)
        give_up(format(message::redis_malformed, {std::to_string(reader_->len)}));
}

void RedisLine::judge(const redisReply& reply) noexcept {
    if (is_message(reply) && up_) return user_.on_channel_message(element(reply, 1), element(reply, 2));
    // Redis refuses a connection by an error that nobody asked for: too many clients, protected mode.
    if (reply.type == REDIS_REPLY_ERROR && !text_of(reply).empty()) return give_up(shown(text_of(reply)));
    if (reply.type == REDIS_REPLY_ERROR) return refuse(reply);
    if (!is_awaiting_answer()) return refuse(reply);
    settle(reply);
}

/// The answer to what was asked first.
void RedisLine::settle(const redisReply& reply) noexcept {
    const Asked asked = std::move(asked_.front());
    const auto answered = [&] {
        heard_ = timers_.now();
        asked_.pop_front();
    };
    switch (asked.command) {
    case Command::Login:
        if (!is_status(reply, "OK")) break;
        return answered();
    case Command::Greeting:
        if (!is_status(reply, "PONG")) break;
        answered();
        up_ = true;
        return user_.on_line_up(*this);
    case Command::Ping:
        // A line with subscriptions is answered by an array.
        if (!is_status(reply, "PONG") &&
            !(reply.type == REDIS_REPLY_ARRAY && reply.elements == 2 && element(reply, 0) == "pong"))
            break;
        answered();
        return user_.on_pong();
    case Command::Publish:
        if (reply.type != REDIS_REPLY_INTEGER) break;
        --unacknowledged_;
        return answered();
    case Command::Subscribe:
        if (!confirms(reply, "subscribe", asked.channel)) break;
        answered();
        return user_.on_subscribed();
    case Command::Unsubscribe:
        if (!confirms(reply, "unsubscribe", asked.channel)) break;
        answered();
        return user_.on_unsubscribed(asked.channel);
    }
    refuse(reply);
}

void RedisLine::refuse(const redisReply& reply) noexcept {
    give_up(format(message::redis_malformed, {outline(reply)}));
}

} // namespace qi::ws
