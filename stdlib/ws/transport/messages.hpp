// Everything that the transport says to a user, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::ws::message {

// URLs. {0} is the URL throughout.
inline constexpr Message url_scheme{"a WebSocket URL starts with ws:// or wss://, not {1}: {0}",
                                    "WebSocket の URL は {1} ではなく ws:// か wss:// で始めます: {0}"};
inline constexpr Message url_no_scheme{"a WebSocket URL starts with ws:// or wss://: {0}",
                                       "WebSocket の URL は ws:// か wss:// で始めます: {0}"};
inline constexpr Message url_no_host{"the URL has no host: {0}", "URL にホスト名がありません: {0}"};
inline constexpr Message url_bad_host{"the URL's host {1} can't be a host name or an address: {0}",
                                      "URL のホスト {1} はホスト名にもアドレスにもなりません: {0}"};
inline constexpr Message url_user_info{
    "a WebSocket URL can't have a user name or password; send them in an Authorization header: {0}",
    "WebSocket の URL にユーザー名やパスワードは書けません。Authorization ヘッダーで送ってください: {0}"};
inline constexpr Message url_fragment{"a WebSocket URL can't have a fragment (#...): {0}",
                                      "WebSocket の URL にフラグメント（#...）は付けられません: {0}"};
inline constexpr Message url_port{"the URL's port must be 1 to 65535, not \"{1}\": {0}",
                                  "URL のポート番号は 1 から 65535 です（渡された値: \"{1}\"）: {0}"};
inline constexpr Message url_character{"the URL has a character that must be percent-encoded ({1}): {0}",
                                       "URL にパーセントエンコードが必要な文字があります（{1}）: {0}"};

inline constexpr Message url_too_long{
    "the URL is {1} bytes; with the headers that go with it at most {2} can be sent: {0}",
    "URL が {1} バイトあります。一緒に送るヘッダーがあるため {2} バイトまでです: {0}"};

// Options.
inline constexpr Message header_name{"\"{0}\" can't be the name of a header", "\"{0}\" はヘッダー名として使えません"};
inline constexpr Message header_value{"the value of header {0} has a line break or another control character in it",
                                      "ヘッダー {0} の値に改行などの制御文字が含まれています"};
inline constexpr Message header_owned{"header {0} belongs to the handshake and can't be set; {1}",
                                      "ヘッダー {0} はハンドシェイクが決めるもので指定できません。{1}"};
inline constexpr Message use_protocols{"use :protocols", ":protocols を使ってください"};
inline constexpr Message use_compression{"use :compression", ":compression を使ってください"};
inline constexpr Message use_origin{"use :origin", ":origin を使ってください"};
inline constexpr Message leave_out{"remove it", "取り除いてください"};
inline constexpr Message headers_too_long{
    "the handshake's headers are {0} bytes; at most {1} can be sent",
    "ハンドシェイクのヘッダーが {0} バイトあります。送れるのは {1} バイトまでです"};
inline constexpr Message protocol_name{
    "\"{0}\" can't be a subprotocol: letters, digits and !#$%&'*+-.^_`|~ only",
    "\"{0}\" はサブプロトコル名になりません。使えるのは英数字と !#$%&'*+-.^_`|~ だけです"};
inline constexpr Message protocol_twice{"subprotocol \"{0}\" is given twice",
                                        "サブプロトコル \"{0}\" が二度指定されています"};
inline constexpr Message proxy_form{
    "a proxy is http://host:port or http://name:password@host:port, not {0}",
    "プロキシは「http://ホスト:ポート」か「http://名前:パスワード@ホスト:ポート」と書きます（渡された値: {0}）"};
inline constexpr Message proxy_variable{
    "the environment variable {0} must be http://host:port or http://name:password@host:port, not {1}",
    "環境変数 {0} "
    "のプロキシを使えません。「http://ホスト:ポート」か「http://名前:パスワード@ホスト:ポート」と書きます（現在の値: "
    "{1}）"};
