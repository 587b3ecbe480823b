// AES-GCM (NIST SP 800-38D): 12 bytes of nonce, the encrypted bytes, 16 bytes of tag, in this order. Interpreter thread
// only.
#include "crypto/cipher.hpp"

#include "crypto/messages.hpp"
#include "crypto/openssl.hpp"
#include "crypto/random.hpp"
#include "data/print.hpp"
#include "data/type_name.hpp"
#include "native/native.hpp"
#include "str/messages.hpp"

#include <algorithm>
#include <string>

#include <openssl/err.h>

namespace qi::stdlib {

namespace {

using Ciphering = openssl::Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

constexpr std::size_t nonce_size = 12; // SP 800-38D, 5.2.1.1: what is recommended
constexpr std::size_t tag_size = 16;   // the longest
constexpr std::size_t piece_size = 1 << 18;

struct CipherOptions {
    std::string_view aad;
    std::string_view nonce; // empty: a fresh one
};

Result<CipherOptions> cipher_options(Call call, std::optional<Map> given, bool encrypts) {
    CipherOptions options;
    if (!given) return options;
    MapCursor cursor(*given);
    for (Value key, value; cursor.next(key, value);) {
        const std::string_view name = is_keyword(key) ? as_symbol(key)->text() : "";
        if (name == "aad") {
            if (!is_string(value) && !is_bytes(value))
                return failure_at(2, kind::type, msg::cipher_option_type,
                                  {":aad", msg::type_text_or_bytes.text(), describe_value(call.store(), value)});
            options.aad = text_of(value);
        } else if (name == "nonce" && encrypts) {
            if (!is_bytes(value) || text_of(value).size() != nonce_size)
                return failure_at(2, is_bytes(value) ? kind::value : kind::type, msg::cipher_option_type,
                                  {":nonce", msg::cipher_nonce.text(), describe_value(call.store(), value)});
            options.nonce = text_of(value);
        } else {
            return failure_at(2, kind::value, msg::unknown_option,
                              {shortened(call.store(), key), encrypts ? ":aad :nonce" : ":aad"});
        }
    }
    return options;
}

const unsigned char* cipher_input(std::string_view bytes) noexcept {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// One direction of AES-GCM, whose length of key says which AES it is.
class Gcm {
public:
    static Result<Gcm> start(std::string_view key, std::string_view nonce, bool encrypts) {
        if (auto there = openssl::ready(); !there) return there.error();
        const EVP_CIPHER* cipher = key.size() == 16   ? EVP_aes_128_gcm()
                                   : key.size() == 24 ? EVP_aes_192_gcm()
                                   : key.size() == 32 ? EVP_aes_256_gcm()
                                                      : nullptr;
        if (cipher == nullptr) return failure_at(0, kind::value, msg::cipher_key_size, {std::to_string(key.size())});
        Gcm made;
        made.context_.reset(EVP_CIPHER_CTX_new());
        if (!made.context_ || EVP_CipherInit_ex2(made.context_.get(), cipher, cipher_input(key), cipher_input(nonce),
                                                 encrypts ? 1 : 0, nullptr) != 1)
            return openssl::refusal();
        return made;
    }

    /// What is authenticated and not encrypted. Before all else.
    bool authenticate(std::string_view aad) noexcept {
        for (std::size_t at = 0; at < aad.size(); at += piece_size) {
            const std::string_view piece = aad.substr(at, piece_size);
            int unused = 0;
            if (EVP_CipherUpdate(context_.get(), nullptr, &unused, cipher_input(piece),
                                 static_cast<int>(piece.size())) != 1)
                return false;
        }
        return true;
    }
    /// A piece of at most `piece_size`, behind `out`.
    bool add(std::string& out, std::string_view piece) {
        const std::size_t at = out.size();
        out.resize(at + piece.size());
        int written = 0;
        return EVP_CipherUpdate(context_.get(), reinterpret_cast<unsigned char*>(out.data() + at), &written,
                                cipher_input(piece), static_cast<int>(piece.size())) == 1;
    }
    bool finish(std::string& tag) {
        tag.resize(tag_size);
        return end() &&
               EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_size), tag.data()) == 1;
    }
    /// False: not all of it is what was encrypted with this key.
    bool verify(std::string tag) {
        return EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_size), tag.data()) ==
                   1 &&
               end();
    }

private:
    bool end() noexcept {
        unsigned char none[EVP_MAX_BLOCK_LENGTH];
        int written = 0;
        return EVP_CipherFinal_ex(context_.get(), none, &written) == 1;
    }
    Ciphering context_;
};

