#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message io_failed{"{0}: {1}: {2}", "{0}: {1}: {2}"};
inline constexpr Message io_failed_repaired{
    "{0}: {1}: {2} (a U+FFFD in it may be a byte that isn't UTF-8: such a name can be listed, but not opened)",
    "{0}: {1}: {2}（U+FFFD は UTF-8 "
    "でないバイトの代わりかもしれません。そのような名前は一覧に出るだけで、開くことはできません）"};
inline constexpr Message not_in_encoding{"{0}: {1} is not {2} (at byte {3})",
                                         "{0}: {1} は {2} ではありません（{3} バイト目）"};
inline constexpr Message not_a_setting{"{0}: {1}: not NAME=value: {2}", "{0}: {1}: NAME=value の形ではありません: {2}"};
inline constexpr Message not_encodable{"{0}: {1} can't represent {2}", "{0}: {1} では {2} を表せません"};
inline constexpr Message file_too_large{"{0}: {1} has more than {2} bytes", "{0}: {1} は {2} バイトを超えています"};
inline constexpr Message line_too_long{"{0}: a line of {1} has more than {2} bytes",
                                       "{0}: {1} の行が {2} バイトを超えています"};
inline constexpr Message type_path{"path without a NUL in it", "NUL を含まないパス"};
inline constexpr Message standard_input{"standard input", "標準入力"};

} // namespace qi::msg
