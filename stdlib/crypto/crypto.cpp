// crypto/: digests, secrets, chance. What OpenSSL does is in digests.cpp and cipher.cpp. Interpreter thread only.
#include "namespaces.hpp"

#include "base/messages.hpp"
#include "crypto/cipher.hpp"
#include "crypto/digests.hpp"
#include "crypto/random.hpp"
#include "str/hex.hpp"

namespace qi::stdlib {

namespace {

constexpr std::int64_t most_random_bytes = 16 * 1024 * 1024;

Result<Value> hexadecimal(Call call, Result<std::optional<std::string>>&& made) {
    if (!made) return made.error();
    return *made ? make_string(call.store(), hex::encode(**made)) : call.stop();
}

Result<Value> named_digest(Call call, std::string_view name, Value s) {
    return hexadecimal(call, digest(call, *digest_algorithm(name), text_of(s)));
}

Result<Value> hash(Call call, Value s, std::optional<Value> named) {
    if (!named) return named_digest(call, "sha256", s);
    const auto algorithm = algorithm_named_by(call, 1, *named);
    if (!algorithm) return algorithm.error();
    return hexadecimal(call, digest(call, **algorithm, text_of(s)));
}

Result<Value> keyed_hash(Call call, Value named, Value key, Value s) {
    const auto algorithm = algorithm_named_by(call, 0, named);
    if (!algorithm) return algorithm.error();
    return hexadecimal(call, hmac(call, **algorithm, text_of(key), text_of(s)));
}

Result<Value> random_value(Call call, std::int64_t count) {
    if (count < 0 || count > most_random_bytes)
        return failure_at(0, kind::range, msg::argument_range,
                          {"n", format(msg::between, {"0", std::to_string(most_random_bytes)}), std::to_string(count)});
    return make_bytes(call.store(), random_bytes(static_cast<std::size_t>(count)));
}

/// RFC 9562, 5.4.
std::string uuid() {
    std::string bytes = random_bytes(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
    std::string text = hex::encode(bytes);
    for (const std::size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');
    return text;
}

constexpr Native crypto_natives[] = {
    native("crypto/hash s algorithm?",
           "The digest of s, a string or bytes, in hexadecimal, by algorithm: :sha256 by default, :sha384, :sha512, "
           ":sha1 or :md5. Fails with :value for another, and with :io if the library for it can't be loaded.\n"
           "(str/take-str 8 (crypto/hash \"abc\" :sha512)) ;=> \"ddaf35a1\"",
           [](Call call, TextOrBytes s, std::optional<Value> algorithm) { return hash(call, s, algorithm); }),
    native("crypto/sha256 s",
           "The SHA-256 digest of s, a string or bytes, in hexadecimal. Fails with :io if the library for it can't be "
           "loaded.\n"
           "(str/take-str 8 (crypto/sha256 \"abc\")) ;=> \"ba7816bf\"",
           [](Call call, TextOrBytes s) { return named_digest(call, "sha256", s); }),
    native("crypto/sha384 s",
           "The SHA-384 digest of s, a string or bytes, in hexadecimal. Fails with :io if the library for it can't be "
           "loaded.\n"
           "(str/take-str 8 (crypto/sha384 \"abc\")) ;=> \"cb00753f\"",
           [](Call call, TextOrBytes s) { return named_digest(call, "sha384", s); }),
    native("crypto/sha512 s",
           "The SHA-512 digest of s, a string or bytes, in hexadecimal. Fails with :io if the library for it can't be "
           "loaded.\n"
           "(str/take-str 8 (crypto/sha512 \"abc\")) ;=> \"ddaf35a1\"",
           [](Call call, TextOrBytes s) { return named_digest(call, "sha512", s); }),
    native("crypto/sha1 s",
           "The SHA-1 digest of s, a string or bytes, in hexadecimal. Others can make a second text with the same one: "
           "it is for protocols that ask for it. Fails with :io if the library for it can't be loaded.\n"
           "(str/take-str 8 (crypto/sha1 \"abc\")) ;=> \"a9993e36\"",
           [](Call call, TextOrBytes s) { return named_digest(call, "sha1", s); }),
    native("crypto/md5 s",
           "The MD5 digest of s, a string or bytes, in hexadecimal. Others can easily make a second text with the same "
           "one: it is for protocols that ask for it. Fails with :io if the library for it can't be loaded.\n"
           "(str/take-str 8 (crypto/md5 \"abc\")) ;=> \"90015098\"",
           [](Call call, TextOrBytes s) { return named_digest(call, "md5", s); }),
    native(
        "crypto/hmac algorithm key s",
        "The HMAC (RFC 2104) of s with key, strings or bytes, in hexadecimal, by algorithm, as crypto/hash has "
        "them. Compare it with crypto/equal?. Fails with :value for another algorithm, and with :io if the library "
        "for it can't be loaded.\n"
        "(str/take-str 8 (crypto/hmac :sha256 \"key\" \"abc\")) ;=> \"9c196e32\"",
        [](Call call, Value algorithm, TextOrBytes key, TextOrBytes s) { return keyed_hash(call, algorithm, key, s); }),
    native("crypto/equal? a b",
           "Whether the strings or bytes a and b have the same bytes. Takes as long wherever they differ, so that "
           "nobody can guess a secret, byte by byte, from how long it takes.\n"
           "(crypto/equal? \"secret\" \"secreT\") ;=> false",
           [](Call, TextOrBytes a, TextOrBytes b) { return equal_in_constant_time(text_of(a), text_of(b)); }),
    native("crypto/random-bytes n",
           "n bytes that nobody can guess, 16 MiB at most. Fails with :range for more.\n"
           "(len (bytes/to-vec (crypto/random-bytes 32))) ;=> 32",
           [](Call call, std::int64_t n) { return random_value(call, n); }),
    native("crypto/uuid", "A random UUID (version 4).\n(len (crypto/uuid)) ;=> 36", [](Call) { return uuid(); }),
};

} // namespace

void define_crypto(Setup setup) {
    setup.define(crypto_natives);
    define_cipher(setup);
}

} // namespace qi::stdlib
