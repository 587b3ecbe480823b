// What the prompt says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_repl{
    R"(  qi [-q] [-l FILE], qi repl [FILE]
                         the prompt; FILE is run first; with -q, without a greeting
)",
    R"(  qi [-q] [-l ファイル], qi repl [ファイル]
                         対話モード。ファイルを先に実行する。-q で起動時の表示なし
)"};
inline constexpr Message repl_flag_quiet{"  -q, --quiet       without a greeting\n",
                                         "  -q, --quiet       起動時の表示をしない\n"};

inline constexpr Message banner{"Qi {0} · :help for help, Ctrl-D to leave", "Qi {0} · :help でヘルプ、Ctrl-D で終了"};
inline constexpr Message waits_prompt{"the prompt", "プロンプト"};
inline constexpr Message waits_input{"standard input", "標準入力"};
inline constexpr Message took{"{0} ms", "{0} ミリ秒"};

// Commands: their arguments, and what they do.
inline constexpr Message argument_name{"NAME", "名前"};
inline constexpr Message argument_word{"WORD", "語"};
inline constexpr Message argument_file{"FILE", "ファイル"};
inline constexpr Message argument_paths{"[PATH]", "[パス]"};
inline constexpr Message argument_expression{"EXPR", "式"};
inline constexpr Message help_help{"this list", "この一覧"};
inline constexpr Message help_doc{"how NAME is used and what it does", "名前の使い方と説明"};
inline constexpr Message help_source{"the definition of NAME", "名前の定義を表示する"};
inline constexpr Message help_apropos{"names and descriptions that contain WORD", "語を含む名前と説明を探す"};
inline constexpr Message help_vars{"the names that you have defined", "自分で定義したもの"};
inline constexpr Message help_funcs{"the functions that you have defined", "自分で定義した関数"};
inline constexpr Message argument_text_or_none{"[TEXT]", "[文字列]"};
inline constexpr Message help_builtins{"Qi's own names, or those that contain TEXT",
                                       "Qi に組み込みの名前（文字列を含むもの）"};
inline constexpr Message help_clear{"clear the screen", "画面を消す"};
inline constexpr Message no_functions{"no function is defined yet", "まだ関数は定義されていません"};
inline constexpr Message no_builtins{"no name contains {0}", "{0} を含む名前はありません"};
inline constexpr Message help_load{"run FILE and keep its definitions", "ファイルを実行する（定義は残る）"};
inline constexpr Message help_reload{"run all loaded files again", "読み込んだファイルをもう一度実行する"};
inline constexpr Message help_watch{"run FILE, and again whenever it changes",
                                    "ファイルを実行し、変わるたびに実行し直す"};
inline constexpr Message help_unwatch{"stop watching FILE (or everything)", "監視をやめる（ファイルを省くとすべて）"};
inline constexpr Message unwatched{"{0} is no longer watched", "{0} の監視をやめました"};
inline constexpr Message not_watched{"{0} isn't watched", "{0} は監視していません"};
inline constexpr Message argument_file_or_none{"[FILE]", "[ファイル]"};
inline constexpr Message help_test{"run tests, as qi test does", "テストを実行する（qi test と同じ）"};
inline constexpr Message help_time{"evaluate EXPR and show how long it took", "評価し、かかった時間を表示する"};
inline constexpr Message help_trace{"show each call of NAME with arguments and result",
                                    "名前の呼び出しと結果を表示する"};
inline constexpr Message help_untrace{"stop tracing NAME (or everything)", "追跡をやめる（名前を省くとすべて）"};
inline constexpr Message help_conns{"live WebSocket connections", "開いている WebSocket 接続"};
inline constexpr Message help_go{"goroutines, and what each waits for", "goroutine と、それぞれが待っているもの"};
inline constexpr Message help_quit{"leave (Ctrl-D)", "終了する（Ctrl-D）"};
inline constexpr Message help_rest{
    R"(
*1 *2 *3 are the last results, $1 $2 … all results from the first on, *e the last error. Tab completes. Ctrl-C stops the evaluation or clears the line.
Commands may be shortened: :ap for :apropos. Up goes back to earlier entries that begin with what you typed; Ctrl-R
searches them. Alt-Enter starts a new line.)",
    R"(
