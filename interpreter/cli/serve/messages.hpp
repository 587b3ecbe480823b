// What qi serve says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_serve{
    R"(  qi serve [--workers N] [--json] FILE [arguments]
                         run a server in several processes, which share its ports
)",
    R"(  qi serve [--workers 数] [--json] ファイル [引数]
                         サーバーを複数のプロセスで実行し、ポートを共有する
)"};
inline constexpr Message serve_flag_workers{
    "  --workers N       how many processes (default: the number of processors that this one may use)\n",
    "  --workers 数      プロセスの数（省略時は使えるプロセッサの数）\n"};
inline constexpr Message serve_flag_json{
    "  --json            log what becomes of the processes as JSON, one object a line\n",
    "  --json            プロセスについてのログを JSON（1 行に 1 オブジェクト）にする\n"};
inline constexpr Message serve_needs_file{"qi serve needs a file: qi serve [--workers N] [--json] FILE [arguments]",
                                          "qi serve にはファイルが必要です: qi serve [--workers 数] [--json] "
                                          "ファイル [引数]"};
inline constexpr Message serve_workers{"--workers needs a whole number from 1 to {0}, not {1}",
                                       "--workers には 1 から {0} までの整数が必要です（渡された値: {1}）"};
inline constexpr Message serve_no_file{"{0}: {1}", "{0}: {1}"};
inline constexpr Message serve_never_listened{
    "{0} ended with status {1} before it listened; qi serve runs programs that call ws/listen or ws/serve",
    "{0} は待ち受けを始める前に終了しました（終了コード {1}）。qi serve は ws/listen か ws/serve "
    "を呼ぶプログラムを実行します"};
inline constexpr Message serve_failed{"qi serve can't work: {0}", "qi serve を実行できません: {0}"};
inline constexpr Message serve_up{"{0} workers serve", "{0} 個のワーカーが稼働中です"};
inline constexpr Message serve_one_up{"1 worker serves", "1 個のワーカーが稼働中です"};
inline constexpr Message serve_died_status{"a worker ended with status {0} and is started again",
                                           "ワーカーが終了しました（終了コード {0}）。再起動します"};
inline constexpr Message serve_died_signal{"a worker was ended by signal {0} and is started again",
                                           "ワーカーがシグナル {0} で終了しました。再起動します"};
inline constexpr Message serve_not_listening{
    "a worker doesn't listen yet; the others don't wait for it any longer",
    "ワーカーがまだ待ち受けを始めていません。ほかのワーカーはこれ以上待ちません"};
inline constexpr Message serve_lost_lines{"lines of this log were lost, because standard error wasn't read",
                                          "標準エラー出力が読まれなかったため、このログの行が失われました"};
inline constexpr Message serve_cannot_start{"a worker can't be started: {0}", "ワーカーを起動できません: {0}"};
inline constexpr Message serve_replacing{"the workers are replaced, one after the other", "ワーカーを順に入れ替えます"};
inline constexpr Message serve_replaced{"all workers are replaced", "すべてのワーカーを入れ替えました"};
inline constexpr Message serve_not_replaced{
    "the worker that was to take this one's place ended before it listened; the workers that aren't replaced yet stay",
    "入れ替えるワーカーが待ち受けを始める前に終了しました。まだ入れ替えていないワーカーはそのまま続けます"};

} // namespace qi::msg
