// Messages of ws/, in addition to those of the transport.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr CallMessage ws_unknown_id{"connection {0} does not exist", "接続 {0} は存在しません"};
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
inline constexpr CallMessage ws_error_as_id{"this is an error, not a connection: {0}",
                                            "接続ではなくエラーが渡されました: {0}"};
inline constexpr CallMessage ws_unsendable{
    "{0} cannot be sent: send a string, bytes or a message map, or (json/stringify x) of anything else",
    "{0} は送信できません。文字列・バイト列・メッセージのマップ以外は (json/stringify x) で文字列にしてください"};
inline constexpr CallMessage ws_may_not_subscribe{
    "connection {0} may not subscribe to \"{1}\": the :may of its :authorize doesn't allow it",
    "接続 {0} は \"{1}\" を購読できません（:authorize の :may が許していません）"};
inline constexpr CallMessage ws_may_not_publish{
    "connection {0} may not publish to \"{1}\": the :may of its :authorize doesn't allow it",
    "接続 {0} は \"{1}\" に配信できません（:authorize の :may が許していません）"};
inline constexpr CallMessage ws_not_base64{"the data is not base64", "データが base64 ではありません"};
inline constexpr CallMessage bytes_not_utf8{"the bytes are not UTF-8; send them as :binary",
                                            "バイト列が UTF-8 ではありません。:binary で送ってください"};
inline constexpr CallMessage ws_send_as{"a message is sent as :text or :binary (1, 2), not {0}",
                                        "送信の種類は :text か :binary（1、2）です（渡された値: {0}）"};
inline constexpr CallMessage ws_send_timeout{"the message could not be sent within {0} ms: the peer isn't reading",
                                             "{0} ミリ秒以内にメッセージを送れませんでした（相手が読んでいません）"};
inline constexpr CallMessage ws_ping_timeout{"no answer within {0} ms", "{0} ミリ秒以内に応答がありませんでした"};
inline constexpr CallMessage ws_option_type{"option {0} must be {1}, not {2}",
                                            "オプション {0} に指定できるのは、{1}です（渡された値: {2}）"};
inline constexpr CallMessage ws_option_unknown{"there is no option {0}; {1}", "オプション {0} はありません。{1}"};
inline constexpr Message ws_options_are{"the options are {0}", "使えるオプション: {0}"};
inline constexpr CallMessage ws_port_needed{"option :port is missing (0 picks a free one)",
                                            "オプション :port がありません（0 で空きポートを選びます）"};
inline constexpr CallMessage ws_listen_options{"options must be a map, or a port, not {0}",
                                               "オプションはマップかポート番号でなければなりません（渡された値: {0}）"};
inline constexpr CallMessage ws_header_name{
    "option {0}: the name of a header must be a string or a keyword, not {1}",
    "オプション {0}: ヘッダー名は文字列かキーワードでなければなりません（渡された値: {1}）"};
inline constexpr CallMessage ws_close_code{
    "close code {0} may not be sent; allowed are 1000–1003, 1007–1014 and 3000–4999{1}",
    "クローズコード {0} は送れません。使えるのは 1000〜1003、1007〜1014、3000〜4999 です{1}"};
inline constexpr Message ws_close_bridge{
    "; 1005 and 1006 only mean that no close frame came: close with 1000 instead, or by (ws/close conn)",
    "。1005 と 1006 はクローズフレームが届かなかったことを表すだけなので、中継するときは 1000 か (ws/close conn) "
    "で閉じてください"};
inline constexpr CallMessage ws_close_name{"{0} isn't a close code; {1}", "{0} というクローズコードはありません。{1}"};
inline constexpr CallMessage ws_not_connection{"{0} is a listener, not a connection", "{0} は接続ではなくリスナーです"};
inline constexpr CallMessage ws_not_listener{"{0} is a connection, not a listener", "{0} はリスナーではなく接続です"};
inline constexpr CallMessage ws_serve_listener{
    "{0} is the id of a listener, not a port; write (ws/serve {:listener {0}} handler)",
    "{0} はポート番号ではなくリスナーの ID です。(ws/serve {:listener {0}} handler) と書いてください"};
inline constexpr CallMessage ws_listener_alone{
    "option {0} belongs to ws/listen and can't be combined with :listener",
    "オプション {0} は ws/listen に渡します（:listener と一緒には指定できません）"};
inline constexpr CallMessage ws_not_server{"connection {0} was not accepted by a listener: it has no request",
                                           "接続 {0} はリスナーが受け付けたものではないので、リクエストがありません"};

inline constexpr CallMessage ws_answer{"the answer must be true, or a map with :status, :headers and :body, not {0}",
                                       "返す値は true か、:status、:headers、:body のマップです（返された値: {0}）"};
inline constexpr CallMessage ws_http_answer{
    "the answer must be a map with :status, :headers and :body, or nil for 404, not {0}",
    "返す値は :status、:headers、:body のマップか、404 を表す nil です（返された値: {0}）"};

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
inline constexpr CallMessage stream_type{"{0} isn't a type of a schema; {1}", "{0} はスキーマの型ではありません。{1}"};
inline constexpr CallMessage stream_part{"there is no {0}; {1}", "{0} はありません。{1}"};
inline constexpr Message stream_path{
    "a string that begins with / and has only letters, digits and -._~!$&'()*+,;=:@/ in it",
    "/ で始まり、英数字と -._~!$&'()*+,;=:@/ だけからなる文字列"};
