// The catalogue of the floors below the standard library: every message in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message label_error{"error", "エラー"};
inline constexpr Message label_syntax_error{"syntax error", "構文エラー"};
inline constexpr Message out_of_memory{"out of memory: the program ends here",
                                       "メモリが足りません。プログラムを終了します"};
inline constexpr Message cant_load_library{"can't load a library that is needed now: {0}",
                                           "必要になったライブラリを読み込めません: {0}"};
inline constexpr Message label_warning{"warning", "警告"};

// Reading
inline constexpr Message unexpected{"did not expect {0} here", "ここに {0} は置けません"};
inline constexpr Message closes_nothing{"did not expect {0} here: no bracket is open",
                                        "ここに {0} は置けません（開いている括弧がありません）"};
inline constexpr Message full_width{"did not expect {0} here: it is full-width; use {1}",
                                    "ここに {0} は置けません（全角です。半角の {1} を使ってください）"};
inline constexpr Message leading_point{"did not expect . here: a number begins with a digit, as in 0.5",
                                       "ここに . は置けません（数値は 0.5 のように数字で始めます）"};
inline constexpr Message sharp_function{"did not expect #( here: a function without a name is written (fn [x] …)",
                                        "ここに #( は置けません（名前のない関数は (fn [x] …) と書きます）"};
inline constexpr Message unclosed{"input ends inside {0}", "{0} が閉じる前に入力が終わりました"};
inline constexpr Message mismatched{"{0} doesn't match {1}, opened at {2}",
                                    "{0} に対応する括弧がありません（{2} で開いた {1} が閉じていません）"};
inline constexpr Message thing_string{"a string", "文字列"};
inline constexpr Message thing_fstring{"an f-string", "f文字列"};
inline constexpr Message thing_code{"the {...} of an f-string", "f文字列の {...}"};
inline constexpr Message bad_escape{
    "unknown escape {0} in a string: \\n \\t \\r \\0 \\\\ \\\" and \\u{...} are known",
    "文字列に不明なエスケープ {0} があります（使えるのは \\n \\t \\r \\0 \\\\ \\\" \\u{...}）"};
inline constexpr Message hidden_character{"{0} can't be seen, so it can't be part of a name",
                                          "{0} は見えない文字なので、名前には使えません"};
inline constexpr Message lone_mark{"{0} is a combining mark, and needs a character before it",
                                   "{0} は結合文字なので、前に文字が必要です"};
inline constexpr Message bad_code_point{"{0} isn't a Unicode code point", "{0} は Unicode の符号位置ではありません"};
inline constexpr Message bad_number{"{0} isn't a number", "{0} は数値ではありません"};
inline constexpr Message integer_range{"integer {0} does not fit in 64 bits", "整数 {0} は 64 ビットに収まりません"};
inline constexpr Message float_range{"{0} is too large for a number with a point (at most 1.7976931348623157e308)",
                                     "{0} は小数として大きすぎます（最大 1.7976931348623157e308）"};
inline constexpr Message odd_map{"a map needs a value for each key: this one has an odd number of forms ({0})",
                                 "マップにはキーごとに値が必要です（フォームが {0} 個で奇数です）"};
inline constexpr Message empty_code{"an f-string's {} is empty", "f文字列の {} が空です"};
inline constexpr Message prefix_without{"{0} must be followed by a form", "{0} の後にフォームが必要です"};
inline constexpr Message pipe_without_left{"{0} needs an expression to its left", "{0} の左に式が必要です"};
inline constexpr Message pipe_without_right{"{0} needs an expression to its right", "{0} の右に式が必要です"};
inline constexpr Message async_pipe_place{"~> is only allowed in a pipeline with its own brackets: (x ~> f ~> g)",
                                          "~> は丸括弧で囲んだパイプラインの中だけで使えます: (x ~> f ~> g)"};
inline constexpr Message after_pipeline{"nothing may follow the pipeline in these brackets",
                                        "この括弧の中ではパイプラインの後に何も置けません"};
inline constexpr Message fresh_name_place{"{0} is a fresh name, which is only allowed inside a quasiquote",
                                          "{0} のような新しい名前は準クォートの中でのみ使えます"};
inline constexpr Message not_utf8{"the source is not UTF-8: byte {0} is invalid",
                                  "ソースが UTF-8 ではありません（{0} バイト目が不正です）"};
inline constexpr Message source_too_large{"a source may have at most 2 GiB", "ソースは 2 GiB までです"};

inline constexpr Message cannot_write{"cannot write {0}: {1}", "{0} に書き込めません: {1}"};
inline constexpr Message cannot_read{"cannot read {0}: {1}", "{0} を読めません: {1}"};