inline constexpr Message server_name{":server-name must be the name of a host or an address, not \"{0}\"",
                                     ":server-name はホスト名かアドレスです（渡された値: \"{0}\"）"};
inline constexpr Message tls_cipher{":ciphers: OpenSSL has no cipher {0}; `openssl ciphers` lists them",
                                    ":ciphers: {0} という暗号は OpenSSL にありません（openssl ciphers で一覧を表示）"};
inline constexpr Message tls_ciphers_none{":ciphers: {0} leaves no cipher that can be used",
                                          ":ciphers: {0} では使える暗号が 1 つも残りません"};
inline constexpr Message cert_and_key{":cert and :key must be given together", ":cert と :key は両方指定してください"};

// Connecting. The last argument is the URL.
inline constexpr Message connect_dns{"{0} doesn't resolve: {1} ({2})", "{0} の名前解決に失敗しました: {1}（{2}）"};
inline constexpr Message connect_refused{"connection refused: {0} ({1})", "接続を拒否されました: {0}（{1}）"};
inline constexpr Message connect_unreachable{"can't be reached: {0}: {1} ({2})", "到達できません: {0}: {1}（{2}）"};
inline constexpr Message connect_timeout{"no connection within {0} ms ({1})",
                                         "{0} ミリ秒以内に接続できませんでした（{1}）"};
inline constexpr Message connect_tls{"TLS failed: {0} ({1})", "TLS の確立に失敗しました: {0}（{1}）"};
inline constexpr Message connect_status{"the server answered {0} instead of an upgrade ({1})",
                                        "サーバーはアップグレードせず {0} を返しました（{1}）"};
inline constexpr Message connect_not_websocket{"the server's answer isn't a WebSocket handshake: {0} ({1})",
                                               "サーバーの応答は WebSocket のハンドシェイクではありません: {0}（{1}）"};
inline constexpr Message connect_dropped{"the server closed the connection before its answer was complete ({0})",
                                         "サーバーが応答の途中で接続を閉じました（{0}）"};
inline constexpr Message connect_proxy{"the proxy {0} didn't open a tunnel: {1} ({2})",
                                       "プロキシ {0} がトンネルを開きませんでした: {1}（{2}）"};
inline constexpr Message connect_denied{
    "connecting to {0} isn't permitted; --allow-connect={1} would permit it",
    "{0} への接続は許可されていません。許可するには --allow-connect={1} を付けます"};
inline constexpr Message connect_as_denied{
    "connecting to {0} as {1} isn't permitted; --allow-connect={1} would permit it",
    "{1} を名乗って {0} へ接続することは許可されていません。許可するには --allow-connect={1} を付けます"};
inline constexpr Message listen_not_permitted{
    "listening on {0} isn't permitted; --allow-listen={0} would permit it",
    "{0} での待ち受けは許可されていません。許可するには --allow-listen={0} を付けます"};
inline constexpr Message connect_failed{"connecting failed: {0} ({1})", "接続に失敗しました: {0}（{1}）"};
inline constexpr Message connect_ended{"this side closed the connection before it was open ({0})",
                                       "接続の途中でこちら側が閉じました（{0}）"};

// Reasons inside of those.
inline constexpr Message accept_key{"the Sec-WebSocket-Accept key is wrong", "Sec-WebSocket-Accept の値が違います"};
inline constexpr Message accept_missing{"a Sec-WebSocket-Accept header is missing",
                                        "Sec-WebSocket-Accept ヘッダーがありません"};
inline constexpr Message upgrade_missing{"it doesn't upgrade to websocket",
                                         "websocket へのアップグレードではありません"};
inline constexpr Message protocol_not_offered{"it chose a subprotocol that wasn't offered",
                                              "提示していないサブプロトコルが選ばれました"};
inline constexpr Message extension_not_offered{"it chose an extension that wasn't offered",
                                               "提示していない拡張が選ばれました"};
inline constexpr Message protocol_answered_twice{"it has two Sec-WebSocket-Protocol headers",
                                                 "Sec-WebSocket-Protocol ヘッダーが二つあります"};