inline constexpr Message stream_answer{":close or :reply", ":close か :reply のどちらか"};
inline constexpr CallMessage stream_field_name{"{0} isn't the name of a field; use a keyword, such as :name",
                                               "{0} はフィールド名ではありません。:name のようなキーワードで書きます"};
inline constexpr CallMessage stream_no_handler{
    "the service {0} has no :handler; give it a function",
    "サービス {0} に :handler がないため、公開できません。関数を指定してください"};
inline constexpr Message type_ws_service{"service made by ws/service", "ws/service で作ったサービス"};
inline constexpr Message type_ws_stream{"stream", "ストリーム"};
inline constexpr CallMessage stream_failed{"this isn't a stream: ws/call failed ({0})",
                                           "ストリームではありません。ws/call が失敗しています（{0}）"};
inline constexpr CallMessage stream_same_field{"the schema has the field {0} twice: as {0} and as {1}",
                                               "スキーマにフィールド {0} が二度あります（{0} と {1}）"};
inline constexpr CallMessage stream_same_path{"two services have the path {0}", "パス {0} のサービスが 2 つあります"};
inline constexpr Message stream_views{"a map of vectors of fields, at least one in each",
                                      "フィールドのベクタ（1 つ以上）のマップ"};
inline constexpr CallMessage stream_field{"view {2}: {0} isn't a field of what is sent; {1}",
                                          "ビュー {2}: {0} というフィールドはありません。{1}"};
inline constexpr CallMessage stream_view{"nothing that is sent here has a view {0}; {1}",
                                         "ここで送るものに {0} というビューはありません。{1}"};
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
inline constexpr Message is_connection{"the id of a connection", "接続の ID"};
inline constexpr Message is_listener{"the id of a listener", "リスナーの ID"};
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
inline constexpr Message is_close_code{"a code from 1000–1003, 1007–1014 or 3000–4999, or a keyword of ws/close-codes",
                                       "1000〜1003、1007〜1014、3000〜4999 のコードか、ws/close-codes のキーワード"};
inline constexpr Message is_close_reason{"a string of at most 123 bytes", "123 バイト以下の文字列"};
// A dump (SIGUSR1).
inline constexpr Message ws_dump_listeners{"listeners: {0}", "リスナー: {0}"};
inline constexpr Message ws_dump_listener{"{0}  port {1}, {2}; to be accepted: {3}, to be decided about: {4}",
                                          "{0}  ポート {1}、{2}、ws/accept 待ち: {3}、判断待ち: {4}"};
inline constexpr Message ws_dump_connections{"connections: {0}", "接続: {0}"};
inline constexpr Message ws_dump_connection{
    "{0}  {1}  {2}  for {3} s; received {4}, unread {5}; sent {6}, queued {7} B; topics {8}",
    "{0}  {1}  {2}  {3} 秒間、受信 {4}、未読 {5}、送信 {6}、送信待ち {7} B、トピック {8}"};
inline constexpr Message ws_dump_topics{"topics: {0}", "トピック: {0}"};
inline constexpr Message ws_dump_topic{"{0}  subscribers {1}, published {2}", "{0}  購読者 {1}、配信 {2}"};
inline constexpr Message ws_dump_delayed{"published messages that wait for room: {0}", "空きを待つ配信メッセージ: {0}"};
inline constexpr Message is_slow{":close or :skip", ":close か :skip のどちらか"};
inline constexpr Message is_tls_version{"\"1.2\" or \"1.3\"", "\"1.2\" か \"1.3\" のどちらか"};
inline constexpr Message is_map{"a map", "マップ"};
inline constexpr Message is_string{"a string", "文字列"};
inline constexpr Message is_bool{"true or false", "true か false のどちらか"};
inline constexpr Message is_strings{"a vector of strings", "文字列のベクタ"};
inline constexpr Message is_header_value{"a string or a vector of strings", "文字列か、文字列のベクタ"};
inline constexpr Message is_duration{"a duration such as 500 or \"5s\", from 0 to 1000 years",
                                     "500 や \"5s\" のような時間（0 から 1000 年）"};
inline constexpr Message a_duration{"a duration", "時間"};
inline constexpr Message is_paths{"a vector of paths that begin with /, such as [\"/chat\"]",
                                  "[\"/chat\"] のような、/ で始まるパスのベクタ"};
inline constexpr Message is_path{"a path that begins with /, such as \"/metrics\"",
                                 "\"/metrics\" のような、/ で始まるパス"};
inline constexpr Message is_size{"a size such as 65536 or \"64KiB\"", "65536 や \"64KiB\" のようなサイズ"};
inline constexpr Message is_size_to{"a size of at most {0}", "{0} 以下のサイズ"};
inline constexpr Message is_integer{"an integer from {0} to {1}", "{0} から {1} の整数"};
inline constexpr Message is_number_in{"a number of {0}–{1}", "{0}〜{1} の数"};
inline constexpr Message is_proxy{":none or a URL such as \"http://user:password@host:port\"",
                                  ":none か、\"http://user:password@host:port\" のような URL"};
inline constexpr Message is_binary{":base64 or :bytes", ":base64 か :bytes のどちらか"};
inline constexpr Message is_compression{":disabled, :context-takeover or :no-context (0, 1, 2)",
                                        ":disabled、:context-takeover、:no-context（0、1、2）のいずれか"};

} // namespace qi::msg
