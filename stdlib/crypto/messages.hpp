#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr CallMessage openssl_refuses{"OpenSSL refuses: {0}", "OpenSSL が拒否しました: {0}"};
inline constexpr CallMessage unknown_algorithm{"there is no algorithm {0}; known: {1}",
                                               "アルゴリズム {0} はありません（使えるもの: {1}）"};
inline constexpr CallMessage cipher_key_size{
    "a key has 16, 24 or 32 bytes, not {0}; make one with (crypto/random-bytes 32)",
    "鍵は 16、24、32 バイトのいずれかです（渡された長さ: {0}）。(crypto/random-bytes 32) で作れます"};
inline constexpr CallMessage cipher_option_type{"{0} must be {1}, not {2}", "{0}: {1}が必要です（渡された値: {2}）"};
inline constexpr Message cipher_nonce{"12 bytes", "12 バイトの bytes "};
inline constexpr Message cant_decrypt{"this wasn't encrypted with this key, or was changed since",
                                      "この鍵で暗号化されたものではないか、後から変更されています"};

} // namespace qi::msg
