// Messages of ws/, in addition to those of the transport.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message ws_unknown_id{"connection {0} does not exist", "接続 {0} は存在しません"};
inline constexpr Message ws_place{"connection {0} ({1})", "接続 {0}（{1}）"};
inline constexpr Message ws_backplane_lost{
    "ws/backplane: no connection to {0} ({1}); published messages reach only this process",
    "ws/backplane: {0} に接続していません（{1}）。配信したメッセージはこのプロセスの中にだけ届きます"};
inline constexpr Message ws_backplane_back{"ws/backplane: connected to {0} again",
                                           "ws/backplane: {0} に再び接続しました"};
inline constexpr Message ws_open_to_all{"the listener on {0} is open to all addresses and has neither :origins nor "
                                        ":max-per-ip; SECURITY.md says what to set",
                                        "{0} のリスナーはすべてのアドレスに開かれていますが、:origins も :max-per-ip "
                                        "も指定されていません（SECURITY.md を参照）"};
inline constexpr Message ws_error_as_id{"{0}: this is an error, not a connection: {1}",
                                        "{0}: 接続ではなくエラーが渡されました: {1}"};
inline constexpr Message ws_unsendable{
    "{0}: {1} cannot be sent: send a string, bytes or a message map, or (json/stringify x) of anything else",
    "{0}: {1} は送信できません。文字列・バイト列・メッセージのマップ以外は (json/stringify x) で文字列にしてください"};
inline constexpr Message ws_not_base64{"{0}: the data is not base64", "{0}: データが base64 ではありません"};
inline constexpr Message bytes_not_utf8{"{0}: the bytes are not UTF-8; send them as :binary",
                                        "{0}: バイト列が UTF-8 ではありません。:binary で送ってください"};
inline constexpr Message ws_send_as{"{0}: a message is sent as :text or :binary (1, 2), not {1}",
                                    "{0}: 送信の種類は :text か :binary（1、2）です（渡された値: {1}）"};
inline constexpr Message ws_send_timeout{"{0}: the message could not be sent within {1} ms: the peer isn't reading",
                                         "{0}: {1} ミリ秒以内にメッセージを送れませんでした（相手が読んでいません）"};
inline constexpr Message ws_ping_timeout{"{0}: no answer within {1} ms", "{0}: {1} ミリ秒以内に応答がありませんでした"};
inline constexpr Message ws_option_type{"{0}: option {1} must be {2}, not {3}",
                                        "{0}: オプション {1} に指定できるのは、{2}です（渡された値: {3}）"};
inline constexpr Message ws_option_unknown{"{0}: there is no option {1}; {2}", "{0}: オプション {1} はありません。{2}"};
inline constexpr Message ws_options_are{"the options are {0}", "使えるオプション: {0}"};
inline constexpr Message ws_port_needed{"{0}: option :port is missing (0 picks a free one)",
                                        "{0}: オプション :port がありません（0 で空きポートを選びます）"};
inline constexpr Message ws_listen_options{
    "{0}: options must be a map, or a port, not {1}",
    "{0}: オプションはマップかポート番号でなければなりません（渡された値: {1}）"};
inline constexpr Message ws_header_name{
    "{0}: option {1}: the name of a header must be a string or a keyword, not {2}",
    "{0}: オプション {1}: ヘッダー名は文字列かキーワードでなければなりません（渡された値: {2}）"};
inline constexpr Message ws_close_code{
    "{0}: close code {1} may not be sent; allowed are 1000–1003, 1007–1014 and 3000–4999{2}",
    "{0}: クローズコード {1} は送れません。使えるのは 1000〜1003、1007〜1014、3000〜4999 です{2}"};
inline constexpr Message ws_close_bridge{
    "; 1005 and 1006 only mean that no close frame came: close with 1000 instead, or by (ws/close conn)",
    "。1005 と 1006 はクローズフレームが届かなかったことを表すだけなので、中継するときは 1000 か (ws/close conn) "
    "で閉じてください"};
inline constexpr Message ws_close_name{"{0}: {1} isn't a close code; {2}",
                                       "{0}: {1} というクローズコードはありません。{2}"};
