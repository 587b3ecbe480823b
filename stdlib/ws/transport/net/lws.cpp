// libwebsockets as Links. The library connects, does a client's TLS and both handshakes of WebSocket, polls and closes;
// its reading is taken over (library_calls.hpp): a server's answer and all frames are read here, by our own parsers,
// and of them the library sees
//
//   an answer that was found good     in its shortest form
//   everything else                   nothing (EAGAIN), or the end
//
// Frames are written past it. A server's TLS it doesn't know of: it sees a plain socket.
// The callback below only translates: a reason and its bytes become one call. Over 600 lines: nothing else may see the
// library's types.
#include "ws/transport/net/lws.hpp"

#include "base/system_error.hpp"
#include "ws/transport/http/answer_reader.hpp"
#include "ws/transport/http/upgrade.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/net/connect_error.hpp"
#include "ws/transport/net/library_calls.hpp"
#include "ws/transport/net/library_events.hpp"
#include "ws/transport/net/placeholder_listener.hpp"
#include "ws/transport/net/socket_counts.hpp"
#include "ws/transport/net/stream.hpp"
#include "ws/transport/wire/frame_reader.hpp"

#include <libwebsockets.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws {

namespace {

// One read takes at most so much. OpenSSL gives a record of at most 16 KiB at a time.
constexpr std::size_t input_size = 64 * 1024;
// A payload of which less is missing is copied.
constexpr std::size_t worth_its_room = 16 * 1024;
// Of one connection's records in a row, so that others have their turn.
constexpr int most_records = 16;
// What each connection of the library's has for payloads, which it never sees.
constexpr unsigned library_buffer = 256;
// Handshakes of clients are put together in this one.
constexpr unsigned service_buffer = 128 * 1024;
// What the library sees of a head is short.
constexpr unsigned header_memory = 4 * 1024;
// Deadlines are our own; the library's are set where they can't interfere.
constexpr unsigned far_seconds = 30 * 24 * 3600;
// All zero: no pings of the library's own, and no timer for them in one sorted list of all connections. It would take
// everybody for silent, as it never sees a frame.
constexpr lws_retry_bo_t no_policy{};

class LwsLibrary;

class LwsLink final : public OpeningLink {
public:
    LwsLink(LwsLibrary& library, OpeningUser& user) noexcept : library_(library), opening_(&user) {}
    ~LwsLink() override;

    bool write(std::span<const Piece> pieces) noexcept override;
    bool stuck() const noexcept override {
        return wsi_ != nullptr && (!stream_.empty() || lws_partial_buffered(wsi_) != 0);
    }
    void read(bool on) noexcept override;
    void drop() noexcept override;
    void finish() noexcept override;
    void use(LinkUser& user) noexcept override { user_ = &user; }
    bool is_connected() const noexcept override;
    int bare_socket() const noexcept override;
    Delivered delivered() const noexcept override;
    std::uint64_t taken() const noexcept override;

    bool is_open() const noexcept { return user_ != nullptr; }
    void bind(lws* wsi) noexcept { wsi_ = wsi; }
    lws** slot() noexcept { return &wsi_; }
    const std::string& host() const noexcept { return trust_->host; }
    lws* wsi() const noexcept { return wsi_; }
    void start_client(const ClientAttempt& attempt);
    void start_server(Library::Upgrade upgrade);

    // From the callback.

    bool write_client_head(char** end, std::size_t room);
    bool add_answer(lws_process_html_args& arguments) const;
    bool verify(x509_store_ctx_st* store, bool acceptable) noexcept;
    void on_established() noexcept;
    void read_last_answer() noexcept;
    void on_connect_error() noexcept;
    /// False: the link is over.
    bool on_writable() noexcept;
    void on_going() noexcept;
    void fail(LinkFailure failure) noexcept;

    // In place of the library's reading.

    ssize_t receive(char* into, std::size_t size) noexcept;
    int receive_tls(ssl_st* ssl, char* into, std::size_t size) noexcept;
    /// What was left when reading was stopped.
    void read_rest() noexcept;
    /// In place of the library's writing, of a server under TLS: as send().
    std::optional<ssize_t> send(std::string_view bytes) noexcept;
    /// In the list of those that it is to be called for. Only its keeper looks at it.
    bool is_unread = false;

private:
    enum class Stage : std::uint8_t { Waiting, Answer, Agreed, Frames, Finishing };
    /// How far reading has got.
    enum class Progress : std::uint8_t {
        Exhausted, // nothing more has come
        Held,      // there may be more
        Ended,     // nothing more will come
    };

