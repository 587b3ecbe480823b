#include "client.hpp"

#include "fail.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>

namespace qi::bench {

namespace {

// Any sixteen bytes in base64 (RFC 6455, 4.1); the same ones for all connections.
constexpr std::string_view key = "cWkgbG9hZCBrZXkgMDAwMQ==";

std::string request(const Options& options, std::string_view path) {
    std::string text = "GET ";
    text += path;
    text += " HTTP/1.1\r\nHost: " + options.host + ":" + std::to_string(options.port) +
            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
    text += key;
    return text + "\r\n\r\n";
}

/// RFC 6455, 4.2.2: what the server has to make of the key.
std::string accept_value() {
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char hash[SHA_DIGEST_LENGTH], encoded[2 * SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
    int size = EVP_EncodeBlock(encoded, hash, sizeof hash);
    return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size)};
}

std::string normal_closure() {
    return {char(1000 >> 8), char(1000 & 0xff)}; // RFC 6455, 7.4.1
}

} // namespace

Client::Client(Run& run, std::string_view path) : run_(run), request_(request(run.options, path)) {}

void Client::open() {
    state_ = State::Upgrading;
    ++run_.opening;
    head_.clear();
    reader_ = {};
    outgoing_.clear();
    outgoing_.text() += request_;
    stream_.emplace(run_.target);
    run_.loop.watch(stream_->descriptor(), *this); // which says at once that it can be written to, or when
}

void Client::close() {
    if (state_ != State::Open) return;
    state_ = State::Closing;
    --run_.open;
    ++run_.closing;
    send_control(Opcode::Close, normal_closure());
}

void Client::send(const Messages& messages, std::uint32_t sender, std::uint32_t number) {
    outgoing_.append_kept(messages.append_frame(outgoing_.text(), sender, number));
}

void Client::send_text(std::string_view text) {
    append_head(outgoing_.text(), Opcode::Text, text.size());
    append_masked(outgoing_.text(), text);
}

void Client::flush() {
    if (stream_ && !outgoing_.empty()) outgoing_.flush(*stream_);
}

void Client::ready(std::uint32_t events) {
    if (!outgoing_.empty()) outgoing_.flush(*stream_);
    if (events & ~static_cast<std::uint32_t>(EPOLLOUT)) read_all(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
    if (stream_ && !outgoing_.empty()) outgoing_.flush(*stream_);
}

void Client::read_all(bool has_ended) {
    auto& buffer = run_.loop.buffer();
    for (;;) {
        long count = stream_->read(buffer.data(), buffer.size());
        if (count < 0) return end();
        if (count == 0) return;
        now_ = Clock::now();
        auto size = static_cast<std::size_t>(count);
        take({buffer.data(), size});
        if (size < buffer.size() && stream_->gives_all_at_once() && !has_ended) return;
        flush();
    }
}

void Client::take(std::string_view bytes) {
    if (state_ == State::Upgrading) bytes = take_head(bytes);
    reader_.read(bytes, *this);
}

std::string_view Client::take_head(std::string_view bytes) {
    std::size_t before = head_.size();
    head_ += bytes;
    std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) return {};
    static const std::string accepted = accept_value();
    if (!head_.starts_with("HTTP/1.1 101 ") || head_.find(accepted) > end)
        fail("the server doesn't upgrade:\n" + head_.substr(0, end));
    state_ = State::Open;
    --run_.opening;
    ++run_.open;
    opened();
    return bytes.substr(end + 4 - before);
}

void Client::end() {
    if (state_ == State::Upgrading) fail("the server closed a connection before it answered the request");
    if (state_ != State::Closed) fail("the server closed the socket before it sent a close frame");
    state_ = State::Ended;
    stream_.reset();
    --run_.closing;
    ended();
}

void Client::control(Opcode opcode, std::string_view payload) {
    switch (opcode) {
    case Opcode::Ping: pinged(); return send_control(Opcode::Pong, payload);
    case Opcode::Pong: return;
    case Opcode::Close: break;
    default: unexpected("a control frame of an unknown kind");
    }
    if (state_ != State::Closing) unexpected("a close frame");
    // RFC 6455, 5.5.1: an endpoint typically sends the code back that it got.
    if (payload.substr(0, 2) != normal_closure()) fail("the server answered with another close code than 1000");
    state_ = State::Closed;
}

void Client::send_control(Opcode opcode, std::string_view payload) {
    append_head(outgoing_.text(), opcode, payload.size());
    append_masked(outgoing_.text(), payload);
}

void Client::unexpected(const char* what) { fail(std::string("the server sent ") + what + " that nobody waited for"); }

} // namespace qi::bench
