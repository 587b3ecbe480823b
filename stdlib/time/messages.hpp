#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message type_time{"Unix seconds or RFC 3339 text", "Unix 秒か RFC 3339 の文字列"};
inline constexpr CallMessage bad_time{"{0} isn't a time such as \"2030-01-31T08:09:10Z\"",
                                      "{0} は \"2030-01-31T08:09:10Z\" のような時刻ではありません"};
inline constexpr CallMessage bad_time_format{"{0} is not of the form {1}", "{0} は形式 {1} に合いません"};
inline constexpr CallMessage useless_directive{"no time can be computed from {0} in the format {1}",
                                               "形式 {1} の {0} からは時刻を求められません"};
inline constexpr CallMessage time_range{"{0} is outside the years 0 to 9999", "{0} は 0 年から 9999 年の範囲外です"};

} // namespace qi::msg
