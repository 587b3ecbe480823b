#include "ws/transport/peers/handshake.hpp"

#include "ws/transport/http/exposition.hpp"
#include "ws/transport/http/response.hpp"
#include "ws/transport/http/upgrade.hpp"
#include "ws/transport/net/endpoint.hpp"
#include "ws/transport/peers/loop.hpp"
#include "ws/transport/peers/metrics.hpp"
#include "ws/transport/wire/ascii.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace qi::ws {

namespace {

constexpr Milliseconds longest_lingering{1000};
// A program may take its time over a plain request, but not for ever.
constexpr Milliseconds longest_thought{60000};
// So many at once; the others are closed without it, at worst by a reset.
constexpr std::size_t most_lingering = 256;
// Peers that send no more can't be told from peers that are gone. So many of them are answered, beside those that
// count.
constexpr std::size_t most_half_closed = 256;
// Of the peer's TLS about itself, in place of a request.
constexpr int most_asides = 16;
// This much of a body has to come in each handshake timeout, this much of a file is written at once.
constexpr std::uint64_t body_step = 16 * 1024;
constexpr std::size_t file_step = 64 * 1024;

std::string_view body_for(int status) noexcept {
    switch (status) {
    case 400: return "Not a request that this server understands.\n";
    case 403: return "This origin is not allowed.\n";
    case 404: return "Nothing here.\n";
    case 405: return "Only GET and HEAD.\n";
    case 413: return "The body is too long.\n";
    case 426: return "This is a WebSocket server.\n";
    case 431: return "The request's headers are too long.\n";
    case 500: return "Something went wrong here.\n";
    case 501: return "This transfer coding is not understood.\n";
    case 503: return "Not now.\n";
    case 504: return "No answer in time.\n";
    default: return {};
    }
}

} // namespace

Handshake::Handshake(const Listener& listener, AcceptedSocket accepted, Server& server)
    : listener_(listener.id()), options_(listener.options().connection),
      flow_(std::make_shared<Flow>(options_.send_buffer, options_.channel_capacity)), server_(server),
      socket_(accepted.socket), stream_(accepted.socket, std::move(accepted.tls)),
      alarm_(server.context_.timers, *this), patience_(listener.options().handshake_timeout),
      linger_time_(longest_lingering), local_(std::move(accepted.local)), remote_(std::move(accepted.remote)),
      memory_(listener.memory()) {
    alarm_.set_in(patience_);
}

Handshake::~Handshake() {
    watch_.reset();
    if (socket_ >= 0) ::close(socket_);
    if (file_ >= 0) ::close(file_);
}

// Most requests have arrived by the time of the accept, and need no watching.
void Handshake::start() { stream_.tls() == nullptr ? read() : secure(); }

void Handshake::watch(int events) {
    if (watch_ == nullptr) watch_ = std::make_unique<SocketWatch>(server_.loop_, socket_, *this);
    watch_->watch(events | (stream_.empty() ? 0 : socket_event::writable));
}

void Handshake::secure() {
    phase_ = Phase::Securing;
    switch (stream_.tls()->shake_hands()) {
    case TlsStream::Progress::WantsRead: return watch(socket_event::readable);
    case TlsStream::Progress::Failed: server_.note_refused(listener_, Refusal::Tls, std::nullopt); return finish(false);
    case TlsStream::Progress::Done: break;
    }
    phase_ = Phase::Reading;
    alarm_.set_in(patience_);
    read();
}

void Handshake::on_socket(int events) noexcept {
    const bool failed = (events & (socket_event::readable | socket_event::writable)) ==
                        (socket_event::readable | socket_event::writable);
    // What is stuck of the handshake of TLS, or of an answer.
    if ((events & socket_event::writable) != 0 && !stream_.empty() && phase_ != Phase::Answering) {
        if (!stream_.flush()) return finish(false);
        if (events == socket_event::writable)
            return watch(phase_ != Phase::Judging ? socket_event::readable
                         : half_closed_           ? 0
                                                  : socket_event::peer_gone);
    }
    switch (phase_) {
    case Phase::Securing: return secure();
    case Phase::Reading: return read();
    case Phase::ReadingBody: return read_body();
    case Phase::Answering: return write();
    case Phase::Lingering: return failed ? finish(false) : linger();
    case Phase::Judging: return on_peer_gone(failed);
    case Phase::Upgrading:
    case Phase::Over: return;
    }
}