inline constexpr Message ws_not_connection{"{0}: {1} is a listener, not a connection",
                                           "{0}: {1} は接続ではなくリスナーです"};
inline constexpr Message ws_not_listener{"{0}: {1} is a connection, not a listener",
                                         "{0}: {1} はリスナーではなく接続です"};
inline constexpr Message ws_serve_listener{
    "{0}: {1} is the id of a listener, not a port; write (ws/serve {:listener {1}} handler)",
    "{0}: {1} はポート番号ではなくリスナーの ID です。(ws/serve {:listener {1}} handler) と書いてください"};
inline constexpr Message ws_listener_alone{
    "{0}: option {1} belongs to ws/listen and can't be combined with :listener",
    "{0}: オプション {1} は ws/listen に渡します（:listener と一緒には指定できません）"};
inline constexpr Message ws_not_server{"{0}: connection {1} was not accepted by a listener: it has no request",
                                       "{0}: 接続 {1} はリスナーが受け付けたものではないので、リクエストがありません"};

inline constexpr Message ws_answer{"{0}: the answer must be true, or a map with :status, :headers and :body, not {1}",
                                   "{0}: 返す値は true か、:status、:headers、:body のマップです（返された値: {1}）"};
inline constexpr Message ws_http_answer{
    "{0}: the answer must be a map with :status, :headers and :body, or nil for 404, not {1}",
    "{0}: 返す値は :status、:headers、:body のマップか、404 を表す nil です（返された値: {1}）"};

inline constexpr Message ws_not_offered{"subprotocol \"{0}\" can't be chosen: the client offered {1}",
                                        "サブプロトコル \"{0}\" は選べません（クライアントの提示: {1}）"};
inline constexpr Message offered_nothing{"none", "なし"};

inline constexpr Message stream_value{"the value", "値"};
inline constexpr Message stream_misfit{"{0} must be {1}, not {2}", "{0}: {1} が必要です（実際の値: {2}）"};
inline constexpr Message stream_missing{"{0} is missing; it must be {1}", "{0} がありません。{1} が必要です"};
inline constexpr Message stream_surplus{"{0} isn't in the schema, which has {1}",
                                        "{0} はスキーマにありません（あるのは {1} です）"};
inline constexpr Message stream_json{"the message isn't JSON: {0}", "メッセージが JSON ではありません: {0}"};
inline constexpr Message stream_binary{"expected text (JSON), but a binary message came in",
                                       "テキスト（JSON）が必要なところにバイナリメッセージが届きました"};
inline constexpr Message stream_type{"{0}: {1} isn't a type of a schema; {2}",
                                     "{0}: {1} はスキーマの型ではありません。{2}"};
inline constexpr Message stream_part{"{0}: there is no {1}; {2}", "{0}: {1} はありません。{2}"};
inline constexpr Message stream_path{
    "a string that begins with / and has only letters, digits and -._~!$&'()*+,;=:@/ in it",
    "/ で始まり、英数字と -._~!$&'()*+,;=:@/ だけからなる文字列"};
inline constexpr Message stream_answer{":close or :reply", ":close か :reply のどちらか"};
inline constexpr Message stream_field_name{"{0}: {1} isn't the name of a field; use a keyword, such as :name",
                                           "{0}: {1} はフィールド名ではありません。:name のようなキーワードで書きます"};
inline constexpr Message stream_no_handler{
    "{0}: the service {1} has no :handler; give it a function",
    "{0}: サービス {1} に :handler がないため、公開できません。関数を指定してください"};
inline constexpr Message type_ws_service{"service made by ws/service", "ws/service で作ったサービス"};
inline constexpr Message type_ws_stream{"stream", "ストリーム"};
inline constexpr Message stream_failed{"{0}: this isn't a stream: ws/call failed ({1})",
                                       "{0}: ストリームではありません。ws/call が失敗しています（{1}）"};
inline constexpr Message stream_same_field{"{0}: the schema has the field {1} twice: as {1} and as {2}",
                                           "{0}: スキーマにフィールド {1} が二度あります（{1} と {2}）"};
