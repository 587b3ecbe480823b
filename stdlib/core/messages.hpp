// Messages of the core alone.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr CallMessage empty_name{"a name needs at least one character", "名前は 1 文字以上必要です"};
inline constexpr CallMessage signal_name{"signal must be :int, :term, :hup or :usr1, not {0}",
                                         "signal は :int、:term、:hup、:usr1 のいずれかです（渡された値: {0}）"};

inline constexpr CallMessage unreadable_name{
    "{0} can't be a name: it would be printed as {1}, which reads as something else",
    "{0} は名前にできません（表示すると {1} となり、別のものとして読まれます）"};

} // namespace qi::msg