// Compiling
inline constexpr Message form_shape{"{0} is written {1}", "{0} の書き方は {1} です"};
inline constexpr Message try_clause{"try has no {0}: (try expression) returns what was thrown as a map; check it with "
                                    "error? or match. (defer expression) always runs",
                                    "try に {0} はありません（(try 式) は投げられたエラーをマップで返します。error? や "
                                    "match で調べてください。必ず実行する処理は (defer 式) です）"};
inline constexpr Message recur_outside{"recur: not inside a loop (it doesn't restart a function)",
                                       "recur: loop の外です（関数を再開するものではありません）"};
inline constexpr Message recur_not_tail{"recur: only allowed where the loop's value comes from (tail position)",
                                        "recur: loop の末尾位置でのみ使えます"};
inline constexpr Message recur_count{"recur: wanted {0} values, given {1}",
                                     "recur: 値は {0} 個必要ですが、{1} 個渡されました"};
inline constexpr Message unquote_outside{"{0} is only allowed inside a quasiquote: items are separated by spaces alone",
                                         "{0} は準クォートの中でのみ使えます（要素は空白だけで区切ります）"};
inline constexpr Message bad_pattern{"{0} isn't a pattern; use a name, a literal, [...] or {...}",
                                     "{0} はパターンではありません（使えるのは名前、リテラル、[...]、{...}）"};
inline constexpr Message rest_last{"nothing may follow the rest pattern", "残余パターンの後には何も置けません"};
inline constexpr Message as_last{":as must come last in a pattern", ":as はパターンの最後に置きます"};
inline constexpr Message pattern_keys{"the keys of a map pattern are keywords and strings, not {0}",
                                      "マップパターンのキーはキーワードか文字列です（{0} は使えません）"};
inline constexpr Message arm_arrow{"a {0} arm is written pattern -> expression",
                                   "{0} の節は「パターン -> 式」と書きます"};
inline constexpr Message too_many_registers{
    "this function is too large: it needs more than 240 variables and temporaries at once",
    "関数が大きすぎます（同時に使う変数と一時値が 240 個を超えます）"};
inline constexpr Message too_many_arguments{"a call may have at most {0} arguments (apply takes any number)",
                                            "一つの呼び出しの引数は {0} 個までです（apply なら何個でも渡せます）"};
inline constexpr Message too_deep{"forms are nested more than {0} deep", "フォームの入れ子が {0} 段を超えています"};
inline constexpr Message too_many_alternatives{"this pattern has more than {0} combinations of alternatives",
                                               "このパターンの選択肢の組み合わせが {0} 通りを超えています"};
inline constexpr Message fstring_quoted{"an f-string cannot be quoted", "f文字列はクォートできません"};
inline constexpr Message not_at_top_level{"{0} is only allowed at top level", "{0} はトップレベルでのみ使えます"};

// Warnings
inline constexpr Message unused_binding{"{0} is bound and never used (a name that begins with _ may be)",
                                        "{0} は束縛されていますが使われていません（_ で始まる名前なら警告しません）"};
inline constexpr Message arm_unreachable{"this arm is never reached: the arms above match everything that it does",
                                         "この節には到達しません（一致する値はすべて上の節が受け取ります）"};
inline constexpr Message alternative_unreachable{
    "this alternative is never reached: those before it match everything that it does",
    "この選択肢には到達しません（一致する値はすべて前の選択肢が受け取ります）"};

// Running
inline constexpr Message no_such_variable{"no such variable: {0}", "変数 {0} は定義されていません"};
inline constexpr Message did_you_mean{"did you mean {0}?", "もしかして: {0}"};
inline constexpr Message format_place{"a format isn't written inside the braces: (str/format-decimal x 2) gives two "
                                      "decimals, (str/pad-left (str x) 8) a width of eight",
                                      "波括弧の中に書式は書けません。小数点以下 2 桁なら (str/format-decimal x 2)、幅 "
                                      "8 なら (str/pad-left (str x) 8) です"};
inline constexpr Message missing_key_hint{"(get m {0}) gives nil for a key that isn't there",
                                          "(get m {0}) なら、キーがないときは nil になります"};
inline constexpr Message here_it_is{"in Qi: {0}", "Qi では {0}"};
inline constexpr Message not_callable{"{0} cannot be called", "{0} は関数として呼び出せません"};
inline constexpr Message function_arity{"wrong number of arguments: wanted {0}, given {1}",
                                        "引数の数が違います（必要: {0}、渡された数: {1}）"};
inline constexpr Message named_arity{"{2}: wrong number of arguments: wanted {0}, given {1}",
                                     "{2}: 引数の数が違います（必要: {0}、渡された数: {1}）"};
inline constexpr CallMessage native_arity{"takes {0} argument(s), given {1}: {2}",
                                          "引数の数が違います（必要: {0}、渡された数: {1}）: {2}"};
