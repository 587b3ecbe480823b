// The two calls by which libwebsockets reads, taken over: recv() for a plain socket, SSL_read() for TLS. This program defines
// both, and a program's own definition goes before a shared library's. So the bytes come to us first, and the library gets
// to see of them what it needs, instead of its faults deciding what a peer may say (docs/known-limits.md was full of them).
// Whatever isn't a socket of ours is passed on to recvfrom() and SSL_read_ex(), which is what one of ours is read by.
#pragma once

#include <cstddef>
#include <optional>
#include <sys/types.h>

struct ssl_st; // OpenSSL's SSL

namespace qi::ws {

/// Who reads in the library's place.
class LibraryReads {
public:
    virtual ~LibraryReads() = default;
    /// As recv() and SSL_read() would return, errno included; nullopt: not one of ours.
    virtual std::optional<ssize_t> on_recv(int socket, char* into, std::size_t size) noexcept = 0;
    virtual std::optional<int> on_ssl_read(ssl_st* ssl, char* into, std::size_t size) noexcept = 0;
};

/// From now on for this thread; nullptr ends it.
void take_over_reads(LibraryReads* reads) noexcept;

} // namespace qi::ws