*1 *2 *3 は直前の結果、$1 $2 … は最初からの結果、*e は直前のエラーです。Tab で補完、Ctrl-C で実行の中断または行の取り消し。
コマンド名は短縮できます（:apropos は :ap）。↑キーで、入力中の文字列で始まる履歴をさかのぼります。Ctrl-R は検索、Alt-Enter は改行です。)"};
inline constexpr Message leave_by{"to leave: (exit), :quit or Ctrl-D",
                                  "終了するには (exit) か :quit、または Ctrl-D です"};
inline constexpr Message unknown_command{"there is no command {0} (:help lists all)",
                                         "{0} というコマンドはありません（:help で一覧）"};
inline constexpr Message near_command{"there is no command {0}; did you mean {1}?",
                                      "{0} というコマンドはありません。もしかして: {1}"};
inline constexpr Message ambiguous_command{"{0} could be {1}", "{0} に当てはまるもの: {1}"};
inline constexpr Message command_needs{"{0} needs {1}: {0} {1}", "{0} には{1}が必要です: {0} {1}"};
inline constexpr Message unknown_name{"there is no name {0}", "{0} は定義されていません"};
inline constexpr Message name_here{"there is no name {0}; in Qi: {1}", "{0} は定義されていません。Qi では {1}"};
inline constexpr Message near_name{"there is no name {0}; did you mean {1}?",
                                   "{0} は定義されていません。もしかして: {1}"};
inline constexpr Message is_value{"{0} is {1}", "{0}: {1}"};
inline constexpr Message is_special_form{"a special form", "特殊形式"};
inline constexpr Message is_macro{"a macro", "マクロ"};
inline constexpr Message no_source{"{0} is written in C++ and has no Qi source",
                                   "{0} は C++ で書かれており、Qi のソースはありません"};
inline constexpr Message no_definition{"{0} is a value; its definition isn't kept", "{0} は値で、定義は残っていません"};
inline constexpr Message nothing_found{"no name or description contains {0}",
                                       "名前や説明に {0} を含むものはありません"};
inline constexpr Message no_vars{"nothing is defined yet", "まだ何も定義されていません"};
inline constexpr Message nothing_loaded{"no file is loaded yet: :load FILE",
                                        "まだファイルを読み込んでいません: :load ファイル"};
inline constexpr Message loaded{"{0} loaded", "{0} を読み込みました"};
inline constexpr Message reloaded{"{0} changed and was loaded again", "{0} が変わったので読み込み直しました"};
inline constexpr Message watching{"watching {0}", "{0} を監視しています"};
inline constexpr Message cannot_watch{"cannot watch {0}: {1}", "{0} を監視できません: {1}"};
inline constexpr Message cannot_test{"cannot run the tests: {0}", "テストを実行できません: {0}"};
inline constexpr Message cannot_trace{"{0} is {1}, not a function", "{0} は関数ではありません: {1}"};
inline constexpr Message traced{"{0} is traced", "{0} を追跡します"};
inline constexpr Message untraced{"{0} is no longer traced", "{0} の追跡をやめました"};
inline constexpr Message not_traced{"{0} isn't traced", "{0} は追跡していません"};
inline constexpr Message trace_threw{"threw an error", "エラーになりました"};
inline constexpr Message no_connections{"no live connections", "開いている接続はありません"};
inline constexpr Message no_goroutines{"no goroutines", "goroutine はありません"};
inline constexpr Message column_id{"id", "id"};
inline constexpr Message column_state{"state", "状態"};
inline constexpr Message column_peer{"peer", "相手"};
inline constexpr Message column_messages{"messages in/out", "受信/送信"};
inline constexpr Message column_bytes{"bytes in/out", "バイト 受/送"};
inline constexpr Message column_buffered{"buffered", "送信待ち"};
inline constexpr Message column_age{"age", "経過"};
inline constexpr Message column_waits{"waits for", "待っているもの"};
inline constexpr Message column_place{"at", "場所"};
inline constexpr Message column_started{"started", "開始"};
inline constexpr Message waits_not{"ready", "実行可能"};
inline constexpr Message waits_channel{"channel", "チャネル"};
inline constexpr Message waits_time{"timer", "タイマー"};
inline constexpr Message waits_with_limit{"{0}, {1} left", "{0}（残り {1}）"};

} // namespace qi::msg
