// What qi run says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_run{
    R"(  qi run [--watch] [--profile[=OUT]] [--trace-ws] FILE [arguments]
                         run a script; also watch files, measure time or show WebSocket frames
)",
    R"(  qi run [--watch] [--profile[=出力]] [--trace-ws] ファイル [引数]
                         スクリプトを実行する。変更の監視、時間の測定、WebSocket フレームの表示もできる
)"};
inline constexpr Message run_flag_watch{
    "  --watch           run again whenever a .qi file in or below the script's folder changes\n",
    "  --watch           スクリプトのフォルダ以下の .qi ファイルが変わるたびに再実行する\n"};
inline constexpr Message run_flag_profile{
    "  --profile[=OUT]   show at the end which functions took the time; write folded stacks to OUT (profile.folded)\n",
    "  --profile[=出力]  関数ごとの時間を測って最後に表示し、スタックを出力（profile.folded）に書く\n"};
inline constexpr Message run_flag_trace{"  --trace-ws        show each WebSocket frame on stderr\n",
                                        "  --trace-ws        WebSocket のフレームを標準エラーに表示する\n"};
inline constexpr Message run_needs_file{
    "qi run needs a file: qi run [--watch] [--profile[=OUT]] [--trace-ws] FILE [arguments]",
    "qi run にはファイルが必要です: qi run [--watch] [--profile[=出力]] [--trace-ws] ファイル [引数]"};
inline constexpr Message run_watching{"[{0}; waiting for a change]", "[{0}。ファイルの変更を待っています]"};
inline constexpr Message run_ended{"ended with status {0}", "終了コード {0} で終了"};
inline constexpr Message run_changed{"[{0} changed; starting again]", "[{0} が変わったので再実行します]"};
inline constexpr Message profile_head{"{0} samples, one every {1} ms of processor time; folded stacks are in {2}",
                                      "{0} サンプル（CPU 時間 {1} ミリ秒ごと）。スタックは {2} に書きました"};
inline constexpr Message profile_columns{"  self   total  function", "  自身   合計   関数"};
inline constexpr Message profile_none{"too short to be measured: no samples",
                                      "短すぎて測定できませんでした（サンプルなし）"};
inline constexpr Message profile_failed{"cannot measure: {0}", "測定できません: {0}"};
inline constexpr Message top_level_of{"top level of {0}", "{0} のトップレベル"};

} // namespace qi::msg
