#include "ws/transport/net/tunnel.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace qi::ws {

namespace {

// An answer's head beyond this is no proxy's.
constexpr std::size_t largest_tunnel_answer = 16 * 1024;

} // namespace

Tunnel::~Tunnel() {
    watch_.reset();
    if (socket_ >= 0) ::close(socket_);
}

void Tunnel::start(const std::string& address, std::uint16_t port, std::string request) {
    request_ = std::move(request);
    sockaddr_storage to{};
    socklen_t size = 0;
    auto& v4 = reinterpret_cast<sockaddr_in&>(to);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(to);
    if (inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        size = sizeof v4;
    } else if (inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        size = sizeof v6;
    } else {
        return fail({EINVAL, {}});
    }
    socket_ = ::socket(to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return fail({errno, {}});
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), size) != 0 && errno != EINPROGRESS)
        return fail({errno, {}});
    watch_ = std::make_unique<SocketWatch>(loop_, socket_, *this);
    watch_->watch(socket_event::writable);
}

void Tunnel::on_socket(int) noexcept {
    switch (phase_) {
    case Phase::Connecting: {
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error != 0) return fail({error, {}});
        phase_ = Phase::Asking;
        return ask();
    }
    case Phase::Asking: return ask();
    case Phase::Reading: return read();
    case Phase::Over: return;
    }
}

void Tunnel::ask() {
    while (!request_.empty()) {
        const ssize_t size = ::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (size < 0) return fail({errno, {}});
        request_.erase(0, static_cast<std::size_t>(size));
    }
    phase_ = Phase::Reading;
    watch_->watch(socket_event::readable);
}

// Takes the head and not a byte more: what follows is the server's.
void Tunnel::read() {
    char bytes[4096];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, MSG_PEEK);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) return fail({size < 0 ? errno : 0, {}});
    const std::size_t before = answer_.size();
    answer_.append(bytes, static_cast<std::size_t>(size));
    const std::size_t end = answer_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
    if (end != std::string::npos) answer_.resize(end + 4);
    ::recv(socket_, bytes, answer_.size() - before, 0);
    if (end == std::string::npos) {
        if (answer_.size() > largest_tunnel_answer) fail({});
        return;
    }
    int status = 0;
    if (answer_.starts_with("HTTP/1.") && answer_.size() > 12)
        std::from_chars(answer_.data() + 9, answer_.data() + 12, status);
    if (status < 200 || status > 299) return fail({0, status >= 100 ? std::optional<int>(status) : std::nullopt});
    phase_ = Phase::Over;
    watch_.reset();
    user_.on_tunnel(std::exchange(socket_, -1));
}

void Tunnel::fail(TunnelFailure failure) noexcept {
    phase_ = Phase::Over;
    watch_.reset();
    user_.on_tunnel_failed(failure);
}

} // namespace qi::ws
