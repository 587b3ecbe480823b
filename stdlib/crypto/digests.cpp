#include "crypto/digests.hpp"

#include "crypto/messages.hpp"
#include "crypto/openssl.hpp"
#include "data/print.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <openssl/core_names.h>
#include <openssl/params.h>

namespace qi::stdlib {

namespace {

using Mac = openssl::Owned<EVP_MAC, EVP_MAC_free>;
using Authenticating = openssl::Owned<EVP_MAC_CTX, EVP_MAC_CTX_free>;

constexpr DigestAlgorithm digest_algorithms[] = {
    {"sha256", EVP_sha256}, {"sha384", EVP_sha384}, {"sha512", EVP_sha512}, {"sha1", EVP_sha1}, {"md5", EVP_md5},
};

constexpr std::size_t bytes_between_looks = 1 << 18; // at whether the program is to stop: a fraction of a millisecond

enum class Fed { All, Stopped, Refused };

/// In pieces, each of which `take` gets.
template <typename Take>
Fed feed(Call call, std::string_view bytes, Take take) {
    for (std::size_t at = 0; at < bytes.size(); at += bytes_between_looks) {
        if (at != 0 && call.should_stop()) return Fed::Stopped;
        if (!take(bytes.substr(at, bytes_between_looks))) return Fed::Refused;
    }
    return Fed::All;
}

const unsigned char* unsigned_bytes(std::string_view bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

} // namespace

const DigestAlgorithm* digest_algorithm(std::string_view name) noexcept {
    const auto* const found = std::find_if(std::begin(digest_algorithms), std::end(digest_algorithms),
                                           [&](const DigestAlgorithm& each) { return each.name == name; });
    return found == std::end(digest_algorithms) ? nullptr : found;
}

Result<const DigestAlgorithm*> algorithm_named_by(Call call, int argument, Value keyword) {
    const DigestAlgorithm* found = is_keyword(keyword) ? digest_algorithm(as_symbol(keyword)->text()) : nullptr;
    if (found != nullptr) return found;
    std::string known;
    for (const DigestAlgorithm& each : digest_algorithms) known.append(known.empty() ? ":" : " :").append(each.name);
    return failure_at(argument, kind::value, msg::unknown_algorithm, {shortened(call.store(), keyword), known});
}

Result<std::optional<std::string>> digest(Call call, const DigestAlgorithm& algorithm, std::string_view bytes) {
    if (auto there = openssl::ready(); !there) return there.error();
    const openssl::Digesting context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex(context.get(), algorithm.digest(), nullptr) != 1) return openssl::refusal();
    const Fed fed = feed(call, bytes, [&](std::string_view piece) {
        return EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
    });
    if (fed == Fed::Stopped) return std::optional<std::string>();
    std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
    unsigned size = 0;
    if (fed == Fed::Refused || EVP_DigestFinal_ex(context.get(), made.data(), &size) != 1) return openssl::refusal();
    return std::optional(std::string(reinterpret_cast<const char*>(made.data()), size));
}

Result<std::optional<std::string>> hmac(Call call, const DigestAlgorithm& algorithm, std::string_view key,
                                        std::string_view bytes) {
    if (auto there = openssl::ready(); !there) return there.error();
    const Mac mac(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
    const Authenticating context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
    // It doesn't write what it takes by a pointer to what isn't const.
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(EVP_MD_get0_name(algorithm.digest())),
                                         0),
        OSSL_PARAM_construct_end(),
    };
    // A key without bytes is one; a null pointer would be none.
    const unsigned char* const given = key.empty() ? unsigned_bytes("") : unsigned_bytes(key);
    if (!context || EVP_MAC_init(context.get(), given, key.size(), parameters) != 1) return openssl::refusal();
    const Fed fed = feed(call, bytes, [&](std::string_view piece) {
        return EVP_MAC_update(context.get(), unsigned_bytes(piece), piece.size()) == 1;
    });
    if (fed == Fed::Stopped) return std::optional<std::string>();
    std::array<unsigned char, EVP_MAX_MD_SIZE> made{};
    std::size_t size = 0;
    if (fed == Fed::Refused || EVP_MAC_final(context.get(), made.data(), &size, made.size()) != 1)
        return openssl::refusal();
    return std::optional(std::string(reinterpret_cast<const char*>(made.data()), size));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    volatile unsigned char differing = 0; // volatile: no compiler may leave the loop early
    for (std::size_t i = 0; i < a.size(); ++i) differing = differing | static_cast<unsigned char>(a[i] ^ b[i]);
    return differing == 0;
}

} // namespace qi::stdlib
