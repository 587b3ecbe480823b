#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message type_time{"Unix seconds or RFC 3339 text", "Unix 秒か RFC 3339 の文字列"};
inline constexpr Message bad_time{"{0}: {1} isn't a time such as \"2030-01-31T08:09:10Z\"",
                                  "{0}: {1} は \"2030-01-31T08:09:10Z\" のような時刻ではありません"};
inline constexpr Message bad_time_format{"{0}: {1} is not of the form {2}", "{0}: {1} は形式 {2} に合いません"};
inline constexpr Message useless_directive{"{0}: no time can be computed from {1} in the format {2}",
                                           "{0}: 形式 {2} の {1} からは時刻を求められません"};
inline constexpr Message time_range{"{0}: {1} is outside the years 0 to 9999",
                                    "{0}: {1} は 0 年から 9999 年の範囲外です"};

} // namespace qi::msg
