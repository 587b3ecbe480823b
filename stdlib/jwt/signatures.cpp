#include "jwt/signatures.hpp"

#include "crypto/digests.hpp"
#include "crypto/openssl.hpp"
#include "jwt/keys.hpp"
#include "jwt/messages.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>

namespace qi::stdlib {

namespace {

using Family = SignatureAlgorithm::Family;
using TwoNumbers = openssl::Owned<ECDSA_SIG, ECDSA_SIG_free>;
using BigNumber = openssl::Owned<BIGNUM, BN_free>;

constexpr SignatureAlgorithm signature_algorithms[] = {
    {"HS256", Family::Secret, "sha256"},
    {"HS384", Family::Secret, "sha384"},
    {"HS512", Family::Secret, "sha512"},
    {"RS256", Family::Rsa, "sha256"},
    {"RS384", Family::Rsa, "sha384"},
    {"RS512", Family::Rsa, "sha512"},
    {"ES256", Family::Curve, "sha256", 32, "prime256v1"},
    {"ES384", Family::Curve, "sha384", 48, "secp384r1"},
};

constexpr int least_rsa_bits = 2048; // RFC 7518, 3.3

Error no_key(const Message& message, std::initializer_list<std::string_view> arguments) {
    ERR_clear_error();
    return failure(key_fault, message, arguments);
}

const unsigned char* octets(std::string_view bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// Who has to look into the token to know how to verify it may be shown a text as a secret that is a public key.
Result<void> check_secret(const SignatureAlgorithm& algorithm, std::string_view secret) {
    if (secret.empty()) return no_key(msg::jwt_empty_secret, {algorithm.name});
    if (secret.find("-----BEGIN ") != std::string_view::npos || secret.starts_with("ssh-") ||
        secret.starts_with("ecdsa-sha2-"))
        return no_key(msg::jwt_public_as_secret, {algorithm.name});
    return {};
}

/// Nothing if it is of the kind that the algorithm is for.
Result<void> check_kind(const SignatureAlgorithm& algorithm, const EVP_PKEY* key) {
    if (algorithm.family == Family::Rsa) {
        if (EVP_PKEY_is_a(key, "RSA") == 1 && EVP_PKEY_get_bits(key) >= least_rsa_bits) return {};
        return no_key(msg::jwt_rsa_needed, {algorithm.name});
    }
    std::array<char, 64> curve{};
    std::size_t length = 0;
    if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &length) == 1 &&
        std::string_view(curve.data(), length) == algorithm.curve)
        return {};
    return no_key(msg::jwt_curve_needed, {algorithm.name, algorithm.part == 32 ? "P-256" : "P-384"});
}

/// OpenSSL has the two numbers in ASN.1, JWS one behind the other (RFC 7518, 3.4).
Result<std::string> from_asn1(const SignatureAlgorithm& algorithm, std::string_view asn1) {
    const unsigned char* at = octets(asn1);
    const TwoNumbers numbers(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(asn1.size())));
    std::string out(2 * algorithm.part, '\0');
    auto* const first = reinterpret_cast<unsigned char*>(out.data());
    const auto part = static_cast<int>(algorithm.part);
    if (!numbers || BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), first, part) != part ||
        BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), first + algorithm.part, part) != part)
        return openssl::refusal();
    return out;
}

/// Empty for what can't be one.
std::string to_asn1(const SignatureAlgorithm& algorithm, std::string_view signature) {
    if (signature.size() != 2 * algorithm.part) return "";
    const auto part = static_cast<int>(algorithm.part);
    const TwoNumbers numbers(ECDSA_SIG_new());
    BigNumber r(BN_bin2bn(octets(signature), part, nullptr)),
        s(BN_bin2bn(octets(signature) + algorithm.part, part, nullptr));
    if (!numbers || !r || !s || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) return "";
    static_cast<void>(r.release()); // theirs now
    static_cast<void>(s.release());
    unsigned char* made = nullptr;
    const int size = i2d_ECDSA_SIG(numbers.get(), &made);
    std::string out(reinterpret_cast<const char*>(made), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(made);
    return out;
}

} // namespace

const SignatureAlgorithm* signature_algorithm(std::string_view name) {
    const auto same = [](char a, char b) { return a == std::toupper(static_cast<unsigned char>(b)); };
    const auto* const found = std::find_if(
        std::begin(signature_algorithms), std::end(signature_algorithms), [&](const SignatureAlgorithm& each) {
            return std::equal(each.name.begin(), each.name.end(), name.begin(), name.end(), same);
        });
    return found == std::end(signature_algorithms) ? nullptr : found;
}

std::string signature_algorithm_names() {
    std::string names;
    for (const SignatureAlgorithm& each : signature_algorithms)
        names.append(names.empty() ? "\"" : " \"").append(each.name).append("\"");
    return names;
}

Result<std::optional<std::string>> sign(Call call, const SignatureAlgorithm& algorithm, std::string_view key,
                                        std::string_view text) {
    if (auto there = openssl::ready(); !there) return there.error();
    if (algorithm.family == Family::Secret) {
        if (auto sound = check_secret(algorithm, key); !sound) return sound.error();
        return hmac(call, *digest_algorithm(algorithm.digest), key, text);
    }
    EVP_PKEY* const mine = call.extension<PemKeys>().read(PemKeys::Half::Private, key);
    if (mine == nullptr) return no_key(msg::jwt_no_private_key, {algorithm.name});
    if (auto sound = check_kind(algorithm, mine); !sound) return sound.error();
    const openssl::Digesting context(EVP_MD_CTX_new());
    std::size_t size = 0;
    if (!context ||
        EVP_DigestSignInit(context.get(), nullptr, digest_algorithm(algorithm.digest)->digest(), nullptr, mine) != 1 ||
        EVP_DigestSign(context.get(), nullptr, &size, octets(text), text.size()) != 1)
        return openssl::refusal();
    std::string made(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size, octets(text),
                       text.size()) != 1)
        return openssl::refusal();
    made.resize(size);
    if (algorithm.family == Family::Rsa) return std::optional(std::move(made));
    auto numbers = from_asn1(algorithm, made);
    if (!numbers) return numbers.error();
    return std::optional(std::move(*numbers));
}

Result<std::optional<bool>> verify(Call call, const SignatureAlgorithm& algorithm, std::string_view key,
                                   std::string_view text, std::string_view signature) {
    if (auto there = openssl::ready(); !there) return there.error();
    if (algorithm.family == Family::Secret) {
        if (auto sound = check_secret(algorithm, key); !sound) return sound.error();
        const auto made = hmac(call, *digest_algorithm(algorithm.digest), key, text);
        if (!made) return made.error();
        if (!*made) return std::optional<bool>();
        return std::optional(equal_in_constant_time(**made, signature));
    }
    EVP_PKEY* const theirs = call.extension<PemKeys>().read(PemKeys::Half::Public, key);
    if (theirs == nullptr) return no_key(msg::jwt_no_public_key, {algorithm.name});
    if (auto sound = check_kind(algorithm, theirs); !sound) return sound.error();
    const std::string given =
        algorithm.family == Family::Curve ? to_asn1(algorithm, signature) : std::string(signature);
    const openssl::Digesting context(EVP_MD_CTX_new());
    if (!context || EVP_DigestVerifyInit(context.get(), nullptr, digest_algorithm(algorithm.digest)->digest(), nullptr,
                                         theirs) != 1)
        return openssl::refusal();
    const bool right = EVP_DigestVerify(context.get(), octets(given), given.size(), octets(text), text.size()) == 1;
    ERR_clear_error();
    return std::optional(right);
}

} // namespace qi::stdlib
