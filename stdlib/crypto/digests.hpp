// Digests and HMAC, over OpenSSL. Interpreter thread only.
#pragma once

#include "native/native.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace qi::stdlib {

struct DigestAlgorithm {
    std::string_view name; // of the keyword
    const EVP_MD* (*digest)();
};

/// Null: there is none of this name.
const DigestAlgorithm* digest_algorithm(std::string_view name) noexcept;
/// The one that the keyword names; what else it is, is an error about that argument.
Result<const DigestAlgorithm*> algorithm_named_by(Call call, int argument, Value keyword);

/// The bytes of the digest. Empty: the program is to stop.
Result<std::optional<std::string>> digest(Call call, const DigestAlgorithm& algorithm, std::string_view bytes);
/// RFC 2104, with a key of any length. Empty: the program is to stop.
Result<std::optional<std::string>> hmac(Call call, const DigestAlgorithm& algorithm, std::string_view key,
                                        std::string_view bytes);

/// Takes as long wherever they differ (how long they are is no secret).
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

} // namespace qi::stdlib
