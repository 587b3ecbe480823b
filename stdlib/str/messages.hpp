#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr CallMessage not_an_integer{"{0} isn't a 64-bit integer", "{0} は 64 ビット整数として読めません"};
inline constexpr CallMessage not_a_number{"{0} isn't a number", "{0} は数値として読めません"};
inline constexpr Message one_character{"one character", "1 文字"};
inline constexpr CallMessage bad_base64{"this isn't base64: {0}", "base64 ではありません: {0}"};
inline constexpr CallMessage bad_hex{"this isn't hexadecimal, two digits a byte: {0}",
                                     "1 バイト 2 桁の 16 進数ではありません: {0}"};
inline constexpr CallMessage decoded_not_utf8{"these bytes are not UTF-8", "このバイト列は UTF-8 ではありません"};
inline constexpr CallMessage bad_percent{"% must be followed by two hexadecimal digits: {0}",
                                         "% の後には 16 進数字が 2 つ必要です: {0}"};
inline constexpr CallMessage bad_regex{"{0} isn't a regular expression: {1}", "{0} は正規表現ではありません: {1}"};
inline constexpr Message regex_because{"{0}: {1}", "{0}: {1}"};
/// What RE2 says. The English words are RE2's: they are looked for.
inline constexpr Message regex_sentences[] = {
    {"invalid escape sequence", "不明なエスケープです"},
    {"invalid character class", "文字クラスが不正です"},
    {"invalid character class range", "文字クラスの範囲が不正です"},
    {"missing ]", "] がありません"},
    {"missing )", ") がありません"},
    {"unexpected )", "余分な ) があります"},
    {"trailing \\", "末尾に \\ があります"},
    {"no argument for repetition operator", "繰り返す対象がありません"},
    {"invalid repetition size", "繰り返しの回数が不正です"},
    {"bad repetition operator", "繰り返しの演算子が不正です"},
    {"invalid perl operator", "使えない構文です"},
    {"invalid named capture group", "グループの名前が不正です"},
    {"pattern too large - compile failed", "パターンが大きすぎます"},
};
inline constexpr CallMessage no_such_group{"the expression has no group {0}", "正規表現にグループ {0} はありません"};
inline constexpr CallMessage result_too_large{"the result would have more than {0} bytes",
                                              "結果が {0} バイトを超えます"};

} // namespace qi::msg
