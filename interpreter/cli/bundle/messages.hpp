// What qi bundle says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_bundle{
    R"(  qi bundle FILE [-o PATH] [--add PATH]...
                         make one program of a script, its modules and other files
)",
    R"(  qi bundle ファイル [-o パス] [--add パス]...
                         スクリプトとモジュール、ほかのファイルを一つのプログラムにまとめる
)"};
inline constexpr Message bundle_flag_output{
    "  -o, --output PATH\n                    where to write it (default: the script's name without .qi)\n",
    "  -o, --output パス\n                    書き込む先（省略時は、スクリプトの名前から .qi を除いたもの）\n"};
inline constexpr Message bundle_flag_add{
    "  --add PATH        a file, or a folder with its contents, that the script reads (may be repeated)\n",
    "  --add パス        スクリプトが読むファイル、またはフォルダ（中身すべて）を加える（繰り返し可）\n"};
inline constexpr Message bundle_one_script{
    "one script at a time, not also {0}; add other files with --add",
    "スクリプトは一つだけです（余分: {0}）。ほかのファイルは --add で指定します"};
inline constexpr Message bundle_needs_script{"a script is missing: qi bundle app.qi",
                                             "スクリプトが必要です: qi bundle app.qi"};
inline constexpr Message bundle_missing{"{0} uses {1}, which doesn't exist", "{0} が使う {1} が見つかりません"};
inline constexpr Message bundle_over_source{"{0} is one of the files to bundle; choose another name with -o",
                                            "{0} はまとめるファイルの一つです。-o で別の名前を指定してください"};
inline constexpr Message bundle_bad_name{"{0} has a line break in its name and can't be bundled",
                                         "{0} は名前に改行を含むため、まとめられません"};
inline constexpr Message bundle_made{"made {0}, with:", "{0} を作りました。内容:"};

} // namespace qi::msg