    Progress pump() noexcept;
    void wait_to_end() noexcept;
    /// To be told when the socket takes more, if that is waited for.
    void ask_for_room() noexcept {
        if (stream_.wants_room()) lws_callback_on_writable(wsi_);
    }
    std::span<char> room_for_payload() noexcept;
    Progress note_error(ssize_t outcome) noexcept;
    Progress note_end(Loss how) noexcept;
    Loss how_it_ended() const noexcept;
    void take(char* bytes, std::size_t size) noexcept;
    void take_answer(std::string_view bytes);
    std::size_t give_answer(char* into, std::size_t size) noexcept;
    void watch_socket() noexcept;
    void end_writing() noexcept;
    Loss loss() noexcept;

    LwsLibrary& library_;
    lws* wsi_ = nullptr;
    Stream stream_; // from when it is read; a client's TLS from when it is open
    OpeningUser* opening_;
    LinkUser* user_ = nullptr;
    Stage stage_ = Stage::Waiting;
    bool dropped_ = false;
    bool reading_ = true;
    bool pumping_ = false;
    bool writing_ended_ = false;
    bool waits_to_end_ = false; // until what is left to write has gone out
    bool is_client_ = false;
    std::optional<Loss> end_; // of what comes
    std::uint64_t taken_at_end_ = 0;
    std::string rest_; // read, and not handed over yet
    std::optional<FrameReader> frames_;

    /// Until it is open.
    struct Opening {
        ClientAttempt attempt; // what it points to lives as long
        std::optional<AnswerReader> answer;
        std::optional<LinkFailure> refusal;
        AnswerReader::Agreed agreed;
        std::string answer_lines; // of a server
        bool deflate = false;     // a server's
    };
    std::unique_ptr<Opening> opening_state_ = std::make_unique<Opening>();

    /// A client's: whom it wants to speak to.
    struct Trust {
        std::string host; // in SNI and in the server's certificate
        bool verify = true;
        TlsTrouble trouble;
    };
    std::unique_ptr<Trust> trust_;
};

class LwsLibrary final : public Library, private LibraryTraffic {
public:
    explicit LwsLibrary(EventLoop& loop) : events_(loop) {}
    ~LwsLibrary() override;
    Result<void> start();
    static LwsLibrary& of(lws* wsi) noexcept {
        return *static_cast<LwsLibrary*>(lws_context_user(lws_get_context(wsi)));
    }

    std::unique_ptr<OpeningLink> make_link(OpeningUser& user) override {
        return std::make_unique<LwsLink>(*this, user);
    }
    void connect(OpeningLink& link, const ClientAttempt& attempt) override;
    void adopt(OpeningLink& link, Upgrade upgrade) override;
    void settle() noexcept override;
    bool is_unsettled() const noexcept override { return events_.is_unsettled(); }
    void settle_again() noexcept { events_.settle_again(); }

    /// What comes on the socket is this link's.
    void watch(int socket, LwsLink& link);
    void forget(LwsLink& link, int socket) noexcept;
    /// Its read_rest() is called when the loop has looked at the sockets.
    void read_later(LwsLink& link);
    char* input() noexcept { return input_.get(); }

    /// The link of the socket that is being adopted: the callback for it comes before its address is known.
    LwsLink* adopting = nullptr;

private:
    std::optional<ssize_t> on_recv(int socket, char* into, std::size_t size) noexcept override;
    std::optional<ssize_t> on_send(int socket, std::string_view bytes) noexcept override;
    std::optional<int> on_ssl_read(ssl_st* ssl, char* into, std::size_t size) noexcept override;
    LwsLink* find(int socket) const noexcept {
        return socket >= 0 && static_cast<std::size_t>(socket) < by_socket_.size()
                   ? by_socket_[static_cast<std::size_t>(socket)]
                   : nullptr;
    }
    void read_rests() noexcept;
    /// nullptr: there is no memory for it.
    lws_vhost* make_vhost(const char* name, ssl_ctx_st* tls);
    lws_vhost* vhost_for(ssl_ctx_st* tls);

