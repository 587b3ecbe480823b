// What all that calls OpenSSL's libcrypto shares: the library is there, its objects are freed, its refusals get words.
// Interpreter thread only.
#pragma once

#include "base/result.hpp"

#include <memory>

#include <openssl/evp.h>

namespace qi::stdlib::openssl {

/// Loads libcrypto, which a program that doesn't call this never does.
Result<void> ready();
/// What OpenSSL says about its last failure, for which a program can do nothing.
Error refusal();

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* object) const noexcept {
        free(object);
    }
};
template <typename T, auto free>
using Owned = std::unique_ptr<T, Free<free>>;

using Digesting = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;

} // namespace qi::stdlib::openssl
