#include "base/worker_line.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <type_traits>
#include <unistd.h>
#include <utility>

namespace qi {

namespace {

constexpr const char* variable = "QI_WORKER_LINE"; // descriptor:process, so that no process further down believes it
constexpr timeval patience{10, 0};                 // for an answer of `qi serve`, which does nothing else

/// The descriptor of this process's line; -1: it has none.
int line_in_environment() noexcept {
    const char* text = std::getenv(variable);
    int line = -1;
    long process = 0;
    if (text == nullptr || std::sscanf(text, "%d:%ld", &line, &process) != 2 || process != ::getpid()) return -1;
    return line;
}

template <typename T>
bool send_struct(int line, const T& what, int socket) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    iovec bytes{const_cast<T*>(&what), sizeof what};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof socket)] = {};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    if (socket >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof socket);
        std::memcpy(CMSG_DATA(header), &socket, sizeof socket);
    }
    ssize_t sent = 0;
    do sent = ::sendmsg(line, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(sizeof what);
}

/// `socket`: where a descriptor that comes along goes; -1 if none does.
template <typename T>
std::optional<T> receive_struct(int line, int flags, int* socket, bool& ended) noexcept {
    T what;
    iovec bytes{&what, sizeof what};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &bytes;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t received = 0;
    do received = ::recvmsg(line, &message, flags | MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received == 0) errno = ECONNRESET;
    ended = received == 0 || (received < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    if (received != static_cast<ssize_t>(sizeof what)) return std::nullopt;
    if (socket == nullptr) return what;
    if (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr && header->cmsg_type == SCM_RIGHTS)
        std::memcpy(socket, CMSG_DATA(header), sizeof *socket);
    return what;
}

} // namespace

bool send_request(int line, const WorkerRequest& request) noexcept { return send_struct(line, request, -1); }

bool send_order(int line, const WorkerOrder& order, int socket) noexcept { return send_struct(line, order, socket); }

std::optional<WorkerRequest> next_request(int line, bool& ended) noexcept {
    return receive_struct<WorkerRequest>(line, MSG_DONTWAIT, nullptr, ended);
}

bool is_worker() noexcept { return line_in_environment() >= 0; }

WorkerLine WorkerLine::from_environment() noexcept {
    const int line = line_in_environment();
    if (line < 0) return WorkerLine(-1);
    if (::fcntl(line, F_SETFD, FD_CLOEXEC) != 0) return WorkerLine(-1);
    ::setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return WorkerLine(line);
}

void WorkerLine::put_into_environment(int line) noexcept {
    char text[48];
    std::snprintf(text, sizeof text, "%d:%ld", line, static_cast<long>(::getpid()));
    ::setenv(variable, text, 1);
}

WorkerLine::WorkerLine(WorkerLine&& other) noexcept
    : line_(std::exchange(other.line_, -1)), asked_(other.asked_), replaced_(other.replaced_),
      said_ending_(other.said_ending_) {}

WorkerLine::~WorkerLine() {
    if (line_ >= 0) ::close(line_);
}

std::optional<WorkerOrder> WorkerLine::next_order(int flags, int* socket) noexcept {
    bool ended = false;
    const auto order = receive_struct<WorkerOrder>(line_, flags, socket, ended);
    replaced_ = replaced_ || (order && order->what == WorkerOrder::What::Replaced);
    return order;
}

int WorkerLine::listen_at(const SocketAddress& address, std::uint32_t ordinal, bool shares) noexcept {
    if (!send_request(line_, {WorkerRequest::What::Listen, shares, ordinal, ++asked_, address})) return -errno;
    while (true) {
        int socket = -1;
        const auto order = next_order(0, &socket);
        if (!order) {
            const int error = errno == EAGAIN ? ETIMEDOUT : ECONNRESET;
            // Behind the question, whose answer is nobody's now. With port 0 drop_late does it: the port is known then.
            if (error == ETIMEDOUT && address.port() != 0) give_back(address);
            return -error;
        }
        if (order->what == WorkerOrder::What::Replaced) continue;
        if (order->number != asked_) {
            drop_late(*order, socket);
            continue;
        }
        return order->what == WorkerOrder::What::Socket && socket >= 0 ? socket
                                                                       : -(order->error != 0 ? order->error : EIO);
    }
}

void WorkerLine::give_back(const SocketAddress& address) noexcept {
    if (!said_ending_) send_request(line_, {WorkerRequest::What::Closed, false, 0, 0, address});
}

void WorkerLine::say_ending() noexcept {
    if (line_ >= 0 && !std::exchange(said_ending_, true))
        send_request(line_, {WorkerRequest::What::Ending, false, 0, 0, {}});
}

/// The answer to a question that wasn't waited for any longer.
void WorkerLine::drop_late(const WorkerOrder& order, int socket) noexcept {
    if (socket < 0) return;
    if (const auto address = SocketAddress::of(socket); address && order.any_port) give_back(*address);
    ::close(socket);
}

bool WorkerLine::is_replaced() noexcept {
    while (line_ >= 0) {
        int late = -1;
        const auto order = next_order(MSG_DONTWAIT, &late);
        if (!order) break;
        drop_late(*order, late);
    }
    return replaced_;
}

} // namespace qi