inline constexpr Message between{"{0}–{1}", "{0}〜{1}"};
inline constexpr Message not_zero{"≠ 0", "0 以外"};
inline constexpr Message at_least{"at least {0}", "{0} 以上"};
inline constexpr CallMessage argument_type{"{0} expected, found {1}", "{0}が必要ですが、{1} が渡されました"};
inline constexpr CallMessage argument_named_type{"{0} expected, found {1} (argument {2}, {3})",
                                                 "{0}が必要ですが、{1} が渡されました（引数 {2}: {3}）"};
inline constexpr CallMessage argument_range{"{0} must be {1}, not {2}", "{0} の範囲: {1}（渡された値: {2}）"};
inline constexpr CallMessage system_reason{"{0}", "{0}"};
inline constexpr Message divide_by_zero{"cannot divide by zero", "0 で割ることはできません"};
inline constexpr CallMessage overflow{"result does not fit in 64 bits", "結果が 64 ビット整数に収まりません"};
inline constexpr CallMessage swap_nested{
    "the function changed the atom itself, and its result would overwrite that change",
    "関数の中でアトム自身が変更されています。結果を代入すると、その変更が失われます"};
inline constexpr Message no_match{"match: no arm fits the value {0}", "match: 一致する節がありません（値: {0}）"};
inline constexpr Message bad_key{"{0} cannot be a map key", "{0} はマップのキーにできません"};
inline constexpr Message missing_key{"key {0} is not in the map {1}", "マップにキー {0} がありません: {1}"};
inline constexpr Message pattern_type{"{0} expected by the pattern, found {1}", "パターンには{0}が必要です（値: {1}）"};
inline constexpr Message pattern_count{"the pattern expects {0} items, but {2} has {1}",
                                       "パターンの要素は {0} 個ですが、{2} の要素は {1} 個です"};
inline constexpr CallMessage channel_closed{"the channel has been closed", "チャネルはすでに閉じています"};
inline constexpr Message stack_overflow{"stack overflow: the recursion is too deep ({0} frames)",
                                        "スタックオーバーフロー: 再帰が深すぎます（{0} フレーム）"};
inline constexpr Message deadlock{"deadlock: nothing can ever run again",
                                  "デッドロック: 実行できるものがもうありません"};
inline constexpr Message waits_in{"  goroutine {0} waits in {1}", "  goroutine {0} は {1} で待っています"};
inline constexpr Message main_waits_in{"  the main program waits in {0}", "  メインプログラムは {0} で待っています"};
inline constexpr Message macro_deadlock{"deadlock: it waits in {0} for something that only its caller can do",
                                        "デッドロック: {0} で、呼び出し元にしかできないことを待っています"};
inline constexpr Message more_waiting{"  and {0} more", "  ほか {0} 個"};
inline constexpr Message module_not_found{"module {0}: file not found", "モジュール {0} のファイルがありません"};
inline constexpr Message looked_for{"looked for {0}", "探した場所: {0}"};
inline constexpr Message module_cycle{"module {0} cannot be used while it is being loaded: {1}",
                                      "モジュール {0} は読み込み中に使えません（循環: {1}）"};
inline constexpr Message module_no_name{"module {0}: no such name: {1}", "モジュール {0} に {1} はありません"};
inline constexpr Message module_private{"module {0}: {1} is private", "モジュール {0} の {1} は非公開です"};
inline constexpr Message module_public_names{"its public names: {0}", "公開されている名前: {0}"};
inline constexpr Message export_outside{"export: only a file that is loaded by use can export names",
                                        "export: use で読み込まれるファイルでのみ使えます"};
inline constexpr Message export_undefined{"export: {0} isn't defined yet; put export after the definitions",
                                          "export: {0} はまだ定義されていません（export は定義の後に書きます）"};
inline constexpr Message too_many_forms{"{0} produces more than {1} forms",
                                        "{0} の結果が {1} 個のフォームを超えています"};
inline constexpr Message endless_macro{"macro {0} expands without end", "マクロ {0} の展開が終わりません"};
inline constexpr Message in_macro{"macro {0}: {1}", "マクロ {0}: {1}"};
inline constexpr CallMessage select_empty{"needs at least one channel", "チャネルが 1 つ以上必要です"};
inline constexpr Message heap_full{"the heap is full: the program may use {0} (--max-heap)",
                                   "ヒープがいっぱいです: 使えるのは {0} までです（--max-heap）"};
inline constexpr Message steps_over{"the program was stopped: it has made {0} steps (--max-steps)",
                                    "プログラムを終了しました: {0} ステップに達しました（--max-steps）"};
inline constexpr Message time_over{"the program was stopped: it has run for {0} (--max-time)",
                                   "プログラムを終了しました: 制限時間 {0} を超えました（--max-time）"};