inline constexpr Message header_line{"a line of its head isn't a header", "ヘッダーとして読めない行があります"};
inline constexpr Message answer_too_long{"its head is longer than 64 KiB", "ヘッダー部が 64 KiB を超えています"};
inline constexpr Message not_http{"it doesn't speak HTTP", "HTTP を話していません"};
inline constexpr Message proxy_status{"it answered {0}", "{0} を返しました"};
inline constexpr Message proxy_credentials{
    "it answered 407: it needs a name and a password, :proxy \"http://name:password@host:port\"",
    "407 を返しました。名前とパスワードが必要です: :proxy \"http://名前:パスワード@ホスト:ポート\""};
inline constexpr Message proxy_no_answer{"it closed the connection, or answered with something that isn't HTTP",
                                         "接続を閉じたか、HTTP ではないものを返しました"};
inline constexpr Message extension_terms{"it accepted permessage-deflate with parameters that aren't valid",
                                         "permessage-deflate が不正なパラメータで受け入れられました"};
inline constexpr Message tls_untrusted{
    "this system doesn't trust the issuer of the server's certificate ({0}); give its CA: {:tls {:ca \"file.pem\"}}",
    "サーバー証明書の発行元が信頼されていません（{0}）。CA を指定してください: {:tls {:ca \"file.pem\"}}"};
inline constexpr Message tls_self_signed{
    "the server's certificate is self-signed; trust it by {:tls {:ca \"file.pem\"}}",
    "サーバー証明書は自己署名です。信頼するには {:tls {:ca \"file.pem\"}} を指定してください"};
inline constexpr Message tls_expired{"the server's certificate has expired (or isn't valid yet): {0}",
                                     "サーバー証明書の有効期限が切れているか、まだ始まっていません: {0}"};
inline constexpr Message tls_host{
    "the server's certificate isn't for {0}; connect by a name that it has, or set that name: {:tls {:server-name "
    "\"name\"}}",
    "サーバー証明書は {0} のものではありません。証明書にある名前で接続するか、その名前を指定してください: {:tls "
    "{:server-name \"name\"}}"};
inline constexpr Message tls_certificate{"the server's certificate was refused: {0}",
                                         "サーバー証明書を受け入れられません: {0}"};
inline constexpr Message tls_not_spoken{"the server doesn't speak TLS on this port; did you mean ws://?",
                                        "サーバーはこのポートで TLS を話していません。もしかして: ws://"};
inline constexpr Message tls_cut{"the connection was cut during the TLS handshake",
                                 "TLS のハンドシェイク中に接続が切られました"};
inline constexpr Message tls_reload{"the certificates could not be read again; those in use are kept: {0}",
                                    "証明書を読み直せませんでした。今のものを使い続けます: {0}"};
inline constexpr Message server_cert_and_key{"a listener's :tls needs :cert and :key files",
                                             "リスナーの :tls には :cert と :key のファイルが必要です"};
inline constexpr Message tls_file{"{0} can't be used: {1}", "{0} を使えません: {1}"};

// An open connection.
inline constexpr CallMessage unknown_id{"no connection has the id {0}", "ID {0} の接続はありません"};
inline constexpr CallMessage unknown_listener{"no listener has the id {0}", "ID {0} のリスナーはありません"};
inline constexpr CallMessage closed{"connection {0} is closed", "接続 {0} は閉じています"};
inline constexpr CallMessage closing{"connection {0} is closing", "接続 {0} は閉じる途中です"};
inline constexpr CallMessage connecting{"connection {0} isn't open yet", "接続 {0} はまだ開いていません"};
inline constexpr CallMessage listener_closed{"listener {0} is closed", "リスナー {0} は閉じています"};
inline constexpr Message service_closed{"WebSockets were shut down", "WebSocket はすでに終了しています"};
inline constexpr Message not_utf8{
    "text must be valid UTF-8; send other bytes as binary",
    "テキストは正しい UTF-8 でなければなりません。ほかのバイト列はバイナリで送ってください"};
