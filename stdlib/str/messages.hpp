#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message not_an_integer{"{0}: {1} isn't a 64-bit integer", "{0}: {1} は 64 ビット整数として読めません"};
inline constexpr Message not_a_number{"{0}: {1} isn't a number", "{0}: {1} は数値として読めません"};
inline constexpr Message one_character{"one character", "1 文字"};
inline constexpr Message bad_base64{"{0}: this isn't base64: {1}", "{0}: base64 ではありません: {1}"};
inline constexpr Message decoded_not_utf8{"{0}: these bytes are not UTF-8", "{0}: このバイト列は UTF-8 ではありません"};
inline constexpr Message bad_percent{"{0}: % must be followed by two hexadecimal digits: {1}",
                                     "{0}: % の後には 16 進数字が 2 つ必要です: {1}"};
inline constexpr Message bad_regex{"{0}: {1} isn't a regular expression: {2}",
                                   "{0}: {1} は正規表現ではありません: {2}"};
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
inline constexpr Message no_such_group{"{0}: the expression has no group {1}",
                                       "{0}: 正規表現にグループ {1} はありません"};
inline constexpr Message unknown_algorithm{"{0}: there is no algorithm {1}; known: {2}",
                                           "{0}: アルゴリズム {1} はありません（使えるもの: {2}）"};
inline constexpr Message result_too_large{"{0}: the result would have more than {1} bytes",
                                          "{0}: 結果が {1} バイトを超えます"};

} // namespace qi::msg
