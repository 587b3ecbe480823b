#include "ws/transport/net/tls.hpp"

#include "ws/transport/http/url.hpp"
#include "ws/transport/kinds.hpp"
#include "ws/transport/messages.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace qi::ws {

namespace {

std::string openssl_reason() {
    const unsigned long error = ERR_peek_last_error();
    const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
    ERR_clear_error();
    return reason == nullptr ? std::string("?") : std::string(reason);
}

Error file_error(const std::string& file) {
    struct stat info {};
    const std::string reason = stat(file.c_str(), &info) != 0 ? "no such file" : openssl_reason();
    ERR_clear_error();
    return failure(kind::tls, message::tls_file, {file, reason});
}

std::string file_stamp(const std::string& file) {
    struct stat info {};
    if (file.empty() || stat(file.c_str(), &info) != 0) return file + "|";
    return file + "|" + std::to_string(info.st_mtim.tv_sec) + "." + std::to_string(info.st_mtim.tv_nsec) + "|" +
           std::to_string(info.st_size) + "|";
}

Result<void> use_certificate(SSL_CTX* context, const std::string& cert, const std::string& key) {
    if (SSL_CTX_use_certificate_chain_file(context, cert.c_str()) != 1) return file_error(cert);
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) return file_error(key);
    if (SSL_CTX_check_private_key(context) != 1) return file_error(key);
    return {};
}

// Of TLS 1.2: a key of its own for each connection, and no CBC with SHA-1. Those of TLS 1.3 are all sound.
constexpr std::string_view sound_ciphers = "ECDHE+HIGH:DHE+HIGH:!aNULL:!SHA1:!PSK:!DSS";

/// Splits at what OpenSSL takes for separators.
std::vector<std::string> names_in(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const std::size_t end = list.find_first_of(":, ;");
        if (end != 0) names.emplace_back(list.substr(0, end));
        list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
    }
    return names;
}

/// OpenSSL passes over names that it doesn't know, so each is tried by itself.
bool is_known(SSL_CTX* scratch, const std::string& name) {
    if (name.starts_with("TLS_")) return SSL_CTX_set_ciphersuites(scratch, name.c_str()) == 1;
    if (name.starts_with('@')) return SSL_CTX_set_cipher_list(scratch, ("ALL:" + name).c_str()) == 1;
    const std::size_t sign = name.find_first_not_of("!+-");
    return sign != std::string::npos && SSL_CTX_set_cipher_list(scratch, name.substr(sign).c_str()) == 1;
}

Result<void> use_strength(SSL_CTX* context, const TlsStrength& strength) {
    SSL_CTX_set_min_proto_version(context, strength.only_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
    std::string suites; // of TLS 1.3, which OpenSSL keeps in a list of their own
    std::string list;
    const SslContext scratch(SSL_CTX_new(TLS_method()));
    for (const std::string& name : names_in(strength.ciphers)) {
        if (!is_known(scratch.get(), name)) {
            ERR_clear_error();
            return failure(kind::value, message::tls_cipher, {name});
        }
        std::string& into = name.starts_with("TLS_") ? suites : list;
        into += (into.empty() ? "" : ":") + name;
    }
    const bool sound = SSL_CTX_set_cipher_list(context, list.empty() ? sound_ciphers.data() : list.c_str()) == 1 &&
                       (suites.empty() || SSL_CTX_set_ciphersuites(context, suites.c_str()) == 1);
    if (!sound) {
        ERR_clear_error();
        return failure(kind::value, message::tls_ciphers_none, {strength.ciphers});
    }
    return {};
}

void free_reason(void*, void* reason, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<std::string*>(reason); }

int reason_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_reason);
    return index;
}

void keep_reason(const SSL* ssl, const char* words) {
    if (words == nullptr || SSL_get_ex_data(ssl, reason_index()) != nullptr) return;
    SSL_set_ex_data(const_cast<SSL*>(ssl), reason_index(), new std::string(words));
}

// OpenSSL has two lists of an alert's words. The shorter of them knows none of TLS 1.3 (RFC 8446, 6.2).
const char* alert_text(int alert) {
    const std::string_view text = SSL_alert_desc_string_long(alert);
    return text == "unknown" ? ERR_reason_error_string(ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET + alert))
                             : text.data();
}

// libwebsockets empties OpenSSL's error queue before it reports a failure, so it is read in here.
void on_tls_state(const SSL* ssl, int where, int result) {
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && (result >> 8) == SSL3_AL_FATAL)
        keep_reason(ssl, alert_text(result & 0xFF));
    else if ((where & SSL_CB_EXIT) != 0 && result <= 0)
        keep_reason(ssl, ERR_reason_error_string(ERR_peek_last_error()));
}

constexpr long write_mode = SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER;

} // namespace

void SslContextDeleter::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

