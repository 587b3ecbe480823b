// Messages of the core alone.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message empty_name{"{0}: a name needs at least one character", "{0}: 名前は 1 文字以上必要です"};
inline constexpr Message signal_name{"{0}: signal must be :int, :term, :hup or :usr1, not {1}",
                                     "{0}: signal は :int、:term、:hup、:usr1 のいずれかです（渡された値: {1}）"};

inline constexpr Message unreadable_name{
    "{0}: {1} can't be a name: it would be printed as {2}, which reads as something else",
    "{0}: {1} は名前にできません（表示すると {2} となり、別のものとして読まれます）"};

} // namespace qi::msg
