#include "guest.hpp"

#include "fail.hpp"

#include <algorithm>
#include <cctype>

namespace qi::bench {

namespace {

/// The value of a field of the request (RFC 9110, 5.1: the case of its name doesn't matter), or nothing.
std::string_view field(std::string_view head, std::string_view name) {
    auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
    for (std::size_t line = head.find("\r\n"); line != std::string_view::npos; line = head.find("\r\n", line + 2)) {
        std::string_view rest = head.substr(line + 2);
        if (rest.size() <= name.size() || rest[name.size()] != ':') continue;
        if (!std::equal(name.begin(), name.end(), rest.begin(), same)) continue;
        rest = rest.substr(name.size() + 1, rest.find("\r\n") - (name.size() + 1));
        std::size_t from = rest.find_first_not_of(' ');
        return from == std::string_view::npos ? "" : rest.substr(from, rest.find_last_not_of(' ') + 1 - from);
    }
    return {};
}

} // namespace

void Guest::welcome(int descriptor) {
    state_ = State::Upgrading;
    start(run().target, descriptor);
}

void Guest::close() {
    state_ = State::Closing;
    send_whole(Opcode::Close, normal_closure());
}

void Guest::send(std::string_view text) {
    append_head(outgoing().text(), Role::Server, Opcode::Text, text.size());
    outgoing().text() += text;
}

void Guest::take_head(const std::string& head) {
    std::string_view key = field(head, "Sec-WebSocket-Key");
    if (!head.starts_with("GET / HTTP/1.1\r\n") || field(head, "Sec-WebSocket-Version") != "13" || key.empty())
        fail("the client doesn't ask for an upgrade:\n" + head);
    outgoing().text() += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         "Sec-WebSocket-Accept: " +
                         accept_value(key) + "\r\n\r\n";
    state_ = State::Open;
    opened();
}

void Guest::close_frame(std::string_view payload) {
    if (payload.substr(0, 2) != normal_closure()) fail("the client closed with another code than 1000");
    if (state_ == State::Open) send_whole(Opcode::Close, normal_closure());
    state_ = State::Closed;
}

void Guest::no_more() {
    if (state_ != State::Closed) fail("the client closed the socket before the close frames of both sides");
    outgoing().clear();
}

/// RFC 6455, 7.1.1: the server closes the socket first, if the client can wait.
void Guest::settled() {
    if (state_ != State::Closed || !outgoing().empty()) return;
    state_ = State::Ended;
    stop();
    ended();
}

} // namespace qi::bench
