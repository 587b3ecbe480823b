#include "client.hpp"

#include "fail.hpp"

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

} // namespace

Client::Client(Run& run, std::string_view path) : Connection(run, Role::Client), request_(request(run.options, path)) {}

void Client::open() {
    state_ = State::Upgrading;
    ++run().opening;
    start(run().target);
    outgoing().text() += request_;
}

void Client::close() {
    if (state_ != State::Open) return;
    state_ = State::Closing;
    --run().open;
    ++run().closing;
    send_whole(Opcode::Close, normal_closure());
}

void Client::send(const Messages& messages, std::uint32_t sender, std::uint32_t number) {
    outgoing().append_kept(messages.append_frame(outgoing().text(), sender, number));
}

void Client::send_text(std::string_view text) { send_whole(Opcode::Text, text); }

void Client::take_head(const std::string& head) {
    static const std::string accepted = accept_value(key);
    if (!head.starts_with("HTTP/1.1 101 ") || head.find(accepted) == std::string::npos)
        fail("the server doesn't upgrade:\n" + head);
    state_ = State::Open;
    --run().opening;
    ++run().open;
    opened();
}

void Client::close_frame(std::string_view payload) {
    if (state_ != State::Closing) unexpected("a close frame");
    // RFC 6455, 5.5.1: an endpoint typically sends the code back that it got.
    if (payload.substr(0, 2) != normal_closure()) fail("the server answered with another close code than 1000");
    state_ = State::Closed;
}

void Client::no_more() {
    if (state_ == State::Upgrading) fail("the server closed a connection before it answered the request");
    if (state_ != State::Closed) fail("the server closed the socket before it sent a close frame");
    state_ = State::Ended;
    stop();
    --run().closing;
    ended();
}

} // namespace qi::bench
