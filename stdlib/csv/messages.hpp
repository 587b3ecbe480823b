#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message csv_bad_delimiter{":delimiter must be one character, neither a quote nor the end of a line",
                                           ":delimiter は 1 文字です（引用符と改行は使えません）"};
inline constexpr Message csv_open_quote{"not CSV, line {0}: the quote that begins there isn't closed",
                                        "CSV ではありません（{0} 行目）: そこで始まる引用符が閉じていません"};
inline constexpr Message csv_after_quote{
    "not CSV, line {0}: a closing quote must be followed by {1} or the end of the line",
    "CSV ではありません（{0} 行目）: 閉じる引用符の後には {1} か行の終わりが必要です"};
inline constexpr Message csv_tab{"a tab", "タブ"};
inline constexpr CallMessage csv_bad_row{"row {0} must be a list or vector, not {1}",
                                         "{0} 番目の行はリストかベクタでなければなりません（{1} でした）"};
inline constexpr CallMessage csv_bad_field{"row {0} has what no field can be: {1}",
                                           "{0} 番目の行に、フィールドにできない値があります: {1}"};

} // namespace qi::msg
