#include "ws/transport/net/authorities.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace qi::ws {

namespace {

/// What the store has by now.
int find(X509_STORE* store, X509_LOOKUP_TYPE type, const X509_NAME* name, X509_OBJECT* found) noexcept {
    X509* certificate = nullptr;
    X509_STORE_lock(store);
    if (X509_OBJECT* object = X509_OBJECT_retrieve_by_subject(X509_STORE_get0_objects(store), type, name))
        certificate = X509_OBJECT_get0_X509(object);
    X509_STORE_unlock(store);
    if (certificate == nullptr || X509_OBJECT_set1_X509(found, certificate) != 1) return 0;
    // Who asks takes `found` for one that it doesn't own. The store has one, too.
    X509_free(certificate);
    return 1;
}

/// Asked where the store and the folder don't have an authority. Its data is what reads the file, until it has.
int read_and_find(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name, X509_OBJECT* found) noexcept {
    auto* const file = static_cast<X509_LOOKUP*>(X509_LOOKUP_get_method_data(lookup));
    if (file == nullptr || type != X509_LU_X509) return 0;
    X509_LOOKUP_set_method_data(lookup, nullptr);
    // That there is none is no error of the connection.
    ERR_set_mark();
    X509_LOOKUP_load_file(file, nullptr, X509_FILETYPE_DEFAULT);
    ERR_pop_to_mark();
    return find(X509_LOOKUP_get_store(lookup), type, name, found);
}

/// What OpenSSL calls a method; contexts refer to it as long as they live.
X509_LOOKUP_METHOD* file_when_needed() noexcept {
    static X509_LOOKUP_METHOD* const method = [] {
        X509_LOOKUP_METHOD* made = X509_LOOKUP_meth_new("the system's file, when it is needed");
        if (made != nullptr) X509_LOOKUP_meth_set_get_by_subject(made, read_and_find);
        return made;
    }();
    return method;
}

} // namespace

void trust_system_authorities(ssl_ctx_st* context) noexcept {
    SSL_CTX_set_default_verify_dir(context);
    X509_STORE* const store = SSL_CTX_get_cert_store(context);
    X509_LOOKUP_METHOD* const method = file_when_needed();
    X509_LOOKUP* const file = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    X509_LOOKUP* const when_needed = method == nullptr ? nullptr : X509_STORE_add_lookup(store, method);
    if (file != nullptr && when_needed != nullptr) X509_LOOKUP_set_method_data(when_needed, file);
    SSL_CTX_set_default_verify_store(context);
    ERR_clear_error();
}

} // namespace qi::ws
