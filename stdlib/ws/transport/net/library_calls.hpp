// Functions that libwebsockets calls, and that are ours. This program defines them, and a program's own definition goes
// before a shared library's; where all is linked into one program, the linker is told (meson.build).
// Any thread: reads are taken over on the one that has asked for it, the service thread.
//
//   recv, SSL_read              by which it reads a plain socket, and TLS. So the bytes come to us first, and the
//   library
//                               gets to see of them what it needs, instead of its faults deciding what a peer may say.
//                               Whatever isn't a socket of ours is passed on to recvfrom() and SSL_read_ex(), by which
//                               one of ours is read, too.
//   send                        by which it writes its 101 on a socket that it takes for a plain one, where TLS is
//   ours. lws_open, lws_get_random    by which it reads /dev/urandom, and crashes where there is none. lws_plugins_init
//   which before 4.3 is the only way to an event loop of ours (library_events.cpp).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <sys/types.h>

// The name under which such a function is defined. C++ has its own, so that headers which declare it, or define it
// fortified, aren't contradicted.
#ifdef QI_PORTABLE
#define QI_CALLED_AS(name) __asm__("__wrap_" #name) __attribute__((visibility("default"), used))
#else
#define QI_CALLED_AS(name) __asm__(#name) __attribute__((visibility("default"), used))
#endif

struct ssl_st; // OpenSSL's SSL

namespace qi::ws {

/// Who reads and writes in the library's place.
class LibraryTraffic {
public:
    virtual ~LibraryTraffic() = default;
    /// As recv(), send() and SSL_read() would return, errno included; nullopt: not one of ours.
    virtual std::optional<ssize_t> on_recv(int socket, char* into, std::size_t size) noexcept = 0;
    virtual std::optional<ssize_t> on_send(int socket, std::string_view bytes) noexcept = 0;
    virtual std::optional<int> on_ssl_read(ssl_st* ssl, char* into, std::size_t size) noexcept = 0;
};

/// From now on for this thread; nullptr ends it.
void take_over_traffic(LibraryTraffic* traffic) noexcept;

} // namespace qi::ws
