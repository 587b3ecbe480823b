// Keys in PEM as OpenSSL has them. Reading one takes ten times as long as using it, so those used last are kept.
// Interpreter thread only.
#pragma once

#include "crypto/openssl.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qi::stdlib {

class PemKeys {
public:
    enum class Half : std::uint8_t { Private, Public };

    /// Null if the text has none, or only one with a password. Valid until the next call. OpenSSL must be there.
    EVP_PKEY* read(Half half, std::string_view pem);

private:
    static constexpr std::size_t most = 16;
    struct Entry {
        Half half;
        std::string pem;
        openssl::Key key;
    };
    std::vector<Entry> entries_; // the one used last is the last
};

} // namespace qi::stdlib
