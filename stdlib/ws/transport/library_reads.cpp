#include "ws/transport/library_reads.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

namespace qi::ws {

namespace {
thread_local LibraryReads* here = nullptr;
} // namespace

void take_over_reads(LibraryReads* reads) noexcept { here = reads; }

} // namespace qi::ws

// Under names of their own, so that they don't clash with what the headers declare or, fortified, define.
extern "C" {

__attribute__((visibility("default"), used)) ssize_t qi_recv(int socket, void* into, size_t size, int flags) __asm__("recv");
__attribute__((visibility("default"), used)) int qi_ssl_read(SSL* ssl, void* into, int size) __asm__("SSL_read");

ssize_t qi_recv(int socket, void* into, size_t size, int flags) {
    if (qi::ws::here != nullptr && flags == 0)
        if (const auto done = qi::ws::here->on_recv(socket, static_cast<char*>(into), size)) return *done;
    return ::recvfrom(socket, into, size, flags, nullptr, nullptr);
}

int qi_ssl_read(SSL* ssl, void* into, int size) {
    if (qi::ws::here != nullptr && size >= 0)
        if (const auto done = qi::ws::here->on_ssl_read(ssl, static_cast<char*>(into), static_cast<size_t>(size))) return *done;
    size_t got = 0;
    const int outcome = SSL_read_ex(ssl, into, static_cast<size_t>(size < 0 ? 0 : size), &got);
    return outcome > 0 ? static_cast<int>(got) : outcome;
}

} // extern "C"
