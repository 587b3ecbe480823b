// AES-GCM. Interpreter thread only.
#pragma once

#include "native/setup.hpp"

namespace qi::stdlib {

/// crypto/encrypt and crypto/decrypt. Called by define_crypto.
void define_cipher(Setup setup);

} // namespace qi::stdlib
