#include "jwt/keys.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <openssl/bio.h>
#include <openssl/decoder.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace qi::stdlib {

namespace {

using Input = openssl::Owned<BIO, BIO_free>;
using Certificate = openssl::Owned<X509, X509_free>;
using Decoder = openssl::Owned<OSSL_DECODER_CTX, OSSL_DECODER_CTX_free>;

Input input_of(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return nullptr;
    return Input(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Without this OpenSSL would ask at the terminal.
int no_password(char*, int, int, void*) noexcept { return -1; }

openssl::Key private_key(std::string_view pem) {
    const Input input = input_of(pem);
    return openssl::Key(input ? PEM_read_bio_PrivateKey(input.get(), nullptr, no_password, nullptr) : nullptr);
}

openssl::Key public_key(std::string_view pem) {
    const Input input = input_of(pem);
    if (!input) return nullptr;
    if (pem.find("-----BEGIN CERTIFICATE") != std::string_view::npos) {
        const Certificate certificate(PEM_read_bio_X509(input.get(), nullptr, no_password, nullptr));
        return openssl::Key(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
    }
    if (pem.find("-----BEGIN ") == std::string_view::npos) return nullptr;
    EVP_PKEY* key = nullptr;
    const Decoder decoder(
        OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, nullptr, EVP_PKEY_PUBLIC_KEY, nullptr, nullptr));
    if (decoder) OSSL_DECODER_from_bio(decoder.get(), input.get());
    return openssl::Key(key);
}

} // namespace

EVP_PKEY* PemKeys::read(Half half, std::string_view pem) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& each) { return each.half == half && each.pem == pem; });
    if (known != entries_.end()) {
        std::rotate(known, known + 1, entries_.end());
        return entries_.back().key.get();
    }
    openssl::Key key = half == Half::Private ? private_key(pem) : public_key(pem);
    if (!key) return nullptr;
    if (entries_.size() == most) entries_.erase(entries_.begin());
    entries_.push_back({half, std::string(pem), std::move(key)});
    return entries_.back().key.get();
}

} // namespace qi::stdlib