void Handshake::read() {
    char bytes[4096];
    while (phase_ == Phase::Reading) {
        const ssize_t size = stream_.read(bytes);
        if (size < 0 && errno == EINTR && ++asides_ <= most_asides) continue;
        if (size < 0 && errno == EAGAIN) return watch(socket_event::readable);
        if (size <= 0) return finish(false);
        incoming_.append(bytes, static_cast<std::size_t>(size));
        auto parsed = parse_request(incoming_);
        if (auto* head = std::get_if<ParsedRequest>(&parsed)) {
            head_ = std::move(*head);
            head_.request.remote = remote_;
            head_.request.secure = stream_.tls() != nullptr;
            return judge();
        }
        if (auto* bad = std::get_if<BadRequest>(&parsed)) return refuse(bad->status, Refusal::BadRequest);
    }
}

void Handshake::judge() {
    const Listener* listener = server_.listeners_.find(listener_);
    if (listener == nullptr) return finish(false);
    without_body_ = head_.request.method == "HEAD";
    head_.request.upgrade = wants_upgrade(head_.request);
    if (!is_upgrade()) return judge_plain(*listener);
    if (listener->is_stopping()) return refuse(503, Refusal::Stopping);
    if (const auto fault = upgrade_fault(head_)) return refuse(*fault, Refusal::BadRequest);
    if (listener->is_draining()) return refuse(503, Refusal::Stopping);
    if (const int status = listener->objection(head_.request))
        return refuse(status, status == 403 ? Refusal::Origin : Refusal::Path);
    protocol_ = listener->choose_protocol(head_.request);
    std::string offers;
    for (const std::string& offer : header_items(head_.request, "sec-websocket-extensions")) offers += offer + ",";
    deflate_ = answer_deflate_offers(offers, options_.deflate());
    if (!listener->options().authorize) return upgrade(protocol_, {});
    ask();
}

void Handshake::judge_plain(const Listener& listener) {
    const ListenOptions& options = listener.options();
    const bool reads = head_.request.method == "GET" || without_body_;
    if (head_.request.path == options.health || head_.request.path == options.metrics)
        return reads ? answer_about_itself(listener) : refuse(405, Refusal::Http);
    if (listener.is_stopping()) return refuse(503, Refusal::Stopping);
    if (options.static_folder && reads)
        if (auto file = find_file(*options.static_folder, head_.request)) return answer_with(std::move(*file));
    if (!options.http) return refuse(!options.static_folder ? 426 : reads ? 404 : 405, Refusal::Http);
    auto body = BodyReader::of(head_.request, options_.read_limit);
    if (const int* status = std::get_if<int>(&body)) return refuse(*status, Refusal::BadRequest);
    body_ = std::move(std::get<BodyReader>(body));
    if (body_.is_empty()) return ask();
    phase_ = Phase::ReadingBody;
    if (stream_.tls() != nullptr) stream_.tls()->read_exactly();
    watch(socket_event::readable);
    const std::string come = incoming_.substr(head_.size);
    incoming_ = {};
    constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    if (const std::string* expected = head_.request.header("expect");
        come.empty() && expected != nullptr && equals_ignoring_case(*expected, "100-continue"))
        if (!put(std::string(go_on))) return finish(false);
    add_body(come);
    if (phase_ == Phase::ReadingBody) read_body();
}

/// Without the interpreter, which may be busy.
void Handshake::answer_about_itself(const Listener& listener) {
    const bool stopping = server_.program_stops_ || listener.is_stopping() || listener.is_draining();
    const Header never_stored{"Cache-Control", "no-store"};
    if (head_.request.path == listener.options().health)
        return answer_with(stopping ? 503 : 200, {never_stored}, stopping ? "stopping\n" : "ok\n");
    const auto& query = head_.request.query;
    const bool topics =
        std::find(query.begin(), query.end(), std::pair<std::string, std::string>("topics", "true")) != query.end();
    answer_with(200, {never_stored, {"Content-Type", std::string(exposition_type)}},
                metrics_text(server_.context_.exchange, topics, stopping));
}

void Handshake::read_body() {
    char bytes[16 * 1024];
    // Not for ever in one round: a fast sender must not hold up the others.
    for (int i = 0; (i < 16 || stream_.has_pending()) && phase_ == Phase::ReadingBody; ++i) {
        const ssize_t size = stream_.read(bytes);
        if (size < 0 && errno == EINTR && ++asides_ <= most_asides) continue;
        if (size < 0 && errno == EAGAIN) break;
        if (size <= 0) return finish(false);
        add_body({bytes, static_cast<std::size_t>(size)});
    }
    if (phase_ == Phase::ReadingBody) watch(socket_event::readable);
}

