#include "connection.hpp"

#include "fail.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>

namespace qi::bench {

void Connection::flush() {
    if (stream_ && !outgoing_.empty()) outgoing_.flush(*stream_);
}

void Connection::ready(std::uint32_t events) {
    flush();
    if (events & ~static_cast<std::uint32_t>(EPOLLOUT)) read_all(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
    flush();
    settled();
}

void Connection::read_all(bool has_ended) {
    auto& buffer = run_.loop.buffer();
    while (stream_) {
        long count = stream_->read(buffer.data(), buffer.size());
        if (count < 0) return no_more();
        if (count == 0) return;
        now_ = Clock::now();
        auto size = static_cast<std::size_t>(count);
        std::size_t used = is_upgraded_ ? 0 : head_in({buffer.data(), size});
        reader_.read({buffer.data() + used, size - used}, *this);
        if (size < buffer.size() && stream_ && stream_->gives_all_at_once() && !has_ended) return;
        flush();
    }
}

/// How many of the bytes belong to the head.
std::size_t Connection::head_in(std::string_view bytes) {
    std::size_t before = head_.size();
    head_ += bytes;
    std::size_t end = head_.find("\r\n\r\n");
    if (end == std::string::npos) return bytes.size();
    head_.resize(end);
    is_upgraded_ = true;
    take_head(head_);
    return end + 4 - before;
}

void Connection::control(Opcode opcode, std::string_view payload) {
    switch (opcode) {
    case Opcode::Ping: pinged(); return send_whole(Opcode::Pong, payload);
    case Opcode::Pong: return;
    case Opcode::Close: return close_frame(payload);
    default: unexpected("a control frame of an unknown kind");
    }
}

void Connection::send_whole(Opcode opcode, std::string_view payload) {
    append_head(outgoing_.text(), role_, opcode, payload.size());
    if (role_ == Role::Client)
        append_masked(outgoing_.text(), payload);
    else
        outgoing_.text() += payload;
}

void Connection::unexpected(const char* what) const {
    fail(std::string("the ") + other_side(role_) + " sent " + what + " that nobody waited for");
}

std::string accept_value(std::string_view key) {
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char hash[SHA_DIGEST_LENGTH], encoded[2 * SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
    int size = EVP_EncodeBlock(encoded, hash, sizeof hash);
    return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size)};
}

} // namespace qi::bench