Result<Value> encrypt(Call call, std::string_view key, std::string_view data, std::optional<Map> given) {
    const auto options = cipher_options(call, given, true);
    if (!options) return options.error();
    if (data.size() > String::max_size - nonce_size - tag_size)
        return failure(kind::limit, msg::result_too_large, {std::to_string(String::max_size)});
    std::string out = options->nonce.empty() ? random_bytes(nonce_size) : std::string(options->nonce);
    auto gcm = Gcm::start(key, out, true);
    if (!gcm) return gcm.error();
    out.reserve(nonce_size + data.size() + tag_size);
    if (!gcm->authenticate(options->aad)) return openssl::refusal();
    for (std::size_t at = 0; at < data.size(); at += piece_size) {
        if (at != 0 && call.should_stop()) return call.stop();
        if (!gcm->add(out, data.substr(at, piece_size))) return openssl::refusal();
    }
    std::string tag;
    if (!gcm->finish(tag)) return openssl::refusal();
    return make_bytes(call.store(), out += tag);
}

Result<Value> decrypt(Call call, std::string_view key, std::string_view sealed, std::optional<Map> given) {
    const auto options = cipher_options(call, given, false);
    if (!options) return options.error();
    const bool whole = sealed.size() >= nonce_size + tag_size;
    auto gcm = Gcm::start(key, whole ? sealed.substr(0, nonce_size) : std::string_view("            "), false);
    if (!gcm) return gcm.error();
    const auto refuse = [&] {
        ERR_clear_error();
        return call.make_error(failure(Kind{"decryption"}, msg::cant_decrypt));
    };
    if (!whole) return refuse();
    const std::string_view data = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
    if (!gcm->authenticate(options->aad)) return openssl::refusal();
    std::string out;
    out.reserve(data.size());
    for (std::size_t at = 0; at < data.size(); at += piece_size) {
        if (at != 0 && call.should_stop()) return call.stop();
        if (!gcm->add(out, data.substr(at, piece_size))) return openssl::refusal();
    }
    if (!gcm->verify(std::string(sealed.substr(sealed.size() - tag_size)))) return refuse();
    return make_bytes(call.store(), std::move(out));
}

constexpr OptionRow encrypt_option_rows[] = {
    {":aad",
     {"a string or bytes", "文字列か bytes"},
     "\"\"",
     {"what is authenticated with it and not encrypted: decrypting needs the same",
      "暗号化せずに一緒に認証するもの。復号にも同じものが要る"}},
    {":nonce",
     {"12 bytes", "12 バイトの bytes"},
     "",
     {"instead of a fresh random one; never twice with one key: that gives the key's secrets away",
      "毎回作られる乱数の代わりに使うもの。同じ鍵で二度使うと秘密が漏れる"}},
};

constexpr Native cipher_natives[] = {
    native("crypto/encrypt key data options?",
           "The bytes of data, a string or bytes, encrypted and authenticated by AES-GCM with key, which has "
           "16, 24 or 32 bytes, and these options: 12 bytes of nonce, a fresh random one each time, then the "
           "encrypted ones and 16 of tag. Encrypt no more than 2^32 times with one key. Fails with :value for "
           "another length or a wrong option, with :limit past 4 GiB, and with :io if the library for it can't "
           "be loaded.\n"
           "(len (bytes/to-vec (crypto/encrypt (crypto/random-bytes 32) \"hello\"))) ;=> 33",
           [](Call call, BytesValue key, TextOrBytes data, std::optional<Map> options) {
               return encrypt(call, text_of(key), text_of(data), options);
           }),
    native("crypto/decrypt key sealed options?",
           "The bytes that crypto/encrypt made sealed of with this key and, in options, the same :aad. An "
           "error map, :kind :decryption, if the key or :aad is another one or sealed isn't as it was made. "
           "Fails with :value for another length of key or a wrong option, and with :io if the library for it "
           "can't be loaded.\n"
           "(let [key (crypto/random-bytes 32)]\n"
           "  (bytes/to-string (crypto/decrypt key (crypto/encrypt key \"hello\")))) ;=> \"hello\"",
           [](Call call, BytesValue key, BytesValue sealed, std::optional<Map> options) {
               return decrypt(call, text_of(key), text_of(sealed), options);
           }),
};

} // namespace

void define_cipher(Setup setup) {
    setup.define(cipher_natives);
    setup.declare_options("crypto/encrypt", 2, [](Language in) { return docs_of(encrypt_option_rows, in); });
    setup.declare_options("crypto/decrypt", 2, [](Language in) { return docs_of({encrypt_option_rows, 1}, in); });
}

} // namespace qi::stdlib