inline constexpr Message close_code{
    "close code {0} can't be sent; allowed are 1000–1003, 1007–1014 and 3000–4999",
    "クローズコード {0} は送れません。使えるのは 1000〜1003、1007〜1014、3000〜4999 です"};
inline constexpr Message close_reason{"a close reason is at most 123 bytes of UTF-8, not {0}",
                                      "クローズの理由は UTF-8 で 123 バイトまでです（渡された値: {0}）"};
inline constexpr Message ping_payload{"a ping carries at most 125 bytes, not {0}",
                                      "ping で送れるのは 125 バイトまでです（渡された値: {0}）"};

// Faults of the peer, as the text of an error event.
inline constexpr Message fault_too_big{"a message longer than the {0} bytes of :read-limit came in",
                                       ":read-limit（{0} バイト）より長いメッセージが届きました"};
inline constexpr Message fault_utf8{"a text message that isn't UTF-8 came in",
                                    "UTF-8 でないテキストメッセージが届きました"};
inline constexpr Message fault_protocol{"the peer broke the WebSocket protocol",
                                        "相手が WebSocket のプロトコルに違反しました"};
inline constexpr Message fault_close_code{"the peer sent close code {0}, which must not be sent",
                                          "相手が送ってはならないクローズコード {0} を送りました"};
inline constexpr Message fault_close_reason{"the peer's close reason isn't UTF-8",
                                            "相手のクローズの理由が UTF-8 ではありません"};
inline constexpr Message fault_reset{"the connection was reset by the peer", "相手が接続をリセットしました"};
inline constexpr Message fault_pong{"no pong within {0} ms: treating the connection as lost",
                                    "{0} ミリ秒以内に pong が届かないため、接続は失われたとみなします"};
inline constexpr Message fault_deflate{"a compressed message that can't be inflated came in",
                                       "展開できない圧縮メッセージが届きました"};
inline constexpr Message fault_slow{
    "the peer doesn't keep up with what is published: its :send-buffer of {0} bytes is full",
    "相手の受信が配信に追いつかず、:send-buffer（{0} バイト）がいっぱいになりました"};
inline constexpr Message fault_rate{"more than {0} messages in {1} ms came in",
                                    "{1} ミリ秒に {0} 件を超えるメッセージが届きました"};
inline constexpr Message fault_memory_limit{
    "the unfinished messages of all connections passed the {0} bytes of :memory-limit, and this one's was the largest",
    "全接続の受信途中のメッセージが合計で :memory-limit（{0} バイト）を超えたため、最も大きいこの接続を閉じました"};
inline constexpr Message fault_message_timeout{
    "the peer began a message and sent no more of it for {0} ms (:message-timeout)",
    "メッセージの途中で {0} ミリ秒間続きが届きませんでした（:message-timeout）"};
inline constexpr Message fault_memory{"out of memory", "メモリが足りません"};

// The backplane.
inline constexpr Message redis_url{
    "a backplane's URL is redis://[user:password@]host[:port], not {0}",
    "バックプレーンの URL は「redis://[ユーザー:パスワード@]ホスト[:ポート]」の形です（渡された値: {0}）"};
inline constexpr Message redis_database{
    "a backplane doesn't use a database of Redis, because publishing reaches the subscribers of all of them: remove "
    "/{1} from {0}",
    "バックプレーンは Redis のデータベースを使いません（配信はすべてのデータベースの購読者に届きます）。{0} から /{1} "
    "を取り除いてください"};
inline constexpr Message redis_malformed{"Redis sent an answer that isn't valid: {0}",
                                         "Redis から不正な応答が届きました: {0}"};
inline constexpr Message redis_hung_up{"Redis closed the connection", "Redis が接続を閉じました"};
inline constexpr Message redis_silent{"no answer from Redis within {0} ms",
                                      "Redis から {0} ミリ秒以内に応答がありません"};

// Listening.
inline constexpr Message static_folder{":static: {0} isn't a folder that can be read",
                                       ":static: {0} は読み取れるフォルダではありません"};
inline constexpr CallMessage same_path{":metrics and :health can't both be {0}",
                                       ":metrics と :health に同じパス {0} は指定できません"};
