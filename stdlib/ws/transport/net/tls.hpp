// OpenSSL's part: contexts from files, and what a failed handshake means in words. Contexts are made on the
// interpreter's thread and used on the service thread; nothing here is shared otherwise.
#pragma once

#include "base/result.hpp"
#include "ws/transport/options.hpp"

#include <memory>
#include <string>

struct ssl_ctx_st;        // OpenSSL's SSL_CTX
struct ssl_st;            // its SSL
struct x509_store_ctx_st; // and X509_STORE_CTX

namespace qi::ws {

struct SslContextDeleter {
    void operator()(ssl_ctx_st* context) const noexcept;
};
using SslContext = std::unique_ptr<ssl_ctx_st, SslContextDeleter>;

struct TlsInfo {
    std::string version;
    std::string cipher;
    std::string peer; // subject of the peer's certificate; empty if it has none
};

/// Everything by which two client set-ups differ, the age of the files included: the key of a cache.
std::string tls_fingerprint(const ClientTls& options);

/// Trusts the system's authorities (SSL_CERT_FILE and SSL_CERT_DIR are honoured) and `ca`. Error: :tls.
Result<SslContext> client_tls_context(const ClientTls& options);
/// Error: :tls.
Result<SslContext> server_tls_context(const ServerTls& options);

/// What went wrong in one handshake, gathered while it runs.
struct TlsTrouble {
    int verify_error = 0; // X509_V_ERR_…, 0: none
    std::string reason;   // OpenSSL's words for a failure of the protocol
    bool empty() const noexcept { return verify_error == 0 && reason.empty(); }
};

/// The decision about one certificate of the chain, from inside OpenSSL's verification; `acceptable` is
/// OpenSSL's own. Checks the name at the leaf.
bool verify_certificate(x509_store_ctx_st* store, bool acceptable, const std::string& host, bool verify,
                        TlsTrouble& trouble) noexcept;
/// Makes the handshakes of this context remember why they failed, for tls_reason.
void watch_tls_errors(ssl_ctx_st* context);
/// OpenSSL's or the peer's words for a failed handshake; empty if none were said.
std::string tls_reason(const ssl_st* ssl);

/// Nobody has objected to anything: the connection ended in the handshake, or what answered doesn't speak TLS.
bool is_broken_off(const TlsTrouble& trouble) noexcept;

/// The sentence for a user.
std::string tls_failure_text(const TlsTrouble& trouble, const std::string& host);

TlsInfo describe_tls(const ssl_st* ssl);

} // namespace qi::ws
