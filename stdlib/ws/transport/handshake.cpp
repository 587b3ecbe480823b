#include "ws/transport/handshake.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace qi::ws {

namespace {

// After a refusal the peer gets this long to read it before the socket is closed.
constexpr Milliseconds linger_time{1000};

std::string_view body_for(int status) noexcept {
    switch (status) {
    case 400: return "Not a request that this server understands.\n";
    case 403: return "This origin is not allowed.\n";
    case 404: return "Nothing here.\n";
    case 405: return "Only GET.\n";
    case 426: return "This is a WebSocket server.\n";
    case 431: return "The request's headers are too long.\n";
    case 503: return "Not now.\n";
    default: return {};
    }
}

} // namespace

Handshake::Handshake(const Listener& listener, int socket, std::string remote, Front& front)
    : listener_(listener.id()), options_(listener.options().connection),
      flow_(std::make_shared<Flow>(options_.send_buffer, options_.channel_capacity)), front_(front), socket_(socket),
      watch_(std::make_unique<SocketWatch>(front.loop_, socket, *this)), alarm_(front.desk_.timers, *this) {
    head_.request.remote = std::move(remote);
    alarm_.set_in(listener.options().handshake_timeout);
}

Handshake::~Handshake() {
    watch_.reset();
    if (socket_ >= 0) ::close(socket_);
}

// Most requests have arrived by the time of the accept.
void Handshake::start() {
    watch_->watch(UV_READABLE);
    read();
}

void Handshake::on_socket(int) noexcept {
    switch (phase_) {
    case Phase::Reading: return read();
    case Phase::Refusing: return write();
    case Phase::Lingering: return linger();
    case Phase::Judging:
    case Phase::Upgrading:
    case Phase::Over: return;
    }
}

void Handshake::read() {
    char bytes[4096];
    while (phase_ == Phase::Reading) {
        const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size <= 0) return finish(false);
        incoming_.append(bytes, static_cast<std::size_t>(size));
        auto parsed = parse_request(incoming_);
        if (auto* head = std::get_if<ParsedHead>(&parsed)) {
            head->request.remote = std::move(head_.request.remote);
            head_ = std::move(*head);
            return judge();
        }
        if (auto* bad = std::get_if<BadRequest>(&parsed)) return refuse(bad->status);
    }
}

void Handshake::judge() {
    phase_ = Phase::Judging;
    watch_->watch(0);
    const Listener* listener = front_.listeners_.find(listener_);
    if (listener == nullptr) return finish(false);
    if (const auto fault = upgrade_fault(head_)) return refuse(*fault);
    if (const int status = listener->objection(head_.request)) return refuse(status);
    protocol_ = listener->choose_protocol(head_.request);
    std::string offers;
    for (const std::string& offer : header_items(head_.request, "sec-websocket-extensions")) offers += offer + ",";
    deflate_ = answer_deflate_offers(offers, options_.compression);
    if (!listener->options().authorize) return upgrade(protocol_, {});
    auto request = describe(true);
    front_.desk_.deliver(id_, std::move(request));
}

void Handshake::answer(Decision decision) {
    if (phase_ != Phase::Judging) return;
    if (!decision.accepted) return refuse(decision.status, decision.headers, decision.body);
    if (!decision.protocol.empty()) protocol_ = std::move(decision.protocol);
    upgrade(protocol_, decision.headers);
}

void Handshake::upgrade(const std::string& protocol, const Headers& headers) {
    phase_ = Phase::Upgrading;
    std::string answer;
    if (!protocol.empty()) answer += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
    for (const Header& header : headers) answer += header.name + ": " + header.value + "\r\n";
    // Frames may stand right behind the head already.
    const std::string head = upgrade_head(head_.request, deflate_) + incoming_.substr(head_.size);
    incoming_ = {};
    watch_.reset();
    link_ = front_.library_.make_link(*this);
    front_.library_.adopt(*link_, std::exchange(socket_, -1), head, std::move(answer), deflate_);
}

void Handshake::on_open(LinkOpened opened) noexcept {
    opened.protocol = protocol_;
    if (deflate_) opened.deflate = deflate_->terms;
    if (opened.remote.empty()) opened.remote = head_.request.remote;
    front_.user_.on_upgraded(*this, std::move(opened));
    finish(true);
}

void Handshake::on_failed(LinkFailure) noexcept { finish(false); }

// A peer that is only told to go away may still be writing its request: it is read, and not looked at.
void Handshake::refuse_full() { refuse(503); }

void Handshake::refuse_at_close() {
    if (phase_ == Phase::Reading || phase_ == Phase::Judging) finish(false);
}

void Handshake::refuse(int status) { refuse(status, {}, body_for(status)); }

void Handshake::refuse(int status, const Headers& headers, std::string_view body) {
    phase_ = Phase::Refusing;
    outgoing_ = response(status, headers, head_.request.method == "HEAD" ? std::string_view{} : body);
    alarm_.set_in(linger_time);
    watch_->watch(UV_WRITABLE);
    write();
}

void Handshake::write() {
    while (!outgoing_.empty()) {
        const ssize_t size = ::send(socket_, outgoing_.data(), outgoing_.size(), MSG_NOSIGNAL);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size < 0) return finish(false);
        outgoing_.erase(0, static_cast<std::size_t>(size));
    }
    // Closing with unread bytes would be a reset, and could destroy the answer on its way.
    phase_ = Phase::Lingering;
    ::shutdown(socket_, SHUT_WR);
    watch_->watch(UV_READABLE);
}

void Handshake::linger() {
    char bytes[16 * 1024];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) finish(false);
}

void Handshake::on_alarm() noexcept {
    if (phase_ == Phase::Judging)
        refuse(503); // nobody decided in time
    else
        finish(false);
}

void Handshake::finish(bool upgraded) noexcept {
    if (std::exchange(phase_, Phase::Over) == Phase::Over) return;
    alarm_.clear();
    if (watch_ != nullptr) watch_->watch(0);
    if (!upgraded && was_described()) front_.desk_.deliver(id_, EndedDelivery{});
    front_.on_over(*this, upgraded);
}

std::unique_ptr<AcceptedDelivery> Handshake::describe(bool awaits_answer) {
    id_ = front_.desk_.exchange.next_id();
    auto delivery = std::make_unique<AcceptedDelivery>();
    delivery->listener = listener_;
    delivery->request = std::move(head_.request);
    // The key is still needed for the upgrade.
    if (const std::string* key = delivery->request.header("sec-websocket-key"))
        head_.request.headers = {{"sec-websocket-key", *key}};
    const std::string* host = delivery->request.header("host");
    delivery->url = (delivery->request.secure ? "wss://" : "ws://") + (host == nullptr ? std::string{} : *host) +
                    delivery->request.target;
    delivery->options = options_;
    delivery->flow = flow_;
    delivery->awaits_answer = awaits_answer;
    return delivery;
}

} // namespace qi::ws
