// libwebsockets as Links. The callback below only translates: a reason and its bytes become one call. The library's faults
// are told of where they are handled, and stand in docs/known-limits.md. Over 600 lines: nothing else may see its types.
#include "ws/transport/lws.hpp"

#include "ws/transport/head.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"
#include "ws/transport/refusal.hpp"
#include "ws/transport/socket_counts.hpp"
#include "ws/transport/waiting_room.hpp"

#include <libwebsockets.h>

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace qi::ws {

namespace {

constexpr unsigned receive_buffer = 64 * 1024;
// One read takes at most the receive buffer; handshakes of clients are put together in this one too.
constexpr unsigned service_buffer = 128 * 1024;
// The heads of servers' answers; cookies can be long. Held only during a handshake.
constexpr unsigned header_memory = 16 * 1024;
// Deadlines are our own; the library's are set where they can't interfere.
constexpr unsigned far_seconds = 30 * 24 * 3600;

class LwsLink final : public OpeningLink {
public:
    explicit LwsLink(OpeningUser& user) noexcept : opening_(&user) {}
    ~LwsLink() override;

    bool write(const char* bytes, std::size_t size) noexcept override;
    bool stuck() const noexcept override { return wsi_ != nullptr && lws_partial_buffered(wsi_) != 0; }
    void read(bool on) noexcept override;
    void drop() noexcept override;
    void use(LinkUser& user) noexcept override { user_ = &user; }
    bool is_connected() const noexcept override;
    bool has_heard_garbage() const noexcept override;
    int bare_socket() const noexcept override;
    Delivered delivered() const noexcept override;
    std::optional<std::uint64_t> taken() const noexcept override;

    void bind(lws* wsi) noexcept { wsi_ = wsi; }
    lws** slot() noexcept { return &wsi_; }
    lws* wsi() const noexcept { return wsi_; }
    void start_client(const ClientAttempt& attempt);
    void start_server(std::string answer, const std::optional<DeflateAnswer>& deflate, std::shared_ptr<const Outside> outside) {
        answer_ = std::move(answer);
        outside_ = std::move(outside);
        if (deflate) parameters_ = deflate->parameters;
    }

    // From the callback.

    bool write_client_head(char** end, std::size_t room) const;
    bool add_answer(lws_process_html_args& arguments) const;
    bool judge_answer();
    const lws_ext_options* extension_options() noexcept;
    void on_data(std::string_view bytes) noexcept;
    bool verify(x509_store_ctx_st* store, bool acceptable) noexcept;
    void on_established() noexcept;
    void on_connect_error(const char* text, std::size_t size) noexcept;
    void on_going() noexcept;
    LinkUser* user() const noexcept { return user_; }
    void fail(LinkFailure failure) noexcept;

private:
    Loss loss() const noexcept;
    void say(const std::string& frame) noexcept;
    Headers known_headers() const;
    std::string header(lws_token_indexes which) const;

    lws* wsi_ = nullptr;
    OpeningUser* opening_;
    LinkUser* user_ = nullptr;
    bool dropped_ = false;
    std::optional<std::uint64_t> taken_at_end_;
    bool is_client_ = false;
    ClientAttempt attempt_; // what it points to lives until the link is open
    std::string host_; // in the server's certificate
    bool verify_ = true;
    TlsTrouble trouble_;
    std::string protocol_;
    const Message* objection_ = nullptr; // to the server's answer
    DeflateTerms deflate_;
    std::string answer_;
    std::string parameters_; // of permessage-deflate, for the answer
    std::shared_ptr<const Outside> outside_;
    lws_ext_options extension_options_[2] = {};
    std::size_t frame_left_ = 0;      // of the frame that is coming in
    bool message_compressed_ = false; // the message that is coming in
};

class LwsLibrary final : public Library {
public:
    LwsLibrary() = default;
    ~LwsLibrary() override;
    Result<bool> start(uv_loop_s* loop);

    std::unique_ptr<OpeningLink> make_link(OpeningUser& user) override { return std::make_unique<LwsLink>(user); }
    void connect(OpeningLink& link, const ClientAttempt& attempt) override;
    void adopt(OpeningLink& link, int socket, std::string_view head, std::string answer,
               const std::optional<DeflateAnswer>& deflate, std::shared_ptr<const Outside> outside) override;
    void shut_down() noexcept override;

    /// The link of the socket that is being adopted: the callback for it comes before its address is known.
    LwsLink* adopting = nullptr;

private:
    lws_vhost* make_vhost(const char* name, ssl_ctx_st* tls);
    lws_vhost* vhost_for(ssl_ctx_st* tls);

    const WaitingRoom waiting_room_;
    lws_context* context_ = nullptr;
    lws_vhost* plain_ = nullptr;
    struct Secure {
        SslContext context; // a reference of our own, so that the address stays its
        lws_vhost* vhost = nullptr;
    };
    std::map<ssl_ctx_st*, Secure> secure_;
};

LwsLink* link_of(lws* wsi) noexcept { return static_cast<LwsLink*>(lws_get_opaque_user_data(wsi)); }

std::string_view bytes(const void* in, std::size_t size) noexcept {
    return {static_cast<const char*>(in), size};
}

int translate(lws* wsi, lws_callback_reasons reason, void* user, void* in, std::size_t size) noexcept {
    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED) {
        auto* library = static_cast<LwsLibrary*>(lws_context_user(lws_get_context(wsi)));
        if (library->adopting == nullptr) return 0;
        lws_set_opaque_user_data(wsi, library->adopting);
        library->adopting->bind(wsi);
        return 0;
    }
    switch (reason) {
    case LWS_CALLBACK_CLIENT_RECEIVE:
    case LWS_CALLBACK_RECEIVE:
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
    case LWS_CALLBACK_RECEIVE_PONG:
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
    case LWS_CALLBACK_CLIENT_WRITEABLE:
    case LWS_CALLBACK_SERVER_WRITEABLE:
    case LWS_CALLBACK_ADD_HEADERS:
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
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
    if (link == nullptr) return 0;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_RECEIVE:
    case LWS_CALLBACK_RECEIVE:
        if (link->user() != nullptr) link->on_data(bytes(in, size));
        return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
    case LWS_CALLBACK_RECEIVE_PONG:
        if (link->user() != nullptr) link->user()->on_pong(bytes(in, size));
        return 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        if (link->user() != nullptr) link->user()->on_peer_close(bytes(in, size));
        return -1; // our close frame is written already: only TCP is left to close
    case LWS_CALLBACK_CLIENT_WRITEABLE:
    case LWS_CALLBACK_SERVER_WRITEABLE:
        if (link->user() != nullptr) link->user()->on_writable();
        return 0;
    case LWS_CALLBACK_ADD_HEADERS: return link->add_answer(*static_cast<lws_process_html_args*>(in)) ? 0 : 1;
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return link->write_client_head(static_cast<char**>(in), size) ? 0 : 1;
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH: return link->judge_answer() ? 0 : 1;
    case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
        return link->verify(static_cast<x509_store_ctx_st*>(user), size != 0) ? 0 : 1;
    case LWS_CALLBACK_ESTABLISHED:
    case LWS_CALLBACK_CLIENT_ESTABLISHED: link->on_established(); return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        link->on_connect_error(static_cast<const char*>(in), size);
        return 0;
    case LWS_CALLBACK_WS_CLIENT_DROP_PROTOCOL:
    case LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL:
        // The first sign of an end, before the library's own closing handshake. While opening, others follow.
        if (link->user() != nullptr) link->on_going();
        return 0;
    default: link->on_going(); return 0;
    }
}

// permessage-deflate as far as the library has to know of it, so that it lets frames with RSV1 through and names the
// extension in a server's answer. Terms and payloads are ours: its own extension hangs a client for ever at an
// uncompressed message, mixes up the two directions on a server, and inflates a KiB at a time.
int stand_in(lws_context*, const lws_extension*, lws* wsi, lws_extension_callback_reasons reason, void*, void* in,
             size_t) noexcept {
    if (reason != LWS_EXT_CB_CONSTRUCT && reason != LWS_EXT_CB_CLIENT_CONSTRUCT) return 0;
    LwsLink* link = link_of(wsi);
    if (link == nullptr) return 1;
    *static_cast<const lws_ext_options**>(in) = link->extension_options();
    return 0;
}

const lws_extension extensions[] = {
    {"permessage-deflate", stand_in, "permessage-deflate"},
    {nullptr, nullptr, nullptr},
};

const lws_protocols protocols[] = {
    {"qi", translate, sizeof(void*), receive_buffer, 0, nullptr, 16u << 20},
    {nullptr, nullptr, 0, 0, 0, nullptr, 0},
};

int socket_error(int socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// Links.

/// Ends a socket from the loop. The library looks at its own timers only after an event of its own, so it gets one.
void kill(lws* wsi) noexcept {
    lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
    lws_cancel_service(lws_get_context(wsi));
}

// What the library had read already it hands over only after an event of its own, so it gets one.
void LwsLink::read(bool on) noexcept {
    if (wsi_ == nullptr) return;
    lws_rx_flow_control(wsi_, on ? 1 : 0);
    if (on) lws_cancel_service(lws_get_context(wsi_));
}

LwsLink::~LwsLink() {
    if (wsi_ == nullptr) return;
    lws_set_opaque_user_data(wsi_, nullptr);
    kill(wsi_);
}

bool LwsLink::write(const char* data, std::size_t size) noexcept {
    if (wsi_ == nullptr || dropped_) return false;
    // Raw writes don't touch the bytes; the library's signature is older than const.
    auto* at = reinterpret_cast<unsigned char*>(const_cast<char*>(data));
    if (lws_write(wsi_, at, size, LWS_WRITE_RAW) >= 0) return true;
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
    return wsi_ != nullptr &&
           getpeername(lws_get_socket_fd(wsi_), reinterpret_cast<sockaddr*>(&address), &size) == 0;
}

bool LwsLink::has_heard_garbage() const noexcept {
    if (wsi_ == nullptr || attempt_.tls != nullptr || lws_hdr_total_length(wsi_, WSI_TOKEN_HTTP) > 0) return false;
    constexpr std::uint64_t shortest_status_line = 12; // "HTTP/1.1 101": less may be the beginning of one
    return bytes_received(lws_get_socket_fd(wsi_)) >= shortest_status_line;
}

std::optional<std::uint64_t> LwsLink::taken() const noexcept {
    if (wsi_ == nullptr) return taken_at_end_;
    if (lws_get_ssl(wsi_) != nullptr) return std::nullopt;
    return bytes_taken(lws_get_socket_fd(wsi_));
}

Link::Delivered LwsLink::delivered() const noexcept {
    if (wsi_ == nullptr) return {};
    const int socket = lws_get_socket_fd(wsi_);
    const int outer = outside_ == nullptr ? socket : outside_->socket;
    if (outer < 0) return {};
    return {bytes_confirmed(outer), !stuck() && !has_unconfirmed(socket) && !has_unconfirmed(outer)};
}

int LwsLink::bare_socket() const noexcept {
    return wsi_ == nullptr || lws_get_ssl(wsi_) != nullptr ? -1 : lws_get_socket_fd(wsi_);
}

void LwsLink::start_client(const ClientAttempt& attempt) {
    is_client_ = true;
    attempt_ = attempt;
    verify_ = attempt.options->tls.verify;
    host_ = attempt.options->tls.server_name.empty() ? attempt.url->host : attempt.options->tls.server_name;
}

// The library has put a head of its own together, with a Host of at most 127 bytes, a target of at most
// 2 KiB and headers that nobody asked for. Only its key is kept.
bool LwsLink::write_client_head(char** end, std::size_t room) const {
    char* start = *end + room + 12 - service_buffer;
    const std::string_view made(start, static_cast<std::size_t>(*end - start));
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t at = made.find(name);
    if (!made.starts_with("GET ") || at == std::string_view::npos) return false;
    const std::string key(made.substr(at + name.size(), 24));
    const ConnectOptions& options = *attempt_.options;
    const std::string head = client_head(*attempt_.url, key, options.protocols, options.origin,
                                         options.connection.compression, options.headers);
    std::memcpy(start, head.data(), head.size());
    *end = start + head.size();
    return true;
}

bool LwsLink::add_answer(lws_process_html_args& arguments) const {
    if (static_cast<std::size_t>(arguments.max_len) < answer_.size() + 16) return false;
    std::memcpy(arguments.p, answer_.data(), answer_.size());
    arguments.p += answer_.size();
    return true;
}

// The headers are gone once the connection is established.
bool LwsLink::judge_answer() {
    protocol_ = header(WSI_TOKEN_PROTOCOL);
    const auto terms = read_deflate_answer(header(WSI_TOKEN_EXTENSIONS), attempt_.options->connection.compression);
    if (const auto* agreed = std::get_if<DeflateTerms>(&terms)) {
        deflate_ = *agreed;
        return true;
    }
    objection_ = std::get<const Message*>(terms);
    return false;
}

std::string LwsLink::header(lws_token_indexes which) const {
    const int size = lws_hdr_total_length(wsi_, which);
    if (size <= 0) return {};
    std::string value(static_cast<std::size_t>(size) + 1, '\0');
    if (lws_hdr_copy(wsi_, value.data(), size + 1, which) < 0) return {};
    value.resize(static_cast<std::size_t>(size));
    return value;
}

// Of a client: what the library may read in an answer. Of a server: what it is to write into its own; it copies the
// name of each option that it finds in the request, and upgrade_head has put this one there.
const lws_ext_options* LwsLink::extension_options() noexcept {
    static const lws_ext_options known[] = {{"server_no_context_takeover", EXTARG_NONE},
                                            {"client_no_context_takeover", EXTARG_NONE},
                                            {"server_max_window_bits", EXTARG_OPT_DEC},
                                            {"client_max_window_bits", EXTARG_OPT_DEC},
                                            {nullptr, EXTARG_NONE}};
    if (is_client_) return known;
    extension_options_[0] = {parameters_.empty() ? nullptr : parameters_.c_str(), EXTARG_NONE};
    return extension_options_;
}

void LwsLink::on_data(std::string_view bytes) noexcept {
    const int reserved = lws_get_reserved_bits(wsi_);
    const bool starts_frame = frame_left_ == 0;
    frame_left_ = lws_remaining_packet_payload(wsi_);
    if (starts_frame && lws_is_first_fragment(wsi_) != 0)
        message_compressed_ = (reserved & 0x40) != 0;
    else if (starts_frame && reserved != 0)
        return user_->on_violation(); // RSV1 belongs to the first frame of a message (RFC 7692, 6.1)
    if ((reserved & 0x30) != 0) return user_->on_violation();
    if (starts_frame) user_->on_frame(bytes.size() + frame_left_, message_compressed_);
    user_->on_data(bytes, lws_is_final_fragment(wsi_) != 0,
                   lws_frame_is_binary(wsi_) != 0 ? MessageType::Binary : MessageType::Text, message_compressed_);
}

bool LwsLink::verify(x509_store_ctx_st* store, bool acceptable) noexcept {
    return verify_certificate(store, acceptable, host_, verify_, trouble_);
}

void LwsLink::on_established() noexcept {
    OpeningUser* user = std::exchange(opening_, nullptr);
    if (user == nullptr) return;
    attempt_ = {};
    LinkOpened opened;
    const int socket = lws_get_socket_fd(wsi_);
    opened.protocol = protocol_;
    opened.deflate = deflate_;
    opened.local = local_endpoint(socket);
    opened.remote = remote_endpoint(socket);
    if (SSL* ssl = lws_get_ssl(wsi_)) opened.tls = describe_tls(ssl);
    user->on_open(std::move(opened));
}

Headers LwsLink::known_headers() const {
    Headers headers;
    for (int token = 0; token < WSI_TOKEN_COUNT; ++token) {
        const auto which = static_cast<lws_token_indexes>(token);
        const auto* name = reinterpret_cast<const char*>(lws_token_to_string(which));
        const std::size_t length = name == nullptr ? 0 : std::strlen(name);
        if (lws_hdr_total_length(wsi_, which) <= 0 || length < 2 || name[length - 1] != ':' || name[0] == ':') continue;
        headers.push_back({std::string(name, length - 1), header(which)});
    }
    return headers;
}

void LwsLink::on_connect_error(const char* text, std::size_t size) noexcept {
    LinkFailure failure;
    if (text != nullptr) failure.reason.assign(text, strnlen(text, size));
    if (objection_ != nullptr) failure.reason = format(*objection_);
    const int socket = lws_get_socket_fd(wsi_);
    failure.system_error = socket < 0 ? 0 : socket_error(socket);
    const unsigned status = lws_http_client_http_response(wsi_);
    const SSL* ssl = lws_get_ssl(wsi_);
    if (status != 0) {
        failure.stage = LinkFailure::Stage::Answer;
        failure.status = static_cast<int>(status);
        failure.headers = known_headers();
    } else if (objection_ != nullptr || failure.reason.starts_with("HS:") || failure.reason == "problems parsing header") {
        failure.stage = LinkFailure::Stage::Answer;
    } else if (ssl != nullptr && (SSL_is_init_finished(ssl) == 0 || !trouble_.empty())) {
        failure.stage = LinkFailure::Stage::Tls;
        failure.tls = trouble_;
        failure.tls.reason = tls_reason(ssl);
    } else if (is_connected() || ssl != nullptr) {
        failure.stage = LinkFailure::Stage::Dropped;
    }
    fail(std::move(failure));
}

void LwsLink::fail(LinkFailure failure) noexcept {
    OpeningUser* user = std::exchange(opening_, nullptr);
    if (user != nullptr) user->on_failed(std::move(failure));
}

// What became of TCP tells a peer that left from one that broke the rules: the library says only "closed".
Loss LwsLink::loss() const noexcept {
    if (outside_ != nullptr && outside_->reset && !dropped_) return Loss::Reset;
    if (!is_client_ && lws_get_close_length(wsi_) >= 2) {
        const unsigned char* payload = lws_get_close_payload(wsi_);
        if (((payload[0] << 8) | payload[1]) == 1002) return Loss::Protocol;
    }
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(lws_get_socket_fd(wsi_), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return Loss::Finished;
    switch (info.tcpi_state) {
    case TCP_CLOSE: return Loss::Reset;
    case TCP_CLOSE_WAIT:
    case TCP_LAST_ACK:
    case TCP_CLOSING:
    case TCP_TIME_WAIT: return Loss::Finished;
    default: break;
    }
    if (dropped_) return Loss::Dropped;
    if (lws_partial_buffered(wsi_) != 0) return Loss::Finished;
    const SSL* ssl = lws_get_ssl(wsi_);
    if (ssl != nullptr && (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0) return Loss::Finished;
    return Loss::Protocol;
}

/// One last frame, past the library, which is about to close the socket. What the peer has sent already is taken, since
/// closing over unread bytes would be a reset and could destroy the frame on its way.
void LwsLink::say(const std::string& frame) noexcept {
    const int socket = lws_get_socket_fd(wsi_);
    if (SSL* ssl = lws_get_ssl(wsi_))
        SSL_write(ssl, frame.data(), static_cast<int>(frame.size()));
    else if (::send(socket, frame.data(), frame.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        ::shutdown(socket, SHUT_WR);
    char bytes[4096];
    for (int i = 0; i < 64 && ::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT) > 0; ++i) {}
}

// The first sign that the socket is ending. What the library still does with it is its own affair.
void LwsLink::on_going() noexcept {
    if (wsi_ == nullptr) return; // the call that connects has failed at once, and says so itself
    const Loss how = user_ == nullptr ? Loss::Dropped : loss();
    if (user_ != nullptr) taken_at_end_ = taken();
    if (how == Loss::Protocol && is_client_)
        if (const std::string frame = user_->farewell(); !frame.empty()) say(frame);
    lws* wsi = std::exchange(wsi_, nullptr);
    if (LinkUser* user = std::exchange(user_, nullptr)) {
        lws_set_opaque_user_data(wsi, nullptr);
        return user->on_lost(how);
    }
    lws_set_opaque_user_data(wsi, nullptr);
    LinkFailure failure;
    failure.stage = LinkFailure::Stage::Dropped;
    fail(std::move(failure));
}

// The library.

Result<bool> LwsLibrary::start(uv_loop_s* loop) {
    rlimit descriptors{};
    getrlimit(RLIMIT_NOFILE, &descriptors);
    void* loops[] = {loop};
    lws_context_creation_info info{};
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.foreign_loops = loops;
    info.user = this;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.pt_serv_buf_size = service_buffer;
    info.max_http_header_data2 = header_memory;
    info.timeout_secs = far_seconds;
    info.connect_timeout_secs = far_seconds;
    info.fd_limit_per_thread =
        static_cast<unsigned>(std::min<rlim_t>(descriptors.rlim_cur, 1u << 20) - 16); // below what the kernel allows
    context_ = lws_create_context(&info);
    if (context_ == nullptr) return failure(kind::io, message::service_failed, {message::evlib_missing.text()});
    plain_ = make_vhost("plain", nullptr);
    return plain_ != nullptr;
}

lws_vhost* LwsLibrary::make_vhost(const char* name, ssl_ctx_st* tls) {
    lws_context_creation_info info{};
    info.options = tls == nullptr ? 0 : LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.protocols = protocols;
    info.extensions = extensions;
    info.vhost_name = name;
    info.http_proxy_address = ""; // else the environment's proxy would be used for everything
    info.timeout_secs = far_seconds;
    info.connect_timeout_secs = far_seconds;
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
    if (attempt.socket < 0) failure.system_error = connect_refusal(attempt.address, attempt.port);
    if (failure.system_error != 0) return link.fail(std::move(failure));
    std::string offered;
    for (const std::string& protocol : attempt.options->protocols) offered += (offered.empty() ? "" : ",") + protocol;
    const std::string& name = attempt.options->tls.server_name;
    const std::string host = name.empty() ? attempt.url->host : name;
    lws_client_connect_info info{};
    info.context = context_;
    info.vhost = vhost_for(attempt.tls);
    info.address = attempt.socket < 0 ? attempt.address.c_str() : waiting_room_.name().c_str();
    info.port = attempt.port;
    info.path = "/";
    info.host = host.c_str();
    info.protocol = offered.empty() ? nullptr : offered.c_str();
    info.local_protocol_name = "qi";
    info.ietf_version_or_minus_one = -1;
    info.opaque_user_data = &link;
    info.pwsi = link.slot();
    info.alpn = "http/1.1";
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

void LwsLibrary::adopt(OpeningLink& opening, int socket, std::string_view head, std::string answer,
                       const std::optional<DeflateAnswer>& deflate, std::shared_ptr<const Outside> outside) {
    auto& link = static_cast<LwsLink&>(opening);
    link.start_server(std::move(answer), deflate, std::move(outside));
    adopting = &link;
    const lws* wsi = lws_adopt_socket_vhost_readbuf(plain_, socket, head.data(), head.size());
    adopting = nullptr;
    if (wsi != nullptr) return;
    link.bind(nullptr);
    link.fail(LinkFailure{}); // unless it was told already
}

// On a loop that isn't its own the library takes two calls: one to close its handles, one when they are gone.
void LwsLibrary::shut_down() noexcept {
    if (context_ != nullptr) lws_context_destroy(context_);
}

LwsLibrary::~LwsLibrary() {
    if (context_ != nullptr) lws_context_destroy(context_);
}

} // namespace

Result<std::unique_ptr<Library>> Library::create(uv_loop_s* loop, bool log) {
    lws_set_log_level(log ? LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO : 0, nullptr);
    auto library = std::make_unique<LwsLibrary>();
    if (auto started = library->start(loop); !started) return started.error();
    return std::unique_ptr<Library>(std::move(library));
}

} // namespace qi::ws