inline constexpr Message listen_in_use{"{0} is in use", "{0} は使用中です"};
inline constexpr Message listen_denied{"not permitted to listen on {0}", "{0} で待ち受ける権限がありません"};
inline constexpr Message listen_address{
    "can't listen on {0}: {1} (:host is an address of this machine, such as 127.0.0.1 or ::, which means all)",
    "{0} で待ち受けできません: {1}（:host はこのマシンのアドレスです。例: 127.0.0.1、すべてなら ::）"};
inline constexpr Message listen_failed{"can't listen on {0}: {1}", "{0} で待ち受けできません: {1}"};

// What metrics are (:metrics of a listener).
inline constexpr Message metric_stopping{"1 while a signal stops the program and nobody is let in, else 0.",
                                         "シグナルで終了する途中で、接続を受け付けないなら 1、そうでなければ 0。"};
inline constexpr Message metric_open{"Connections that were opened and haven't ended.", "開いている接続の数。"};
inline constexpr Message metric_accepted{"Connections that listeners have let in.", "リスナーが受け付けた接続の数。"};
inline constexpr Message metric_connected{"Connections that the program has opened.", "プログラムが開いた接続の数。"};
inline constexpr Message metric_refused{"Who came to a listener and wasn't let in, by cause.",
                                        "リスナーが受け付けなかった数（理由別）。"};
inline constexpr Message metric_closed{"Connections that have ended, by close code.", "終わった接続の数（コード別）。"};
inline constexpr Message metric_slow{"Connections that were closed because they were slow.",
                                     "遅いために閉じた接続の数。"};
inline constexpr Message metric_messages_received{"Messages that have come in.", "届いたメッセージの数。"};
inline constexpr Message metric_messages_sent{"Messages that were sent, once for each receiver.",
                                              "送信したメッセージの数（受信者ごと）。"};
inline constexpr Message metric_bytes_received{"Bytes of the messages that have come in.",
                                               "届いたメッセージのバイト数。"};
inline constexpr Message metric_bytes_sent{"Bytes of the messages that were sent.", "送信したメッセージのバイト数。"};
inline constexpr Message metric_buffered{"Bytes that wait to be sent.", "送信待ちのバイト数。"};
inline constexpr Message metric_published{"Messages published on topics, here and by other nodes.",
                                          "トピックに配信されたメッセージの数（ほかのノードを含む）。"};
inline constexpr Message metric_skipped{"Published messages that slow subscribers missed.",
                                        "遅い購読者に送らなかったメッセージの数。"};
inline constexpr Message metric_dropped{"Messages that a rate limit has thrown away.",
                                        ":rate-limit により捨てたメッセージの数。"};
inline constexpr Message metric_descriptors{"File descriptors in use.", "使用中のファイル記述子の数。"};
inline constexpr Message metric_descriptor_limit{"File descriptors that are allowed.",
                                                 "使えるファイル記述子の数の上限。"};
inline constexpr Message metric_goroutines{"Goroutines.", "goroutine の数。"};
inline constexpr Message metric_heap{"Bytes that objects took after the last collection.",
                                     "前回の GC の後にオブジェクトが占めていたバイト数。"};
inline constexpr Message metric_collections{"Collections of garbage, by kind.", "GC の回数（種類別）。"};
inline constexpr Message metric_paused{"How long the program has stood still for the collector.",
                                       "GC のためにプログラムが止まっていた時間の合計。"};
inline constexpr Message metric_longest_pause{"How long it stood still at most.", "GC による最長の停止時間。"};
inline constexpr Message metric_subscribers{"Subscribers of a topic.", "トピックの購読者の数。"};
inline constexpr Message metric_publications{"Messages published on a topic since its first subscriber came.",
                                             "最初の購読者以降、トピックに配信されたメッセージの数。"};

inline constexpr Message service_failed{"the WebSocket service can't start: {0}",
                                        "WebSocket サービスを開始できません: {0}"};

} // namespace qi::ws::message