void Handshake::add_body(std::string_view bytes) {
    body_step_ += bytes.size();
    if (body_step_ >= body_step) {
        body_step_ = 0;
        alarm_.set_in(patience_);
    }
    const auto outcome = body_.add(bytes);
    body_memory_.hold(body_.size());
    if (phase_ != Phase::ReadingBody) return;
    if (const int* status = std::get_if<int>(&outcome)) return refuse(*status, Refusal::BadRequest);
    if (!std::holds_alternative<BodyReader::Whole>(outcome)) return;
    head_.request.body = body_.take();
    body_memory_.hold(0);
    ask();
}

void Handshake::on_over_memory() noexcept {
    if (phase_ != Phase::Answering) return refuse(503, Refusal::Memory);
    // Half of an answer can't be taken back: the peer, who was slow to read it, sees an end.
    server_.note_refused(listener_, Refusal::Memory, std::nullopt);
    finish(false);
}

/// Leaves it to the interpreter.
void Handshake::ask() {
    phase_ = Phase::Judging;
    watch(socket_event::peer_gone);
    if (!is_upgrade()) alarm_.set_in(longest_thought);
    auto request = describe(true);
    server_.on_asked(*this);
    server_.context_.deliver(id_, std::move(request));
}

/// While its answer is worked out. Who has only closed its sending side gets one, but no longer counts.
void Handshake::on_peer_gone(bool reset) {
    if (half_closed_) return;
    if (reset || is_reset(socket_) || is_upgrade() || server_.half_closed_ >= most_half_closed) return finish(false);
    watch(0);
    half_closed_ = true;
    ++server_.half_closed_;
    server_.release(std::exchange(admission, {}));
}

void Handshake::answer(Decision decision) {
    if (phase_ != Phase::Judging) return;
    if (!decision.accepted && is_upgrade()) server_.note_refused(listener_, Refusal::Authorize, decision.status);
    if (!decision.accepted || !is_upgrade()) return answer_with(decision.status, decision.headers, decision.body);
    if (!decision.protocol.empty()) protocol_ = std::move(decision.protocol);
    upgrade(protocol_, decision.headers);
}

void Handshake::close(std::optional<Milliseconds> limit) {
    if (limit) {
        patience_ = std::min(patience_, *limit);
        linger_time_ = std::min(linger_time_, *limit);
        limited_ = true;
        if (is_answering()) alarm_.set_in(*limit);
    }
    if (phase_ == Phase::Judging) refuse(503, Refusal::Authorize);
    // Half of an upgrade can't be taken back: the peer sees an end.
    if (phase_ == Phase::Upgrading || (limit && limit->count() == 0)) finish(false);
}

void Handshake::upgrade(const std::string& protocol, const Headers& headers) {
    phase_ = Phase::Upgrading;
    Library::Upgrade upgrade;
    std::string& answer = upgrade.answer;
    if (!protocol.empty()) answer += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
    if (deflate_) {
        answer += "Sec-WebSocket-Extensions: permessage-deflate";
        answer += (deflate_->parameters.empty() ? "" : "; ") + deflate_->parameters + "\r\n";
    }
    for (const Header& header : headers) answer += header.name + ": " + header.value + "\r\n";
    upgrade.deflate = deflate_.has_value();
    upgrade.head = upgrade_head(head_.request);
    upgrade.rest = incoming_.substr(head_.size);
    incoming_ = {};
    if (stream_.tls() != nullptr) tls_ = stream_.tls()->info();
    watch_.reset();
    socket_ = -1;
    upgrade.stream = std::exchange(stream_, Stream{});
    link_ = server_.library_.make_link(*this);
    server_.library_.adopt(*link_, std::move(upgrade));
}

void Handshake::on_open(LinkOpened opened) noexcept {
    if (phase_ != Phase::Upgrading) return; // it was closed while the library was at work
    opened.protocol = protocol_;
    if (deflate_) opened.deflate = deflate_->terms;
    opened.local = std::move(local_);
    opened.remote = std::move(remote_);
    opened.tls = std::move(tls_);
    server_.owner_.on_upgraded(*this, std::move(opened));
    finish(true);
}

void Handshake::on_failed(LinkFailure) noexcept { finish(false); }

// A peer that is only told to go away may still be writing its request: it is read, and not looked at.
void Handshake::refuse_full(Refusal why) { refuse(503, why); }

void Handshake::refuse_at_close() {
    const bool asked = phase_ == Phase::ReadingBody || phase_ == Phase::Judging;
    if (asked || (phase_ == Phase::Reading && !incoming_.empty())) return refuse(503, Refusal::Stopping);
    if (phase_ == Phase::Securing || phase_ == Phase::Reading) finish(false);
}

