// The authorities that the system trusts. Service thread, but for the one call that adds them to a context.
#pragma once

struct ssl_ctx_st;

namespace qi::ws {

/// The context trusts them from now on: those in the system's folder and in its file, or in SSL_CERT_DIR and
/// SSL_CERT_FILE. The file, which has all of them and takes 20 ms to read, is read when a certificate needs an
/// authority that neither the context nor the folder has.
void trust_system_authorities(ssl_ctx_st* context) noexcept;

} // namespace qi::ws