std::string tls_fingerprint(const ClientTls& options) {
    return file_stamp(options.ca) + file_stamp(options.cert) + file_stamp(options.key) +
           (options.strength.only_1_3 ? "1.3|" : "|") + options.strength.ciphers;
}

Result<SslContext> client_tls_context(const ClientTls& options) {
    SslContext context(SSL_CTX_new(TLS_client_method()));
    if (context == nullptr) return failure(kind::tls, message::connect_tls, {openssl_reason(), ""});
    if (auto used = use_strength(context.get(), options.strength); !used) return used.error();
    SSL_CTX_set_mode(context.get(), write_mode);
    SSL_CTX_set_default_verify_paths(context.get());
    if (!options.ca.empty() && SSL_CTX_load_verify_file(context.get(), options.ca.c_str()) != 1)
        return file_error(options.ca);
    if (!options.cert.empty())
        if (auto used = use_certificate(context.get(), options.cert, options.key); !used) return used.error();
    ERR_clear_error();
    return context;
}

Result<SslContext> server_tls_context(const ServerTls& options) {
    SslContext context(SSL_CTX_new(TLS_server_method()));
    if (context == nullptr) return failure(kind::tls, message::connect_tls, {openssl_reason(), ""});
    if (auto used = use_strength(context.get(), options.strength); !used) return used.error();
    SSL_CTX_set_mode(context.get(), write_mode);
    if (options.cert.empty() || options.key.empty()) return failure(kind::tls, message::server_cert_and_key);
    if (auto used = use_certificate(context.get(), options.cert, options.key); !used) return used.error();
    // Sessions that are resumed were checked for this very server.
    constexpr unsigned char name[] = "qi";
    SSL_CTX_set_session_id_context(context.get(), name, sizeof name - 1);
    if (!options.ca.empty()) {
        if (SSL_CTX_load_verify_file(context.get(), options.ca.c_str()) != 1) return file_error(options.ca);
        SSL_CTX_set_client_CA_list(context.get(), SSL_load_client_CA_file(options.ca.c_str()));
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    ERR_clear_error();
    return context;
}

bool verify_certificate(x509_store_ctx_st* store, bool acceptable, const std::string& host, bool verify,
                        TlsTrouble& trouble) noexcept {
    if (!verify) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return true;
    }
    if (!acceptable) {
        trouble.verify_error = X509_STORE_CTX_get_error(store);
        return false;
    }
    if (X509_STORE_CTX_get_error_depth(store) != 0) return true;
    X509* leaf = X509_STORE_CTX_get_current_cert(store);
    const bool right = is_address(host) ? X509_check_ip_asc(leaf, host.c_str(), 0) == 1
                                        : X509_check_host(leaf, host.data(), host.size(),
                                                          X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, nullptr) == 1;
    if (right) return true;
    trouble.verify_error = X509_V_ERR_HOSTNAME_MISMATCH;
    X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    return false;
}

void watch_tls_errors(ssl_ctx_st* context) { SSL_CTX_set_info_callback(context, on_tls_state); }

std::string tls_reason(const ssl_st* ssl) {
    const auto* reason = static_cast<const std::string*>(SSL_get_ex_data(ssl, reason_index()));
    return reason == nullptr ? std::string{} : *reason;
}

namespace {

bool was_cut(const TlsTrouble& trouble) noexcept {
    return trouble.reason.empty() || trouble.reason == "unexpected eof while reading";
}

bool was_no_tls(const TlsTrouble& trouble) noexcept {
    return trouble.reason == "wrong version number" || trouble.reason == "http request" ||
           trouble.reason == "packet length too long" || trouble.reason == "record layer failure";
}

} // namespace

bool is_broken_off(const TlsTrouble& trouble) noexcept {
    return trouble.verify_error == X509_V_OK && (was_cut(trouble) || was_no_tls(trouble));
}

std::string tls_failure_text(const TlsTrouble& trouble, const std::string& host) {
    const std::string_view words = X509_verify_cert_error_string(trouble.verify_error);
    switch (trouble.verify_error) {
    case X509_V_OK: break;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return format(message::tls_self_signed);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: return format(message::tls_untrusted, {words});
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID: return format(message::tls_expired, {words});
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return format(message::tls_host, {host});
    default: return format(message::tls_certificate, {words});
    }
    if (was_cut(trouble)) return format(message::tls_cut);
    return was_no_tls(trouble) ? format(message::tls_not_spoken) : trouble.reason;
}

TlsInfo describe_tls(const ssl_st* ssl) {
    TlsInfo info;
    info.version = SSL_get_version(ssl);
    info.cipher = SSL_get_cipher_name(ssl);
    if (X509* peer = SSL_get0_peer_certificate(ssl)) {
        char subject[512];
        X509_NAME_oneline(X509_get_subject_name(peer), subject, sizeof subject);
        info.peer = subject;
    }
    return info;
}

} // namespace qi::ws
