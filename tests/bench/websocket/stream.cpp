#include "stream.hpp"

#include "fail.hpp"
#include "options.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <climits>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace qi::bench {

namespace {

bool has_gone() { return errno == EPIPE || errno == ECONNRESET; }

bool must_wait() { return errno == EAGAIN || errno == EINTR; }

void use_certificate(SSL_CTX* tls, const std::string& folder) {
    std::string chain = folder + "/server.pem", key = folder + "/server.key";
    if (SSL_CTX_use_certificate_chain_file(tls, chain.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, key.c_str(), SSL_FILETYPE_PEM) != 1)
        fail("no certificate with its key is in --certificates " + folder);
}

/// What is small isn't held back until there is more.
void send_at_once(int descriptor) {
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

} // namespace

Target::Target(const Options& options) {
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options.port));
    if (inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) fail("--host isn't an IPv4 address");
    if (!options.tls) return;
    bool serves = !options.command.empty();
    tls.reset(SSL_CTX_new(serves ? TLS_server_method() : TLS_client_method()));
    if (serves) use_certificate(tls.get(), options.certificates);
    SSL_CTX_set_verify(tls.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_mode(tls.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(tls.get(), 1);
}

Stream::Stream(const Target& target) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    if (descriptor_ < 0) fail_by_system("can't make a socket");
    send_at_once(descriptor_);
    const auto* address = reinterpret_cast<const sockaddr*>(&target.address);
    if (connect(descriptor_, address, sizeof target.address) != 0 && errno != EINPROGRESS)
        fail_by_system("can't connect");
    begin_tls(target);
    if (tls_) SSL_set_connect_state(tls_.get());
}

Stream::Stream(const Target& target, int accepted) : descriptor_(accepted) {
    send_at_once(descriptor_);
    begin_tls(target);
    if (tls_) SSL_set_accept_state(tls_.get());
}

void Stream::begin_tls(const Target& target) {
    if (!target.tls) return;
    tls_.reset(SSL_new(target.tls.get()));
    SSL_set_fd(tls_.get(), descriptor_);
}

Stream::~Stream() {
    if (tls_ && SSL_is_init_finished(tls_.get())) SSL_shutdown(tls_.get());
    ERR_clear_error();
    tls_.reset();
    close(descriptor_);
}

long Stream::read(char* to, std::size_t size) {
    if (tls_) {
        ERR_clear_error();
        int count = SSL_read(tls_.get(), to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
        if (count > 0) return count;
        int error = SSL_get_error(tls_.get(), count);
        return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
    }
    ssize_t count = recv(descriptor_, to, size, 0);
    if (count > 0) return count;
    if (count == 0 || has_gone()) return -1;
    if (!must_wait()) fail_by_system("can't read");
    return 0;
}

std::size_t Stream::write(std::string_view first, std::string_view second) {
    if (tls_) return write_tls(first.empty() ? second : first);
    iovec parts[2] = {{const_cast<char*>(first.data()), first.size()},
                      {const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = second.empty() ? 1 : 2;
    ssize_t count = sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (!must_wait() && !has_gone()) fail_by_system("can't write");
    return 0;
}

std::size_t Stream::write_tls(std::string_view bytes) {
    ERR_clear_error();
    int count = SSL_write(tls_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX)));
    if (count > 0) return static_cast<std::size_t>(count);
    int error = SSL_get_error(tls_.get(), count);
    if (error == SSL_ERROR_SSL) fail(std::string("TLS: ") + ERR_reason_error_string(ERR_get_error()));
    return 0;
}

} // namespace qi::bench
