#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message json_syntax{"not JSON, line {0}, column {1}: {2}",
                                     "JSON ではありません（{0} 行目 {1} 文字目）: {2}"};
inline constexpr Message json_too_deep{"JSON nested more than {0} deep", "JSON の入れ子が {0} 段を超えています"};
inline constexpr Message json_number_range{"the number {0} does not fit in a float",
                                           "数値 {0} は浮動小数点数に収まりません"};
inline constexpr Message json_nul{"unexpected NUL", "予期しないもの: NUL"};
inline constexpr Message json_keys{"json/parse: :keys must be :keyword or :string, not {0}",
                                   "json/parse: :keys は :keyword か :string です（{0} は使えません）"};
inline constexpr CallMessage json_key_twice{"the key {0} would be written twice, for {1} and for {2}",
                                            "キー {0} が {1} と {2} の二つになります"};

// What the parser says. The English words are the parser's: json/problem.cpp looks for them.
inline constexpr Message json_unexpected{"unexpected {0}", "予期しないもの: {0}"};
inline constexpr Message json_unexpected_for{"unexpected {0}; expected {1}", "予期しないもの: {0}（必要: {1}）"};
inline constexpr Message json_control{"invalid string: control character {0} must be escaped to {1}",
                                      "文字列の中の制御文字 {0} は {1} と書きます"};
inline constexpr Message json_sentences[] = {
    {"invalid literal", "不明な語です"},
    {"invalid BOM; must be 0xEF 0xBB 0xBF if given", "BOM が不正です"},
    {"invalid number; expected digit after '-'", "- の後には数字が必要です"},
    {"invalid number; expected digit after '.'", ". の後には数字が必要です"},
    {"invalid number; expected '+', '-', or digit after exponent", "指数には +、-、数字のいずれかが必要です"},
    {"invalid number; expected digit after exponent sign", "指数の符号の後には数字が必要です"},
    {"invalid string: missing closing quote", "文字列が閉じていません"},
    {"invalid string: forbidden character after backslash", "文字列に不明なエスケープがあります"},
    {"invalid string: ill-formed UTF-8 byte", "文字列が UTF-8 ではありません"},
    {"invalid string: '\\u' must be followed by 4 hex digits", "\\u の後には 16 進数字が 4 つ必要です"},
    {"invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF",
     "上位サロゲートの後に下位サロゲートがありません"},
    {"invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF",
     "下位サロゲートの前に上位サロゲートがありません"},
};
inline constexpr Message json_tokens[] = {
    {"end of input", "入力の終わり"},
    {"string literal", "文字列"},
    {"number literal", "数値"},
    {"true literal", "true"},
    {"false literal", "false"},
    {"null literal", "null"},
    {"'['", "'['"},
    {"'{'", "'{'"},
    {"']'", "']'"},
    {"'}'", "'}'"},
    {"':'", "':'"},
    {"','", "','"},
    {"'[', '{', or a literal", "'['、'{'、リテラルのいずれか"},
};

} // namespace qi::msg