inline constexpr Message stream_same_path{"{0}: two services have the path {1}",
                                          "{0}: パス {1} のサービスが 2 つあります"};
inline constexpr Message stream_views{"a map of vectors of fields, at least one in each",
                                      "フィールドのベクタ（1 つ以上）のマップ"};
inline constexpr Message stream_field{"{0}: view {3}: {1} isn't a field of what is sent; {2}",
                                      "{0}: ビュー {3}: {1} というフィールドはありません。{2}"};
inline constexpr Message stream_view{"{0}: nothing that is sent here has a view {1}; {2}",
                                     "{0}: ここで送るものに {1} というビューはありません。{2}"};
inline constexpr Message stream_none{"there are none", "1 つもありません"};
inline constexpr Message stream_services{"a vector of services made by ws/service",
                                         "ws/service で作ったサービスのベクタ"};
inline constexpr Message stream_no_send{
    "nothing can be sent on this stream: the service has no type for that direction",
    "このストリームでは送信できません。サービスがその向きの型を持っていません"};
inline constexpr Message stream_no_receive{
    "nothing comes in on this stream: the service has no type for that direction",
    "このストリームでは受信できません。サービスがその向きの型を持っていません"};
inline constexpr Message is_function{"a function", "関数"};
inline constexpr Message is_text_or_bytes{"a string or bytes", "文字列かバイト列"};
inline constexpr Message is_rate_action{":close, :delay or :drop", ":close、:delay、:drop のいずれか"};
inline constexpr Message ws_slow{"{0}: it doesn't keep up with what is published; closing it with 1013 (:slow)",
                                 "{0}: 受信が配信に追いつかないため、1013 で閉じます（:slow）"};
inline constexpr Message ws_refusals{"port {0}: requests refused in {2} s: {1} ({3})",
                                     "ポート {0}: {2} 秒間に拒否したリクエスト: {1} 件（{3}）"};
inline constexpr Message ws_out_of_descriptors{
    "port {0}: out of file descriptors {1} times in {2} s: no connection could be accepted then (see ulimit -n)",
    "ポート {0}: {2} 秒間に {1} 回ファイル記述子が足りず、その間は接続を受け付けられませんでした（ulimit -n "
    "を確認してください）"};
inline constexpr Message is_slow{":close or :skip", ":close か :skip のどちらか"};
inline constexpr Message is_tls_version{"\"1.2\" or \"1.3\"", "\"1.2\" か \"1.3\" のどちらか"};
inline constexpr Message is_map{"a map", "マップ"};
inline constexpr Message is_string{"a string", "文字列"};
inline constexpr Message is_bool{"true or false", "true か false のどちらか"};
inline constexpr Message is_strings{"a vector of strings", "文字列のベクタ"};
inline constexpr Message is_header_value{"a string or a vector of strings", "文字列か、文字列のベクタ"};
inline constexpr Message is_duration{"a duration such as 500 or \"5s\", from 0 to 1000 years",
                                     "500 や \"5s\" のような時間（0 から 1000 年）"};
inline constexpr Message is_paths{"a vector of paths that begin with /, such as [\"/chat\"]",
                                  "[\"/chat\"] のような、/ で始まるパスのベクタ"};
inline constexpr Message is_size{"a size such as 65536 or \"64KiB\"", "65536 や \"64KiB\" のようなサイズ"};
inline constexpr Message is_size_to{"a size of at most {0}", "{0} 以下のサイズ"};
inline constexpr Message is_integer{"an integer from {0} to {1}", "{0} から {1} の整数"};
inline constexpr Message is_number_in{"a number of {0}", "{0} の数"};
inline constexpr Message is_proxy{":none or a URL such as \"http://user:password@host:port\"",
                                  ":none か、\"http://user:password@host:port\" のような URL"};
inline constexpr Message is_binary{":base64 or :bytes", ":base64 か :bytes のどちらか"};
inline constexpr Message is_compression{":disabled, :context-takeover or :no-context (0, 1, 2)",
                                        ":disabled、:context-takeover、:no-context（0、1、2）のいずれか"};

} // namespace qi::msg
