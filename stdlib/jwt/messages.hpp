#pragma once

#include "base/message.hpp"

namespace qi::msg {

// --- The key, as an error map
inline constexpr Message jwt_empty_secret{"the secret for {0} is empty", "{0} の秘密の鍵が空です"};
inline constexpr Message jwt_public_as_secret{
    "{0} takes a secret, and this is a key in PEM or of SSH, which others may know",
    "{0} には秘密の鍵が必要ですが、PEM か SSH の鍵が渡されました（公開されているかもしれません）"};
inline constexpr Message jwt_no_private_key{"{0} signs with a private key in PEM, without a password; this is none",
                                            "{0} の署名には、パスワードのない PEM の秘密鍵が必要です"};
inline constexpr Message jwt_no_public_key{"{0} is verified with a public key or certificate in PEM; this is none",
                                           "{0} の検証には、PEM の公開鍵か証明書が必要です"};
inline constexpr Message jwt_rsa_needed{"{0} needs an RSA key of at least 2048 bits",
                                        "{0} には 2048 ビット以上の RSA 鍵が必要です"};
inline constexpr Message jwt_curve_needed{"{0} needs a key of the curve {1}", "{0} には曲線 {1} の鍵が必要です"};

// --- The token, as an error map
inline constexpr Message jwt_malformed{"this isn't a token: {0}", "トークンではありません: {0}"};
inline constexpr Message jwt_three_parts{"it must have three parts, separated by dots",
                                         "点で区切られた 3 つの部分が必要です"};
inline constexpr Message jwt_part_not_base64{"the {0} isn't base64url", "{0}が base64url ではありません"};
inline constexpr Message jwt_part_not_object{"the {0} isn't a JSON object", "{0}が JSON のオブジェクトではありません"};
inline constexpr Message jwt_part_unreadable{"the {0} can't be read: {1}", "{0}を読めません: {1}"};
inline constexpr Message jwt_header{"header", "ヘッダー"};
inline constexpr Message jwt_payload{"payload", "ペイロード"};
inline constexpr Message jwt_signature{"signature", "署名"};
inline constexpr Message jwt_critical{"its header demands an extension that Qi hasn't: {0}",
                                      "ヘッダーが未対応の拡張を要求しています: {0}"};
inline constexpr Message jwt_no_time{"the claim {0} must be a number of seconds, not {1}",
                                     "クレーム {0} は秒数でなければなりません（{1} でした）"};
inline constexpr Message jwt_other_algorithm{"the token says {0}, and {1} is expected",
                                             "トークンのアルゴリズムは {0} ですが、{1} が必要です"};
inline constexpr Message jwt_no_algorithm{"no algorithm", "なし"};
inline constexpr Message jwt_wrong_signature{"the signature is wrong: another key signed this, or it was changed",
                                             "署名が正しくありません（別の鍵で署名されたか、変更されています）"};
inline constexpr Message jwt_expired{"the token expired {0} s ago", "トークンは {0} 秒前に期限切れになりました"};
inline constexpr Message jwt_too_early{"the token isn't valid for another {0} s",
                                       "トークンは {0} 秒後まで有効ではありません"};
inline constexpr Message jwt_other_audience{"the token is for {0}, and {1} is expected",
                                            "トークンの宛先は {0} ですが、{1} が必要です"};
inline constexpr Message jwt_unasked_audience{
    "the token is for {0}: only with :aud, which says who you are, is that accepted",
    "トークンの宛先は {0} です。受け入れるには :aud で自分を示してください"};
inline constexpr Message jwt_other_issuer{"the token is from {0}, and {1} is expected",
                                          "トークンの発行者は {0} ですが、{1} が必要です"};
inline constexpr Message jwt_nobody{"nobody", "指定なし"};

// --- Mistakes of the program
inline constexpr CallMessage jwt_option_type{"{0} must be {1}, not {2}", "{0}: {1}が必要です（渡された値: {2}）"};
inline constexpr Message jwt_names{"a string or a vector of strings", "文字列、または文字列のベクタ"};
inline constexpr CallMessage jwt_expiry_range{"the token would expire after the year 292 billion",
                                              "トークンの期限が遠すぎます"};

} // namespace qi::msg
