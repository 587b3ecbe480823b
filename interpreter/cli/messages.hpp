// What the command line says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message program_failed{"the program has failed", "プログラムがエラーで終わりました"};
inline constexpr Message usage_running{
    R"(Qi: a small, fast Lisp for real-time work

  qi FILE [arguments]    run a script
)",
    R"(Qi: リアルタイム処理のための小さくて速い Lisp

  qi ファイル [引数]     スクリプトを実行する
)"};
inline constexpr Message usage_expression{
    "  qi -e EXPRESSION [arguments]  evaluate it and print the value; stdin is a vector of "
    "the input's lines (also -c)\n",
    "  qi -e 式 [引数]        式を評価して値を表示する。stdin は標準入力の行のベクタ（-c も可）\n"};
inline constexpr Message usage_stdin{"  qi - [arguments]       run the program on standard input (also -s, --stdin)\n",
                                     "  qi - [引数]            標準入力のプログラムを実行する（-s, --stdin も可）\n"};
inline constexpr Message usage_check{
    R"(  qi check [paths] [--json]
                         find all mistakes at once, without running anything
)",
    R"(  qi check [パス] [--json]
                         何も実行せずに間違いをすべて見つける
)"};
inline constexpr Message check_flag_json{"  --json            print the findings as a JSON array, for editors and CI\n",
                                         "  --json            結果を JSON の配列で出力する（エディタや CI 用）\n"};
inline constexpr Message usage_test{
    R"(  qi test [paths] [--filter RE] [--watch] [--junit FILE] [--jobs N] [--timeout MS]
                         run *_test.qi and everything below tests/
)",
    R"(  qi test [パス] [--filter 正規表現] [--watch] [--junit ファイル] [--jobs 数] [--timeout ミリ秒]
                         *_test.qi と tests/ 以下のテストを実行する
)"};
inline constexpr Message test_flag_filter{
    "  --filter RE       run only tests whose name matches the regular expression RE\n",
    "  --filter 正規表現\n                    名前が正規表現に一致するテストだけを実行する\n"};
inline constexpr Message test_flag_watch{"  --watch           run again whenever a .qi file changes\n",
                                         "  --watch           .qi ファイルが変わるたびに再実行する\n"};
inline constexpr Message test_flag_junit{"  --junit FILE      write a report in JUnit's format, for CI, to FILE\n",
                                         "  --junit ファイル  JUnit 形式の報告をファイルに書き出す（CI 用）\n"};
inline constexpr Message test_flag_jobs{
    "  --jobs N          at most N files at once (default: the number of processors)\n",
    "  --jobs 数         同時に実行するファイルの数（省略時はプロセッサの数）\n"};
inline constexpr Message test_flag_timeout{
    "  --timeout MS      how long a test may take, in milliseconds (default: 60000)\n",
    "  --timeout ミリ秒  一つのテストにかけてよい時間（省略時 60000）\n"};
inline constexpr Message flag_help{"  -h, --help        this text\n", "  -h, --help        この説明を表示する\n"};
inline constexpr Message usage_version{"  qi -v, --version       the version\n",
                                       "  qi -v, --version       バージョンを表示する\n"};
inline constexpr Message usage_help{
    "  qi -h, --help          this text; qi test --help: more about one subcommand\n",
    "  qi -h, --help          この説明を表示する。qi test --help などでサブコマンドの説明\n"};
inline constexpr Message flag_resolve{
    "  --resolve HOST:PORT:ADDRESS:PORT   connect to ADDRESS:PORT instead of HOST:PORT (may be repeated)\n",
    "  --resolve ホスト:ポート:アドレス:ポート   ホスト:ポート への接続先を変える（繰り返し可）\n"};
inline constexpr Message flag_allow_connect{
    R"(  --allow-connect=PATTERN,…   ws/connect may only reach these: hosts, host:port, or URLs such as wss://*.example.com/v1/*;
                              proxies and the Redis of ws/backplane by host or host:port. Hosts in any case
)",
    R"(  --allow-connect=パターン,…   ws/connect をこれらに限る: ホスト、ホスト:ポート、wss://*.example.com/v1/* のような URL。
                              プロキシと ws/backplane の Redis はホストかホスト:ポートで。ホスト名の大文字・小文字は区別しない
)"};
inline constexpr Message flag_allow_listen{"  --allow-listen=HOST:PORT,…  ws/listen may only use these\n",
                                           "  --allow-listen=ホスト:ポート,…  ws/listen をこれらに限る\n"};
inline constexpr Message flag_deny_net{
    "  --deny-net                  forbid both, except what the options above allow (either of them forbids all the "
    "rest too)\n",
    "  --deny-net                  どちらも禁止する（上の二つを付けると、許可したもの以外は禁止される）\n"};
inline constexpr Message flag_max_heap{
    "  --max-heap=SIZE             most memory for the program's values, such as 256MiB; beyond it an error of kind "
    ":memory\n",
    "  --max-heap=サイズ           プログラムの値が使えるメモリ（256MiB など）。超えると :memory のエラーになる\n"};
inline constexpr Message flag_max_time{
    "  --max-time=TIME             how long the program may run, such as 5s or 1m30s; then it ends with status 1\n",
    "  --max-time=時間             プログラムの実行時間（5s、1m30s など）。超えるとステータス 1 で終了する\n"};
inline constexpr Message flag_max_steps{
    "  --max-steps=N               how many calls and loop passes it may make; then it ends with status 1\n",
    "  --max-steps=数              関数呼び出しとループの回数。超えるとステータス 1 で終了する\n"};
