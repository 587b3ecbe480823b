// The algorithms of JWS (RFC 7518, section 3) over OpenSSL: a key and a text give a signature. Interpreter thread only.
#pragma once

#include "native/native.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace qi::stdlib {

struct SignatureAlgorithm {
    enum class Family { Secret, Rsa, Curve };
    std::string_view name; // as a token's header has it
    Family family;
    std::string_view digest; // as crypto/hash has it
    std::size_t part = 0;    // of a curve: bytes of each of the two numbers that a signature is
    const char* curve = "";  // as OpenSSL calls it
};

/// Of a key that can't be used: a failure that may well happen, which callers give as an error map.
inline constexpr Kind key_fault{"key"};

/// Null: there is none of this name, in capitals or not.
const SignatureAlgorithm* signature_algorithm(std::string_view name);
/// The names of all of them.
std::string signature_algorithm_names();

/// The bytes of the signature. Fails with `key_fault` if the key can't make one. Empty: the program is to stop.
Result<std::optional<std::string>> sign(Call call, const SignatureAlgorithm& algorithm, std::string_view key,
                                        std::string_view text);
/// Whether it is one of the text with this key, or its other half. Fails with `key_fault` if the key can't tell. Empty:
/// the program is to stop.
Result<std::optional<bool>> verify(Call call, const SignatureAlgorithm& algorithm, std::string_view key,
                                   std::string_view text, std::string_view signature);

} // namespace qi::stdlib
