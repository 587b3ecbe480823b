// What qi fmt says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_fmt{
    R"(  qi fmt [paths] [--check] [--diff]
                         format files; `-` reads standard input and writes standard output
)",
    R"(  qi fmt [パス] [--check] [--diff]
                         ファイルを標準の書式に整える（`-` は標準入力から標準出力へ）
)"};
inline constexpr Message fmt_flag_check{
    "  --check           change nothing; list the files that aren't formatted; status 1 if there are any\n",
    "  --check           何も変更せず、標準の書式でないファイルを表示する（あれば終了コード 1）\n"};
inline constexpr Message fmt_flag_diff{
    "  --diff            change nothing; show what would change; status 1 if anything would\n",
    "  --diff            何も変更せず、変更点を表示する（あれば終了コード 1）\n"};
inline constexpr Message fmt_changed{"{0}, {1} formatted", "{0}中 {1} 件を整形しました"};
inline constexpr Message fmt_would_change{"{0}, {1} not formatted (qi fmt fixes that)",
                                          "{0}中 {1} 件が標準の書式ではありません（qi fmt で整形できます）"};
inline constexpr Message fmt_unread{"left unchanged", "変更していません"};
inline constexpr Message fmt_input_alone{
    "- must be the only path: standard input can't be formatted together with files",
    "- は他のパスと同時に指定できません（標準入力だけを整形します）"};

} // namespace qi::msg
