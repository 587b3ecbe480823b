#include "crypto/openssl.hpp"

#include "base/late_libraries.hpp"
#include "base/messages.hpp"
#include "crypto/messages.hpp"

#include <array>

#include <openssl/err.h>

namespace qi::stdlib::openssl {

Result<void> ready() {
    if (const char* why = load_libraries("libcrypto")) return failure(kind::io, msg::cant_load_library, {why});
    return {};
}

Error refusal() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return failure(kind::io, msg::openssl_refuses, {text.data()});
}

} // namespace qi::stdlib::openssl
