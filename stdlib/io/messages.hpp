#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr CallMessage io_failed{"{0}: {1}", "{0}: {1}"};
inline constexpr CallMessage io_failed_repaired{
    "{0}: {1} (a U+FFFD in it may be a byte that isn't UTF-8: such a name can be listed, but not opened)",
    "{0}: {1}（U+FFFD は UTF-8 "
    "でないバイトの代わりかもしれません。そのような名前は一覧に出るだけで、開くことはできません）"};
inline constexpr CallMessage not_in_encoding{"{0} is not {1} (at byte {2})",
                                             "{0} は {1} ではありません（{2} バイト目）"};
inline constexpr CallMessage not_a_setting{"{0}: not NAME=value: {1}", "{0}: NAME=value の形ではありません: {1}"};
inline constexpr CallMessage not_encodable{"{0} can't represent {1}", "{0} では {1} を表せません"};
inline constexpr CallMessage file_too_large{"{0} has more than {1} bytes", "{0} は {1} バイトを超えています"};
inline constexpr CallMessage line_too_long{"a line of {0} has more than {1} bytes",
                                           "{0} の行が {1} バイトを超えています"};
inline constexpr Message type_path{"path without a NUL in it", "NUL を含まないパス"};
inline constexpr Message standard_input{"standard input", "標準入力"};

} // namespace qi::msg