inline constexpr Message error_came_from{"the error map comes from\n{0}", "このエラーマップの発生元:\n{0}"};
inline constexpr CallMessage native_threw{"a fault inside Qi itself, not in the program: {0}",
                                          "Qi 自体の内部エラーです（プログラムの誤りではありません）: {0}"};
inline constexpr Message unknown_exception{"unknown exception", "不明な例外"};
inline constexpr Message cancelled{"cancelled", "キャンセルされました"};
inline constexpr Message interrupted{"interrupted", "中断されました"};
inline constexpr Message frames_repeat{"  … {0} more of the same", "  … 同じものがあと {0} 個"};
inline constexpr Message frames_omitted{"  … {0} frames left out", "  … {0} フレーム省略"};
inline constexpr Message called_from{"  at {0} ({1})", "  {0}（{1}）"};
inline constexpr Message top_level{"top level", "トップレベル"};
inline constexpr Message started_by{"  in a goroutine started at {0}", "  {0} で開始された goroutine 内"};
inline constexpr Message anonymous{"fn", "fn"};
inline constexpr Message error_in_defer{"error in a deferred expression", "defer された式でのエラー"};
inline constexpr Message goroutine_failed{"error in a goroutine that nobody awaits",
                                          "誰も await していない goroutine でエラーが発生しました"};

// A dump of what the program does (SIGUSR1).
inline constexpr Message dump{"what the program does", "プログラムの状態"};
inline constexpr Message dump_goroutines{"goroutines: {0}", "goroutine: {0}"};
inline constexpr Message dump_runs{"runs", "実行中"};
inline constexpr Message dump_waits_channel{"waits for a channel", "チャネル待ち"};
inline constexpr Message dump_waits_time{"waits for a time", "時間待ち"};
inline constexpr Message dump_with_limit{"{0}, {1} ms more at most", "{0}（残り最大 {1} ミリ秒）"};
inline constexpr Message dump_started{"started at {0}", "開始: {0}"};
inline constexpr Message dump_more{"and {0} more", "ほか {0}"};

inline constexpr CallMessage bad_duration{
    "{0} isn't a duration; use milliseconds from 0 up, or text such as \"500ms\", \"1m30s\"",
    "{0} は時間ではありません（0 以上のミリ秒、または \"500ms\"、\"1m30s\" のような文字列）"};
inline constexpr CallMessage bad_size{
    "{0} isn't a size; use bytes from 0 up, or text such as \"64KiB\", \"16MiB\"",
    "{0} はサイズではありません（0 以上のバイト数、または \"64KiB\"、\"16MiB\" のような文字列）"};
inline constexpr CallMessage unknown_option{"there is no option {0}; known: {1}",
                                            "オプション {0} はありません（使えるもの: {1}）"};

// Types, as messages name them
inline constexpr Message type_nil{"nil", "nil"};
inline constexpr Message type_boolean{"boolean", "真偽値"};
inline constexpr Message type_integer{"integer", "整数"};
inline constexpr Message type_float{"float", "浮動小数点数"};
inline constexpr Message type_size{"size (bytes, or text such as \"64KiB\")",
                                   "サイズ（バイト数、または \"64KiB\" のような文字列）"};
inline constexpr Message type_duration{"duration (milliseconds, or text such as \"1m30s\")",
                                       "時間（ミリ秒、または \"1m30s\" のような文字列）"};
inline constexpr Message type_number{"number", "数値"};
inline constexpr Message type_string{"string", "文字列"};
inline constexpr Message type_bytes{"bytes", "バイト列"};
inline constexpr Message type_number_or_string{"number or string", "数値か文字列"};
inline constexpr Message type_text_or_bytes{"string or bytes", "文字列かバイト列"};
inline constexpr Message type_symbol{"symbol", "シンボル"};
inline constexpr Message type_keyword{"keyword", "キーワード"};
inline constexpr Message type_list{"list", "リスト"};
inline constexpr Message type_vector{"vector", "ベクタ"};
inline constexpr Message type_map{"map", "マップ"};
inline constexpr Message type_set{"set", "集合"};
inline constexpr Message type_sequence{"list or vector", "リストかベクタ"};
inline constexpr Message type_collection{"collection", "コレクション"};
inline constexpr Message type_function{"function", "関数"};
inline constexpr Message type_atom{"atom", "アトム"};
inline constexpr Message type_channel{"channel", "チャネル"};
inline constexpr Message type_macro{"macro", "マクロ"};
inline constexpr Message type_scope{"scope", "スコープ"};
inline constexpr Message type_scope_or_promise{"scope or promise", "スコープかプロミス"};
inline constexpr Message type_stream{"stream", "ストリーム"};
inline constexpr Message the_value{"the {0} {1}", "{0} {1}"};

} // namespace qi::msg