void Handshake::refuse(int status, Refusal why) {
    server_.note_refused(listener_, why, status);
    Headers headers;
    // A WebSocket is asked for with GET alone.
    if (status == 405) headers.push_back({"Allow", is_upgrade() ? "GET" : "GET, HEAD"});
    answer_with(status, headers, status == 405 && is_upgrade() ? "Only GET.\n" : body_for(status));
}

void Handshake::answer_with(int status, const Headers& headers, std::string_view body) {
    std::string bytes = response_head(status, headers, body.size());
    if (!without_body_ && status != 204 && status != 304) bytes += body;
    body_ = {}; // of a request that is refused
    // As long as it goes out: it is up to the peer how long that takes. Past the limit it may have been answered with
    // 503 in here.
    body_memory_.hold(bytes.size());
    if (phase_ == Phase::Over || is_answering()) return;
    start_answer(std::move(bytes));
}

void Handshake::answer_with(FileAnswer file) {
    file_ = file.file;
    file_offset_ = file.offset;
    file_left_ = file.file < 0 ? 0 : file.length;
    start_answer(response_head(file.status, file.headers, file.length));
}

void Handshake::start_answer(std::string bytes) {
    phase_ = Phase::Answering;
    incoming_ = {};
    alarm_.set_in(patience_);
    if (!put(std::move(bytes))) return finish(false);
    write();
}

/// Behind what waits. False: the socket is lost.
bool Handshake::put(std::string bytes) {
    const auto kept = std::make_shared<const std::string>(std::move(bytes));
    const Buffer owner = Buffer::onto(*kept, kept);
    const Link::Piece piece{owner.view(), &owner};
    return stream_.write({&piece, 1});
}

/// The next piece of the file; empty at its end, or if it can't be read any more.
std::string Handshake::more_of_file() {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(file_left_, file_step)), '\0');
    if (piece.empty()) return piece;
    const ssize_t size = ::pread(file_, piece.data(), piece.size(), static_cast<off_t>(file_offset_));
    piece.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    file_offset_ += piece.size();
    file_left_ -= piece.size();
    return piece;
}

// One piece of a file in each round.
void Handshake::write() {
    const std::size_t before = stream_.left();
    if (!stream_.flush()) return finish(false);
    if ((before == 0 || stream_.left() < before) && !limited_) alarm_.set_in(patience_);
    if (!stream_.empty()) return watch(socket_event::writable);
    body_memory_.hold(0);
    std::string piece = more_of_file();
    if (piece.empty()) return start_lingering();
    if (!put(std::move(piece))) return finish(false);
    watch(socket_event::writable);
}

// Closing with unread bytes would be a reset, and could destroy the answer on its way.
void Handshake::start_lingering() {
    if (server_.lingering_ >= most_lingering) return finish(false);
    ++server_.lingering_;
    phase_ = Phase::Lingering;
    stream_.end_writing();
    if (!limited_) alarm_.set_in(linger_time_);
    watch(socket_event::readable);
}

void Handshake::linger() {
    char bytes[16 * 1024];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) finish(false);
}

void Handshake::on_alarm() noexcept {
    if (phase_ == Phase::Judging) return refuse(is_upgrade() ? 503 : 504, Refusal::Timeout); // nobody decided in time
    if (phase_ == Phase::Securing) server_.note_refused(listener_, Refusal::Tls, std::nullopt);
    if (phase_ == Phase::Reading || phase_ == Phase::ReadingBody)
        server_.note_refused(listener_, Refusal::Timeout, std::nullopt);
    finish(false);
}

void Handshake::finish(bool upgraded) noexcept {
    const Phase last = std::exchange(phase_, Phase::Over);
    if (last == Phase::Over) return;
    if (last == Phase::Lingering) --server_.lingering_;
    if (std::exchange(half_closed_, false)) --server_.half_closed_;
    alarm_.clear();
    if (watch_ != nullptr) watch_->watch(0);
    if (!upgraded && was_described()) server_.context_.deliver(id_, EndedDelivery{});
    server_.on_over(*this, upgraded);
}

std::unique_ptr<AcceptedDelivery> Handshake::describe(bool awaits_answer) {
    id_ = server_.context_.exchange.next_id();
    auto delivery = std::make_unique<AcceptedDelivery>();
    delivery->listener = listener_;
    delivery->request = std::move(head_.request);
    head_.request.upgrade = delivery->request.upgrade;
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
