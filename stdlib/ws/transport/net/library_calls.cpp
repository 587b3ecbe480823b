#include "ws/transport/net/library_calls.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>

struct lws_context;

namespace qi::ws {

namespace {
thread_local LibraryTraffic* here = nullptr;
} // namespace

void take_over_traffic(LibraryTraffic* traffic) noexcept { here = traffic; }

} // namespace qi::ws

extern "C" {

ssize_t qi_recv(int socket, void* into, size_t size, int flags) QI_CALLED_AS(recv);
ssize_t qi_send(int socket, const void* from, size_t size, int flags) QI_CALLED_AS(send);
int qi_ssl_read(SSL* ssl, void* into, int size) QI_CALLED_AS(SSL_read);
int qi_lws_open(const char* path, int flags, ...) QI_CALLED_AS(lws_open);
size_t qi_lws_get_random(lws_context* context, void* into, size_t size) QI_CALLED_AS(lws_get_random);

ssize_t qi_recv(int socket, void* into, size_t size, int flags) {
    if (qi::ws::here != nullptr && flags == 0)
        if (const auto done = qi::ws::here->on_recv(socket, static_cast<char*>(into), size)) return *done;
    return ::recvfrom(socket, into, size, flags, nullptr, nullptr);
}

ssize_t qi_send(int socket, const void* from, size_t size, int flags) {
    if (qi::ws::here != nullptr)
        if (const auto done = qi::ws::here->on_send(socket, {static_cast<const char*>(from), size})) return *done;
    return ::sendto(socket, from, size, flags, nullptr, 0);
}

int qi_ssl_read(SSL* ssl, void* into, int size) {
    if (qi::ws::here != nullptr && size >= 0)
        if (const auto done = qi::ws::here->on_ssl_read(ssl, static_cast<char*>(into), static_cast<size_t>(size)))
            return *done;
    size_t got = 0;
    const int outcome = SSL_read_ex(ssl, into, static_cast<size_t>(size < 0 ? 0 : size), &got);
    return outcome > 0 ? static_cast<int>(got) : outcome;
}

// Of what it opens, we use nothing but its source of random bytes: any descriptor will do, as it is never read.
int qi_lws_open(const char* path, int flags, ...) {
    if (std::strcmp(path, "/dev/urandom") == 0) return ::eventfd(0, EFD_CLOEXEC);
    va_list rest;
    va_start(rest, flags);
    const int mode = (flags & O_CREAT) != 0 ? va_arg(rest, int) : 0;
    va_end(rest);
    return ::open(path, flags | O_CLOEXEC, mode);
}

size_t qi_lws_get_random(lws_context*, void* into, size_t size) {
    size_t done = 0;
    while (done < size) {
        const ssize_t got = ::getrandom(static_cast<char*>(into) + done, size - done, 0);
        if (got < 0 && errno != EINTR) return 0;
        if (got > 0) done += static_cast<size_t>(got);
    }
    return done;
}

} // extern "C"
