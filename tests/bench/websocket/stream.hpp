// A connection's bytes, plain or over TLS, never waiting.
#pragma once

#include <memory>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <string_view>

namespace qi::bench {

struct Options;

/// Where streams lead, or, for a server, how those begin that it accepts.
struct Target {
    explicit Target(const Options& options);

    sockaddr_in address{};
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls{nullptr, SSL_CTX_free}; // none: plain
};

class Stream {
public:
    /// Begins to connect, and to shake hands with the first write.
    explicit Stream(const Target& target);
    /// One that was accepted, whose descriptor this owns from now on.
    Stream(const Target& target, int accepted);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    int descriptor() const noexcept { return descriptor_; }
    /// How many bytes came; 0: none for now; -1: there will be none any more.
    long read(char* to, std::size_t size);
    /// How many bytes of first, then second, went; 0: none for now, or never (then reading says so).
    std::size_t write(std::string_view first, std::string_view second);
    /// Whether nothing more has come when a read gave less than it could.
    bool gives_all_at_once() const noexcept { return !tls_; }

private:
    void begin_tls(const Target& target);
    std::size_t write_tls(std::string_view bytes);

    int descriptor_;
    std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
};

} // namespace qi::bench