inline constexpr Message flag_stats{
    "  --stats                     at the end, print what the collector of garbage did, how long it took, and the "
    "memory\n",
    "  --stats                     終了時に、GC の回数と停止時間、メモリの使用量を表示する\n"};
inline constexpr Message heap_statistics{
    "collections: {0} minor, {1} major; pauses: {2} ms (p50), {3} ms (p99), {4} ms (longest)\n"
    "qi: heap: {5} MiB at the end, in {6} blocks and outside them, {7} MiB at most; process: {8} MiB at most\n",
    "GC: マイナー {0} 回、メジャー {1} 回。停止時間: {2} ms（p50）、{3} ms（p99）、{4} ms（最長）\n"
    "qi: ヒープ: 終了時 {5} MiB（ブロック {6} 個とその外）、最大 {7} MiB。プロセス: 最大 {8} MiB\n"};
inline constexpr Message usage_language{"\nQI_LANG=ja or LANG=ja_JP.UTF-8 makes messages Japanese.\n",
                                        "\nQI_LANG=ja または LANG=ja_JP.UTF-8 でメッセージが日本語になります。\n"};
inline constexpr Message bad_permission{
    "{0} isn't a pattern of what may be reached; use a host, host:port, or a URL such as wss://*.example.com/v1/*",
    "{0} は接続先のパターンではありません。ホスト、ホスト:ポート、wss://*.example.com/v1/* のような URL "
    "を指定してください"};
inline constexpr Message init_not_own{
    "{0} isn't run: it or its folder belongs to another user, is a link, or others may write to it (chmod go-w)",
    "{0} は実行しません。このファイルかフォルダの所有者が別のユーザーか、リンクか、他のユーザーが書き込めます（chmod "
    "go-w）"};
inline constexpr Message misplaced_flag{
    "warning: {0} after the program is an argument of the program and restricts nothing; write it before the program "
    "(or after --, if it is the program's)",
    "警告: プログラムの後の {0} "
    "はプログラムへの引数になり、何も制限しません。プログラムの前に書いてください（プログラムへの引数なら -- の後に）"};
inline constexpr Message unknown_flag{"unknown option {0} ({1} --help lists the options)",
                                      "不明なオプション {0}（{1} --help で一覧を表示）"};
inline constexpr Message unknown_flag_near{"unknown option {0}: did you mean {2}? ({1} --help lists the options)",
                                           "不明なオプション {0}。もしかして: {2}（{1} --help で一覧を表示）"};
inline constexpr Message no_file_but_command{"{0}; did you mean qi {1}?", "{0}。もしかして: qi {1}"};
inline constexpr Message bad_redirection{
    "--resolve {0}: expected HOST:PORT:ADDRESS:PORT, such as example.com:443:127.0.0.1:8443",
    "--resolve {0}: example.com:443:127.0.0.1:8443 のように「ホスト:ポート:アドレス:ポート」で指定してください"};
inline constexpr Message flag_value{"{0} needs a value: {1}", "{0} には値が必要です: {1}"};

inline constexpr Message flag_number{"{0} needs a whole number from 1 up, not {1}",
                                     "{0} には 1 以上の整数が必要です（渡された値: {1}）"};
inline constexpr Message standard_output{"standard output", "標準出力"};
inline constexpr Message standard_input{"standard input", "標準入力"};
inline constexpr Message no_test_files{"no test files: *_test.qi, or .qi files below a folder named tests",
                                       "テストファイルがありません（*_test.qi、または tests フォルダ以下の .qi）"};
inline constexpr Message no_tests{"there is nothing to run: no file has a test",
                                  "実行するものがありません。どのファイルにもテストがありません"};
inline constexpr Message no_tests_fit{"there is nothing to run: no test's name matches --filter {0}",
                                      "実行するものがありません。--filter {0} に一致するテストがありません"};
inline constexpr Message slowest_tests{"slowest:", "遅いテスト:"};
inline constexpr Message test_watching{"waiting for a file to change …", "ファイルの変更を待っています …"};
inline constexpr Message test_stuck{"stopped the file: no progress for {0} s",
                                    "{0} 秒間何も進まないため、ファイルの実行を中断しました"};
inline constexpr Message test_killed{"the process that ran the file was ended by signal {0}",
                                     "ファイルを実行していたプロセスがシグナル {0} で終了しました"};
inline constexpr Message test_left{"the process ended with status {0} before the end of the file was reached",
                                   "ファイルの途中でプロセスが終了しました（終了コード {0}）"};
inline constexpr Message test_top_level_stuck{
    "the top level of the file took longer than {0} ms, outside any test",
    "ファイルのトップレベル（テストの外）が {0} ミリ秒を超えたため中断しました"};
inline constexpr Message test_interrupted{"{0}: interrupted; running: {1}", "{0}: 中断されました（実行中: {1}）"};
inline constexpr Message one_file{"{0} file", "{0} ファイル"};
inline constexpr Message many_files{"{0} files", "{0} ファイル"};
inline constexpr Message one_error{"{0} error", "エラー {0} 件"};
inline constexpr Message many_errors{"{0} errors", "エラー {0} 件"};
inline constexpr Message one_warning{"{0} warning", "警告 {0} 件"};
inline constexpr Message many_warnings{"{0} warnings", "警告 {0} 件"};
inline constexpr Message check_summary{"{0}: {1}, {2}", "{0}: {1}、{2}"};
inline constexpr Message bad_filter{"--filter: {0}", "--filter: {0}"};

} // namespace qi::msg