    const PlaceholderListener placeholder_;
    LibraryEvents events_;
    lws_context* context_ = nullptr;
    lws_vhost* plain_ = nullptr;
    struct Secure {
        SslContext context; // a reference of our own, so that the address stays its
        lws_vhost* vhost = nullptr;
    };
    std::map<ssl_ctx_st*, Secure> secure_;
    std::vector<LwsLink*> by_socket_;
    std::vector<LwsLink*> unread_; // to be gone on with
    const std::unique_ptr<char[]> input_{new char[input_size]};
};

LwsLink* link_of(lws* wsi) noexcept { return static_cast<LwsLink*>(lws_get_opaque_user_data(wsi)); }

/// A handshake is about to go on, and ends if the callback returns 1.
bool goes_on(lws_callback_reasons reason) noexcept {
    switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
    case LWS_CALLBACK_ADD_HEADERS:
    case LWS_CALLBACK_ESTABLISHED: return true;
    default: return false;
    }
}

int translate(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t size) noexcept {
    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED) {
        LwsLink* link = LwsLibrary::of(wsi).adopting;
        if (link == nullptr) return 0;
        lws_set_opaque_user_data(wsi, link);
        link->bind(wsi);
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_CLIENT_WRITEABLE:
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_ADD_HEADERS:
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
    case LWS_CALLBACK_WS_CLIENT_DROP_PROTOCOL:
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
    case LWS_CALLBACK_CLIENT_CLOSED:
    case LWS_CALLBACK_CLOSED:
    case LWS_CALLBACK_CLOSED_HTTP:
    case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
    case LWS_CALLBACK_WSI_DESTROY: break;
    default: return 0;
    }
    LwsLink* link = link_of(wsi);
    if (link == nullptr) return goes_on(reason) ? 1 : 0;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_WRITEABLE:
    case LWS_CALLBACK_SERVER_WRITEABLE: return link->on_writable() ? 0 : -1;
    case LWS_CALLBACK_ADD_HEADERS: return link->add_answer(*static_cast<lws_process_html_args*>(in)) ? 0 : 1;
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return link->write_client_head(static_cast<char**>(in), size) ? 0 : 1;
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
        return link->verify(static_cast<x509_store_ctx_st*>(user), size != 0) ? 0 : 1;
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_CLIENT_ESTABLISHED: link->on_established(); return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: link->on_connect_error(); return 0;
    case LWS_CALLBACK_WS_CLIENT_DROP_PROTOCOL:
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
        // The first sign of an end. While opening, others follow.
        if (link->is_open()) link->on_going();
        return 0;
    default: link->on_going(); return 0;
    }
}

const lws_protocols protocols[] = {
    {"qi", translate, sizeof(void*), library_buffer, 0, nullptr, 16u << 20},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

int socket_error(int socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// Links.

/// Ends a socket from the loop.
void kill(lws* wsi) noexcept {
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
    LwsLibrary::of(wsi).settle_again();
}

void LwsLink::read(bool on) noexcept {
    reading_ = on;
    if (frames_) frames_->hold(!on);
    if (wsi_ == nullptr) return;
    lws_rx_flow_control(wsi_, on ? 1 : 0);
    if (!on || pumping_) return;
    if (!rest_.empty() || stream_.has_pending()) library_.read_later(*this);
}

LwsLink::~LwsLink() {
    library_.forget(*this, stream_.socket());
    if (wsi_ == nullptr) return;
    lws_set_opaque_user_data(wsi_, nullptr);
    kill(wsi_);
    // If the peer's answer has come by now, the library goes on with the handshake first and sets a timeout of its own,
    // which takes back that end. Another waits behind each step.
    ::shutdown(lws_get_socket_fd(wsi_), SHUT_RDWR);
}

bool LwsLink::write(std::span<const Piece> pieces) noexcept {
    if (wsi_ == nullptr || dropped_) return false;
    // Past the library, which would copy what the kernel doesn't take, and knows nothing of pieces. It still says when
    // there is room again.
    const bool waited = !stream_.empty();
    if (stream_.write(pieces)) {
        if (!waited) ask_for_room();
        return true;
    }
    if (is_reset(stream_.socket())) end_ = Loss::Reset;
    drop();
    return false;
}

void LwsLink::drop() noexcept {
    if (wsi_ == nullptr || dropped_) return;
    dropped_ = true;
    kill(wsi_);
}

bool LwsLink::is_connected() const noexcept {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    return wsi_ != nullptr && getpeername(lws_get_socket_fd(wsi_), reinterpret_cast<sockaddr*>(&address), &size) == 0;
}

std::uint64_t LwsLink::taken() const noexcept { return wsi_ == nullptr ? taken_at_end_ : stream_.taken(); }

Link::Delivered LwsLink::delivered() const noexcept {
    if (wsi_ == nullptr) return {};
    const int socket = lws_get_socket_fd(wsi_);
    return {bytes_confirmed(socket), !stuck() && !has_unconfirmed(socket)};
}

int LwsLink::bare_socket() const noexcept {
    return wsi_ == nullptr || stream_.tls() != nullptr ? -1 : stream_.socket();
}

void LwsLink::start_client(const ClientAttempt& attempt) {
    is_client_ = true;
    opening_state_->attempt = attempt;
    const ClientTls& tls = attempt.options->tls;
    trust_ = std::make_unique<Trust>(
        Trust{std::string(without_dot(tls.server_name.empty() ? attempt.url->host : tls.server_name)), tls.verify, {}});
}

void LwsLink::start_server(Library::Upgrade upgrade) {
    opening_state_->answer_lines = std::move(upgrade.answer);
    opening_state_->deflate = upgrade.deflate;
    rest_ = std::move(upgrade.rest);
    stream_ = std::move(upgrade.stream);
    library_.watch(stream_.socket(), *this);
}

// The library has put a head of its own together, with a Host of at most 127 bytes, a target of at most
// 2 KiB and headers that nobody asked for. Only its key is kept.
bool LwsLink::write_client_head(char** end, std::size_t room) {
    char* start = *end + room + 12 - service_buffer;
    const std::string_view made(start, static_cast<std::size_t>(*end - start));
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t at = made.find(name);
    if (!made.starts_with("GET ") || at == std::string_view::npos) return false;
    const std::string key(made.substr(at + name.size(), 24));
    const ClientAttempt& attempt = opening_state_->attempt;
    const ConnectOptions& options = *attempt.options;
    const std::string head = client_head(*attempt.url, key, options.protocols, options.origin,
                                         options.connection.deflate(), options.headers);
    std::memcpy(start, head.data(), head.size());
    *end = start + head.size();
    opening_state_->answer.emplace(key, options.protocols, options.connection.deflate());
    stage_ = Stage::Answer;
    stream_ = Stream(lws_get_socket_fd(wsi_));
    library_.watch(stream_.socket(), *this);
    return true;
}

bool LwsLink::add_answer(lws_process_html_args& arguments) const {
    const std::string& lines = opening_state_->answer_lines;
    if (static_cast<std::size_t>(arguments.max_len) < lines.size() + 16) return false;
    std::memcpy(arguments.p, lines.data(), lines.size());
    arguments.p += lines.size();
    return true;
}

bool LwsLink::verify(x509_store_ctx_st* store, bool acceptable) noexcept {
    return trust_ != nullptr && verify_certificate(store, acceptable, trust_->host, trust_->verify, trust_->trouble);
}

void LwsLink::on_established() noexcept {
    if (opening_ == nullptr) return;
    SSL* const secured = lws_get_ssl(wsi_);
    if (secured != nullptr) {
        auto tls = TlsStream::over(stream_.socket(), secured);
        if (tls == nullptr) { // no memory
            drop();
            return fail(LinkFailure{LinkFailure::Stage::Dropped, ENOMEM, {}, {}, {}, nullptr});
        }
        stream_ = Stream(stream_.socket(), std::move(tls));
    }
    OpeningUser* user = std::exchange(opening_, nullptr);
    AnswerReader::Agreed& agreed = opening_state_->agreed;
    LinkOpened opened;
    opened.protocol = std::move(agreed.protocol);
    opened.deflate = agreed.deflate;
    if (is_client_) { // a server knows them from the accept
        opened.local = local_endpoint(stream_.socket());
        opened.remote = remote_endpoint(stream_.socket());
    }
    if (secured != nullptr) opened.tls = describe_tls(secured);
    frames_.emplace(is_client_ ? Role::Client : Role::Server,
                    is_client_ ? agreed.deflate.agreed : opening_state_->deflate);
    stage_ = Stage::Frames;
    opening_state_.reset();
    user->on_open(std::move(opened));
    if (!rest_.empty() || stream_.has_pending()) library_.read_later(*this);
}

// What the server said before it cut the connection may be an answer, or why TLS failed.
void LwsLink::read_last_answer() noexcept {
    if (stage_ == Stage::Answer && !end_ && wsi_ != nullptr) pump();
}

void LwsLink::on_connect_error() noexcept {
    read_last_answer();
    library_.forget(*this, stream_.socket());
    Opening& opening = *opening_state_;
    if (opening.refusal) return fail(std::move(*opening.refusal));
    LinkFailure failure;
    const int socket = lws_get_socket_fd(wsi_);
    failure.system_error = socket < 0 ? 0 : socket_error(socket);
    const SSL* ssl = lws_get_ssl(wsi_);
    if (ssl != nullptr && trust_ != nullptr && (SSL_is_init_finished(ssl) == 0 || !trust_->trouble.empty())) {
        failure.stage = LinkFailure::Stage::Tls;
        failure.tls = trust_->trouble;
        failure.tls.reason = tls_reason(ssl);
    } else if (stage_ != Stage::Waiting || is_connected() || ssl != nullptr) {
        failure.stage = LinkFailure::Stage::Dropped;
    }
    fail(std::move(failure));
}

void LwsLink::fail(LinkFailure failure) noexcept {
    OpeningUser* user = std::exchange(opening_, nullptr);
    if (user != nullptr) user->on_failed(std::move(failure));
}

// Reading.

LwsLink::Progress LwsLink::note_end(Loss how) noexcept {
    if (!end_) end_ = how;
    return Progress::Ended;
}

LwsLink::Progress LwsLink::note_error(ssize_t outcome) noexcept {
    if (outcome == 0) return note_end(how_it_ended());
    if (errno == EINTR && stream_.has_pending()) return Progress::Held;
    if (errno == EAGAIN || errno == EINTR) return Progress::Exhausted;
    // A server may object to the handshake when it is over for the client (TLS 1.3).
    if (errno == EPROTO && stage_ == Stage::Answer && !opening_state_->refusal) {
        LinkFailure failure;
        failure.stage = LinkFailure::Stage::Tls;
        failure.tls.reason = tls_reason(lws_get_ssl(wsi_));
        opening_state_->refusal = std::move(failure);
    }
    return note_end(errno == EPROTO || errno == ENOBUFS ? how_it_ended() : Loss::Reset);
}

/// A write that met the reset first has taken the error away: what is read then is an end like any other.
Loss LwsLink::how_it_ended() const noexcept { return is_reset(stream_.socket()) ? Loss::Reset : Loss::Finished; }

/// Reads what has come and hands it over. Of a socket one read's worth: if there is more, the loop says so again.
LwsLink::Progress LwsLink::pump() noexcept {
    if (pumping_ || dropped_) return Progress::Held;
    pumping_ = true;
    const auto over = [this](Progress progress) {
        pumping_ = false;
        // OpenSSL answers by itself what concerns TLS alone.
        if (stream_.tls() != nullptr && wsi_ != nullptr) ask_for_room();
        return progress;
    };
    if (!rest_.empty() && reading_) {
        std::string rest = std::move(rest_);
        rest_.clear();
        take(rest.data(), rest.size());
        if (user_ != nullptr) user_->on_read();
    }
    SSL* const of_library = lws_get_ssl(wsi_); // a client's
    for (int reads = 0; reads < most_records; ++reads) {
        if (end_) return over(Progress::Ended);
        if (!reading_ || dropped_ || stage_ == Stage::Agreed) return over(Progress::Held);
        const std::span<char> room = room_for_payload();
        const std::span<char> spare(library_.input(), input_size);
        const ssize_t size =
            of_library != nullptr && stream_.tls() == nullptr ? read_tls(of_library, spare) : stream_.read(room, spare);
        if (size <= 0) return over(note_error(size));
        const auto got = static_cast<std::size_t>(size);
        const std::size_t in_room = std::min(got, room.size());
        if (in_room > 0) take(room.data(), in_room);
        if (in_room < got) take(library_.input(), got - in_room);
        if (user_ != nullptr) user_->on_read();
        // The library asks its own SSL what it waits for: that one is read till it waits.
        if (of_library == nullptr && !stream_.has_pending()) return over(end_ ? Progress::Ended : Progress::Exhausted);
    }
    return over(Progress::Held);
}

void LwsLink::take(char* bytes, std::size_t size) noexcept {
    if (stage_ == Stage::Answer) return take_answer({bytes, size});
    if (stage_ != Stage::Frames || user_ == nullptr) return;
    const std::size_t taken = frames_->read(bytes, size, *user_);
    // The peer's close frame: ours is written, and only TCP is left to close.
    if (frames_->is_over() && stage_ == Stage::Frames && !frames_->is_broken())
        note_end(Loss::Finished);
    else if (taken < size && !frames_->is_over())
        rest_.append(bytes + taken, size - taken);
}

/// So that a large payload is put where it stays.
std::span<char> LwsLink::room_for_payload() noexcept {
    const std::uint64_t left = stage_ == Stage::Frames && user_ != nullptr ? frames_->data_left() : 0;
    return left < worth_its_room ? std::span<char>{} : user_->room(left, frames_->is_compressed());
}

void LwsLink::take_answer(std::string_view bytes) {
    Opening& opening = *opening_state_;
    auto outcome = opening.answer->add(bytes);
    if (auto* agreed = std::get_if<AnswerReader::Agreed>(&outcome)) {
        opening.agreed = std::move(*agreed);
        rest_ = opening.answer->take_rest();
        stage_ = Stage::Agreed;
    } else if (auto* refused = std::get_if<AnswerReader::Refused>(&outcome)) {
        LinkFailure failure;
        failure.stage = LinkFailure::Stage::Answer;
        failure.status = refused->status;
        failure.headers = std::move(refused->headers);
        failure.reason = refused->reason;
        opening.refusal = std::move(failure);
        note_end(Loss::Finished);
    }
}

/// What the library sees of an answer that was found good.
std::size_t LwsLink::give_answer(char* into, std::size_t size) noexcept {
    const std::string answer =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
        opening_state_->answer->accept() + "\r\n\r\n";
    assert(answer.size() <= size);
    std::memcpy(into, answer.data(), std::min(size, answer.size()));
    return answer.size();
}

ssize_t LwsLink::receive(char* into, std::size_t size) noexcept {
    const Progress progress = stage_ == Stage::Waiting ? Progress::Held : pump();
    if (stage_ == Stage::Agreed) return static_cast<ssize_t>(give_answer(into, size));
    if (progress == Progress::Held && reading_ && stream_.has_pending()) library_.read_later(*this);
    if (progress == Progress::Ended) {
        // What is left to write goes out first. Till then the socket isn't read: the loop would say again and again
        // that it has ended.
        if (!stuck()) return 0;
        lws_rx_flow_control(wsi_, 0);
        wait_to_end();
    }
    errno = EAGAIN;
    return -1;
}

int LwsLink::receive_tls(ssl_st*, char* into, std::size_t size) noexcept {
    const Progress progress = pump();
    if (stage_ == Stage::Agreed) return static_cast<int>(give_answer(into, size));
    switch (progress) {
    case Progress::Exhausted: return -1; // the state of the SSL says what it waits for
    case Progress::Ended: return 0;
    case Progress::Held: break;
    }
    // It must see something, since nothing says "later": an empty pong, of which it tells nobody but us.
    constexpr std::string_view pong("\x8A\x00", 2);
    assert(pong.size() <= size && is_client_);
    std::memcpy(into, pong.data(), std::min(size, pong.size()));
    return static_cast<int>(pong.size());
}

void LwsLink::read_rest() noexcept {
    if (wsi_ == nullptr || user_ == nullptr) return;
    const Progress progress = pump();
    if (progress == Progress::Ended) return stuck() ? wait_to_end() : kill(wsi_);
    if (progress == Progress::Held && reading_ && wsi_ != nullptr && stream_.has_pending()) library_.read_later(*this);
}

std::optional<ssize_t> LwsLink::send(std::string_view bytes) noexcept {
    if (stream_.tls() == nullptr) return std::nullopt;
    const Piece piece{bytes};
    if (!stream_.write({&piece, 1})) return -1;
    ask_for_room();
    return static_cast<ssize_t>(bytes.size());
}

// The library says when it has written what it keeps itself, too.
void LwsLink::wait_to_end() noexcept {
    if (std::exchange(waits_to_end_, true)) return;
    lws_callback_on_writable(wsi_); // also for what the library keeps itself
    if (user_ != nullptr) user_->on_input_over();
}

// The end.

void LwsLink::finish() noexcept {
    if (wsi_ == nullptr || dropped_) return;
    stage_ = Stage::Finishing;
    rest_.clear();
    read(true);
    if (!stuck()) end_writing();
}

void LwsLink::end_writing() noexcept {
    if (std::exchange(writing_ended_, true)) return;
    stream_.end_writing();
}

bool LwsLink::on_writable() noexcept {
    if (!stream_.empty()) {
        if (!stream_.flush()) {
            if (is_reset(stream_.socket())) end_ = Loss::Reset;
            drop();
            return true;
        }
        if (!stream_.empty()) {
            ask_for_room();
            return true;
        }
    }
    if (waits_to_end_) return stuck();
    if (stage_ == Stage::Finishing) {
        if (!stuck()) end_writing();
    } else if (user_ != nullptr) {
        user_->on_writable();
    }
    return true;
}

Loss LwsLink::loss() noexcept {
    if (dropped_ && !end_) return Loss::Dropped;
    // The loop has seen an error before what came ahead of it was read.
    if (!end_ && wsi_ != nullptr && reading_) pump();
    return end_ ? *end_ : how_it_ended();
}

// The first sign that the socket is ending. What the library still does with it is its own affair.
void LwsLink::on_going() noexcept {
    if (wsi_ == nullptr) return; // the call that connects has failed at once, and says so itself
    const Loss how = user_ == nullptr ? Loss::Dropped : loss();
    if (user_ == nullptr)
        read_last_answer();
    else if (is_client_) // only a client asks for it, to come back
        taken_at_end_ = taken();
    // A client's is told by the library.
    if (!is_client_ && !dropped_ && how != Loss::Reset && stream_.tls() != nullptr && stream_.empty())
        stream_.tls()->end_writing();
    library_.forget(*this, stream_.socket());
    lws* wsi = std::exchange(wsi_, nullptr);
    lws_set_opaque_user_data(wsi, nullptr);
    if (LinkUser* user = std::exchange(user_, nullptr)) return user->on_lost(how);
    if (opening_state_ != nullptr && opening_state_->refusal) return fail(std::move(*opening_state_->refusal));
    LinkFailure failure;
    failure.stage = LinkFailure::Stage::Dropped;
    fail(std::move(failure));
}

// The library.

Result<void> LwsLibrary::start() {
    lws_context_creation_info info{};
    info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    LibraryEvents::offer(info);
    info.user = this;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.pt_serv_buf_size = service_buffer;
    info.max_http_header_data2 = header_memory;
    info.timeout_secs = far_seconds;
    info.connect_timeout_secs = far_seconds;
    info.retry_and_idle_policy = &no_policy;
    // fd_limit_per_thread stays 0: with a limit of its own the library searches a list for every descriptor that it
    // uses.
    context_ = lws_create_context(&info);
    if (context_ == nullptr) return failure(kind::io, message::service_failed, {system_error_text(errno)});
    events_.attach(context_);
    take_over_traffic(this);
    plain_ = make_vhost("plain", nullptr);
    if (plain_ == nullptr) return failure(kind::io, message::service_failed, {system_error_text(ENOMEM)});
    return {};
}

lws_vhost* LwsLibrary::make_vhost(const char* name, ssl_ctx_st* tls) {
    lws_context_creation_info info{};
    info.options = tls == nullptr ? 0 : LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.vhost_name = name;
    info.http_proxy_address = ""; // else the environment's proxy would be used for everything
    info.timeout_secs = far_seconds;
    info.connect_timeout_secs = far_seconds;
    info.retry_and_idle_policy = &no_policy;
    info.provided_client_ssl_ctx = tls;
    return lws_create_vhost(context_, &info);
}

lws_vhost* LwsLibrary::vhost_for(ssl_ctx_st* tls) {
    if (tls == nullptr) return plain_;
    Secure& secure = secure_[tls];
    if (secure.vhost == nullptr) {
        SSL_CTX_up_ref(tls);
        secure.context.reset(tls);
        watch_tls_errors(tls);
        secure.vhost = make_vhost(("tls-" + std::to_string(secure_.size())).c_str(), tls);
    }
    return secure.vhost;
}

void LwsLibrary::connect(OpeningLink& opening, const ClientAttempt& attempt) {
    auto& link = static_cast<LwsLink&>(opening);
    link.start_client(attempt);
    LinkFailure failure;
    // The library would leak its handle, and lose what the kernel said.
    if (attempt.socket < 0) failure.system_error = connect_error(attempt.address, attempt.port);
    if (failure.system_error != 0) return link.fail(std::move(failure));
    // The library makes a Host of it, which is replaced, and SNI, cut at the first colon: nothing of it goes out for an
    // address, which is no name (RFC 6066, 3).
    const std::string host = is_address(link.host()) ? ":" : link.host();
    lws_client_connect_info info{};
    info.context = context_;
    info.vhost = vhost_for(attempt.tls);
    if (info.vhost == nullptr) {
        // Without one the library would take another's, with other certificates.
        if (attempt.socket >= 0) ::close(attempt.socket);
        failure.system_error = ENOMEM;
        return link.fail(std::move(failure));
    }
    info.address = attempt.socket < 0 ? attempt.address.c_str() : placeholder_.name().c_str();
    info.port = attempt.port;
    info.path = "/";
    info.host = host.c_str();
    info.local_protocol_name = "qi";
    info.ietf_version_or_minus_one = -1;
    info.opaque_user_data = &link;
    info.pwsi = link.slot();
    info.alpn = "http/1.1";
    info.retry_and_idle_policy = &no_policy;
    info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT;
    // The certificate's name is checked by verify(): the library can't read an IPv6 address here.
    if (attempt.tls != nullptr) info.ssl_connection |= LCCSCF_USE_SSL | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
    const lws* wsi = lws_client_connect_via_info(&info);
    if (attempt.socket >= 0) {
        if (wsi != nullptr) ::dup3(attempt.socket, lws_get_socket_fd(const_cast<lws*>(wsi)), O_CLOEXEC);
        ::close(attempt.socket);
    }
    if (wsi != nullptr) return;
    // The library suppresses its own report of an error within this call.
    link.bind(nullptr);
    link.fail(std::move(failure));
}

void LwsLibrary::adopt(OpeningLink& opening, Upgrade upgrade) {
    auto& link = static_cast<LwsLink&>(opening);
    const int socket = upgrade.stream.socket();
    const std::string head = std::move(upgrade.head);
    link.start_server(std::move(upgrade));
    adopting = &link;
    const lws* wsi = lws_adopt_socket_vhost_readbuf(plain_, socket, head.data(), head.size());
    adopting = nullptr;
    if (wsi != nullptr) return;
    forget(link, socket);
    link.bind(nullptr);
    link.fail(LinkFailure{}); // unless it was told already
}

void LwsLibrary::watch(int socket, LwsLink& link) {
    if (socket < 0) return;
    const auto at = static_cast<std::size_t>(socket);
    if (at >= by_socket_.size()) by_socket_.resize(at + 1);
    by_socket_[at] = &link;
}

void LwsLibrary::forget(LwsLink& link, int socket) noexcept {
    if (find(socket) == &link) by_socket_[static_cast<std::size_t>(socket)] = nullptr;
    if (std::exchange(link.is_unread, false))
        std::replace(unread_.begin(), unread_.end(), &link, static_cast<LwsLink*>(nullptr));
}

void LwsLibrary::read_later(LwsLink& link) {
    if (std::exchange(link.is_unread, true)) return;
    unread_.push_back(&link);
    settle_again();
}

void LwsLibrary::settle() noexcept {
    read_rests();
    events_.settle();
    if (!unread_.empty()) settle_again();
}

void LwsLibrary::read_rests() noexcept {
    // Each call may add to the list, or forget one that is in it.
    for (std::size_t count = unread_.size(), i = 0; i < count; ++i)
        if (LwsLink* link = std::exchange(unread_[i], nullptr)) {
            link->is_unread = false;
            link->read_rest();
        }
    unread_.erase(std::remove(unread_.begin(), unread_.end(), nullptr), unread_.end());
}

std::optional<ssize_t> LwsLibrary::on_recv(int socket, char* into, std::size_t size) noexcept {
    LwsLink* link = find(socket);
    if (link == nullptr) return std::nullopt;
    return link->receive(into, size);
}

std::optional<int> LwsLibrary::on_ssl_read(ssl_st* ssl, char* into, std::size_t size) noexcept {
    LwsLink* link = find(SSL_get_fd(ssl));
    if (link == nullptr) return std::nullopt;
    return link->receive_tls(ssl, into, size);
}

std::optional<ssize_t> LwsLibrary::on_send(int socket, std::string_view bytes) noexcept {
    LwsLink* link = find(socket);
    if (link == nullptr) return std::nullopt;
    return link->send(bytes);
}

LwsLibrary::~LwsLibrary() {
    take_over_traffic(nullptr);
    if (context_ != nullptr) lws_context_destroy(context_);
}

} // namespace

std::string_view Library::version() noexcept {
    const std::string_view version = lws_get_library_version(); // "4.1.6", and behind a hyphen who has built it
    return version.substr(0, version.find('-'));
}

Result<std::unique_ptr<Library>> Library::create(EventLoop& loop, bool log) {
    lws_set_log_level(log ? LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO : 0, nullptr);
    auto library = std::make_unique<LwsLibrary>(loop);
    if (auto started = library->start(); !started) return started.error();
    return std::unique_ptr<Library>(std::move(library));
}

} // namespace qi::ws
