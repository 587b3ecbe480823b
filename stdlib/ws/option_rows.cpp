// Each row says all of its option, in both languages, and they share what reads them: so the file has more lines than
// others.
#include "ws/option_rows.hpp"

#include "ws/close_codes.hpp"
#include "ws/messages.hpp"
#include "ws/transport/service.hpp"

#include <algorithm>
#include <cstdio>

namespace qi::stdlib {

namespace {

constexpr std::uint64_t MiB = 1024 * 1024, GiB = 1024 * MiB, TiB = 1024 * GiB;

// What a row may be about.
ws::ConnectOptions& client(Target& t) { return t.connect->options; }
ws::ListenOptions& server(Target& t) { return t.listen->options; }
ws::ConnectionOptions& either(Target& t) { return t.connect != nullptr ? client(t).connection : server(t).connection; }
Habits& habits(Target& t) { return t.connect != nullptr ? t.connect->habits : t.listen->habits; }
ws::ClientTls& client_tls(Target& t) { return client(t).tls; }
ws::ServerTls& server_tls(Target& t) { return *server(t).tls; }
ws::TlsStrength& strength(Target& t) { return t.connect != nullptr ? client_tls(t).strength : server_tls(t).strength; }
ws::Reconnect& reconnect(Target& t) { return *client(t).reconnect; }
ws::RateLimit& rate_limit(Target& t) { return *either(t).rate_limit; }
ws::Drain& to_drain(Target& t) { return *server(t).drain; }

/// What an option takes.
struct Takes {
    Result<void> (*read)(const Reading&, std::string_view option, Value, Target&);
    std::string (*values)(Language in); // in the words of the error about another one
    std::string (*stored)(Target&);     // what is stored now, as a program would write it; empty: nothing
};

struct Option {
    std::string_view name;
    Takes takes;
    Message text;
    const Message* by_default = nullptr; // where what is stored doesn't say it
    const Option* inside = nullptr;      // of the map that it takes
    std::size_t count = 0;               // of those
};

// --- Values as a program would write them

std::string written(bool value) { return value ? "true" : "false"; }
std::string written(std::uint16_t value) { return std::to_string(value); }
std::string written(std::uint32_t value) { return std::to_string(value); }
std::string written(std::uint64_t bytes) {
    const std::string text = size_text(bytes);
    return text.ends_with('B') ? "\"" + text + "\"" : text;
}
std::string written(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}
std::string written(Duration time) {
    constexpr std::pair<std::int64_t, std::string_view> units[] = {{3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
    const auto ms = std::chrono::duration_cast<ws::Milliseconds>(time).count();
    if (ms == 0) return "0";
    for (const auto& [unit, name] : units)
        if (ms % unit == 0) return "\"" + std::to_string(ms / unit) + std::string(name) + "\"";
    return "\"" + std::to_string(ms) + "ms\"";
}
std::string written(const std::string& text) { return text.empty() ? "" : "\"" + text + "\""; }
std::string written(const std::vector<std::string>& texts) { return texts.empty() ? "[]" : "[…]"; }
std::string written(const ws::Headers& headers) { return headers.empty() ? "{}" : "{…}"; }
template <typename T>
std::string written(const std::optional<T>& value) {
    return value ? written(*value) : "";
}

template <auto of, auto member>
std::string stored(Target& t) {
    return written(of(t).*member);
}
std::string nothing(Target&) { return ""; }

// --- What options take

template <const Message& words>
std::string in_words(Language in) {
    return std::string(words.text(in));
}

template <typename T>
struct Holds {
    using Type = T;
};
template <typename T>
struct Holds<std::optional<T>> {
    using Type = T;
};

/// What `read` makes of the value goes to `member` of what `of` gives.
template <auto of, auto member, auto read, auto... limits>
Result<void> take(const Reading& reading, std::string_view option, Value v, Target& target) {
    auto result = (reading.*read)(option, v, limits...);
    if (!result) return result.error();
    auto& place = of(target).*member;
    using Held = typename Holds<std::remove_reference_t<decltype(place)>>::Type;
    place = static_cast<Held>(std::move(*result)); // integers have been checked to fit
    return {};
}

template <auto of, auto member>
constexpr Takes text{take<of, member, &Reading::string>, in_words<msg::is_string>, stored<of, member>};
template <auto of, auto member>
constexpr Takes texts{take<of, member, &Reading::strings>, in_words<msg::is_strings>, stored<of, member>};
template <auto of, auto member>
constexpr Takes flag{take<of, member, &Reading::boolean>, in_words<msg::is_bool>, stored<of, member>};
template <auto of, auto member>
constexpr Takes duration{take<of, member, &Reading::duration>, in_words<msg::a_duration>, stored<of, member>};
template <auto of, auto member>
constexpr Takes milliseconds{take<of, member, &Reading::milliseconds>, in_words<msg::a_duration>, stored<of, member>};

template <std::uint64_t most>
std::string sizes(Language in) {
    return format(in, msg::is_size_to, {size_text(most)});
}
template <auto of, auto member, std::uint64_t most>
constexpr Takes size{take<of, member, &Reading::size, most>, sizes<most>, stored<of, member>};

template <const Message& words, std::int64_t least, std::int64_t most>
std::string range(Language in) {
    return format(in, words, {std::to_string(least), std::to_string(most)});
}
template <auto of, auto member, std::int64_t least, std::int64_t most>
constexpr Takes integer{take<of, member, &Reading::integer, least, most>, range<msg::is_integer, least, most>,
                        stored<of, member>};
template <auto of, auto member, int least, int most>
constexpr Takes number{take<of, member, &Reading::number, least, most>, range<msg::is_number_in, least, most>,
                       stored<of, member>};

/// A function is called elsewhere: the request only says that there is one.
template <auto of, auto member>
Result<void> read_function(const Reading& r, std::string_view option, Value v, Target& t) {
    if (!qi::is_function(v)) return r.wrong(option, msg::is_function.text(), v);
    of(t).*member = true;
    return {};
}
template <auto of, auto member>
constexpr Takes function{read_function<of, member>, in_words<msg::is_function>, nothing};

/// The keyword of one of the names: the member becomes its number.
template <auto of, auto member, const auto& names, const Message& words>
Result<void> read_choice(const Reading& r, std::string_view option, Value v, Target& t) {
    auto& place = of(t).*member;
    for (std::size_t i = 0; i < std::size(names); ++i) {
        if (!is_keyword(v) || as_symbol(v)->text() != names[i]) continue;
        place = static_cast<std::remove_reference_t<decltype(place)>>(i);
        return {};
    }
    return r.wrong(option, words.text(), v);
}
template <auto of, auto member, const auto& names>
std::string chosen(Target& t) {
    return ":" + std::string(names[static_cast<std::size_t>(of(t).*member)]);
}
template <auto of, auto member, const auto& names, const Message& words>
constexpr Takes choice{read_choice<of, member, names, words>, in_words<words>, chosen<of, member, names>};

Result<void> read_entries(const Reading& reading, std::string_view option, Value map, std::span<const Option> options,
                          Target& target) {
    if (!is_map(map)) return reading.wrong(option, msg::is_map.text(), map);
    MapCursor cursor(map);
    for (Value key, value; cursor.next(key, value);) {
        const Option* found = nullptr;
        if (is_keyword(key))
            for (const Option& option : options)
                if (option.name.substr(1) == as_symbol(key)->text()) found = &option;
        if (found == nullptr) {
            std::vector<std::string_view> names;
            for (const Option& option : options) names.push_back(option.name);
            return reading.unknown(key, names);
        }
        if (value.is_nil()) continue; // as if it weren't there
        if (auto done = found->takes.read(reading, found->name, value, target); !done) return done;
    }
    return {};
}

/// A map of options. What isn't there without it begins with its defaults.
template <auto of, auto member, const auto& options>
Result<void> begin(const Reading& r, std::string_view option, Value v, Target& target) {
    (of(target).*member).emplace();
    return read_entries(r, option, v, options, target);
}
template <auto read>
constexpr Takes map{read, in_words<msg::is_map>, nothing};

// --- The rows

constexpr Message any{"any", "すべて"};
constexpr Message no_limit{"no limit", "制限なし"};

Result<void> read_min_version(const Reading& r, std::string_view option, Value v, Target& target) {
    const std::string_view version = is_string(v) ? text_of(v) : std::string_view{};
    if (version != "1.2" && version != "1.3") return r.wrong(option, msg::is_tls_version.text(), v);
    strength(target).only_1_3 = version == "1.3";
    return {};
}
constexpr Takes min_version{read_min_version, in_words<msg::is_tls_version>,
                            [](Target& t) { return std::string(strength(t).only_1_3 ? "\"1.3\"" : "\"1.2\""); }};

constexpr Message oldest_tls{"the oldest TLS that is accepted", "受け付ける最も古い TLS のバージョン"};
constexpr Message secure_ciphers{"the secure ones", "安全なもの"};
constexpr Message ciphers{
    "as OpenSSL writes them (openssl ciphers): names of TLS 1.2 and of 1.3 each replace the defaults of that version, "
    "which for 1.2 are those with forward secrecy and without CBC and SHA-1",
    "OpenSSL の書き方（openssl ciphers）で指定する。TLS 1.2 と 1.3 の名前は、それぞれのバージョンの既定を置き換える。"
    "1.2 の既定は、前方秘匿性があり、CBC と SHA-1 を使わないもの"};

constexpr Option client_tls_options[] = {
    {":ca",
     text<client_tls, &ws::ClientTls::ca>,
     {"a PEM file: certificates to trust in addition to the system's",
      "PEM ファイル。システムの証明書に加えて信頼する証明書"}},
    {":cert",
     text<client_tls, &ws::ClientTls::cert>,
     {"a PEM file: the certificate that says who this is; needs :key",
      "PEM ファイル。クライアント自身の証明書。:key も必要"}},
    {":key", text<client_tls, &ws::ClientTls::key>, {"a PEM file: the key of :cert", "PEM ファイル。:cert の鍵"}},
    {":server-name",
     text<client_tls, &ws::ClientTls::server_name>,
     {"the name that the server's certificate must have, and that it is asked for, in place of the URL's host",
      "サーバーに伝え、証明書と照合する名前。省略すると URL のホスト"}},
    {":verify",
     flag<client_tls, &ws::ClientTls::verify>,
     {"whether the server's certificate is checked", "サーバーの証明書を検証するかどうか"}},
    {":min-version", min_version, oldest_tls},
    {":ciphers", text<strength, &ws::TlsStrength::ciphers>, ciphers, &secure_ciphers},
};

constexpr Option server_tls_options[] = {
    {":cert",
     text<server_tls, &ws::ServerTls::cert>,
     {"a PEM file: the server's certificate, and those between it and the authority",
      "PEM ファイル。サーバーの証明書と中間証明書"}},
    {":key", text<server_tls, &ws::ServerTls::key>, {"a PEM file: the key of :cert", "PEM ファイル。:cert の鍵"}},
    {":ca",
     text<server_tls, &ws::ServerTls::ca>,
     {"a PEM file: clients must show a certificate that one of these has signed",
      "PEM ファイル。この中の証明書で署名された証明書をクライアントに求める"}},
    {":min-version", min_version, oldest_tls},
    {":ciphers", text<strength, &ws::TlsStrength::ciphers>, ciphers, &secure_ciphers},
};

constexpr Option reconnect_options[] = {
    {":retries",
     integer<reconnect, &ws::Reconnect::retries, 0, 1'000'000'000>,
     {"how many attempts in a row may fail", "続けて失敗してよい回数"},
     &no_limit},
    {":initial", milliseconds<reconnect, &ws::Reconnect::initial>, {"the first pause", "最初の待ち時間"}},
    {":factor",
     number<reconnect, &ws::Reconnect::factor, 1, 1000>,
     {"how many times as long as the last one each pause is", "待ち時間を毎回何倍にするか"}},
    {":max", milliseconds<reconnect, &ws::Reconnect::max>, {"the longest pause", "最長の待ち時間"}},
    {":jitter",
     number<reconnect, &ws::Reconnect::jitter, 0, 1>,
     {"the part of a pause that is random: with 0.2 it is up to a fifth longer or shorter",
      "待ち時間の揺らぎ。0.2 なら最大 2 割長く、または短くなる"}},
};

Result<void> read_client_tls(const Reading& r, std::string_view option, Value v, Target& target) {
    return read_entries(r, option, v, client_tls_options, target);
}

Result<void> read_proxy(const Reading& r, std::string_view option, Value v, Target& target) {
    auto& options = client(target);
    options.proxy_from_environment = false;
    if (is_keyword(v) && as_symbol(v)->text() == "none") return {};
    if (!is_string(v) || !ws::parse_proxy(text_of(v))) return r.wrong(option, msg::is_proxy.text(), v);
    options.proxy = text_of(v);
    return {};
}
constexpr Message from_environment{"from the environment", "環境変数の設定"};

constexpr Option client_options[] = {
    {":headers",
     {take<client, &ws::ConnectOptions::headers, &Reading::headers>, in_words<msg::is_map>,
      stored<client, &ws::ConnectOptions::headers>},
     {"more headers of the handshake; a value that is a vector gives the header several times",
      "ハンドシェイクに加えるヘッダー。値がベクタなら、そのヘッダーを複数回送る"}},
    {":protocols",
     texts<client, &ws::ConnectOptions::protocols>,
     {"subprotocols, the preferred one first", "サブプロトコル。優先するものから順に書く"}},
    {":origin", text<client, &ws::ConnectOptions::origin>, {"the Origin header", "Origin ヘッダー"}},
    {":dial-timeout",
     milliseconds<client, &ws::ConnectOptions::dial_timeout>,
     {"for the name, TCP, TLS and the upgrade together; then connecting fails with :timeout",
      "名前解決、TCP、TLS、アップグレードの合計時間。過ぎると :timeout で失敗する"}},
    {":tls",
     map<read_client_tls>,
     {"whom to trust on wss://, and who this is", "wss:// で信頼する相手と、自分の証明書"},
     nullptr,
     client_tls_options,
     std::size(client_tls_options)},
    {":proxy",
     {read_proxy, in_words<msg::is_proxy>, nothing},
     {"an HTTP proxy; the environment's are https_proxy and http_proxy, except for what no_proxy names",
      "HTTP プロキシ。環境変数は https_proxy と http_proxy で、no_proxy の相手には使わない"},
     &from_environment},
    {":reconnect",
     map<begin<client, &ws::ConnectOptions::reconnect, reconnect_options>>,
     {"connects again when the connection is lost, under the same id; {} takes the defaults",
      "接続が失われたら、同じ ID で再接続する。{} なら既定値を使う"},
     nullptr,
     reconnect_options,
     std::size(reconnect_options)},
};

constexpr std::string_view compressions[] = {"disabled", "context-takeover", "no-context"};

Result<void> read_compression(const Reading& r, std::string_view option, Value v, Target& target) {
    if (!is_integer(v) || as_integer(v) < 0 || as_integer(v) >= static_cast<std::int64_t>(std::size(compressions)))
        return read_choice<either, &ws::ConnectionOptions::compression, compressions, msg::is_compression>(r, option, v,
                                                                                                           target);
    either(target).compression = static_cast<ws::Compression>(as_integer(v));
    return {};
}

/// That of the heartbeat, and that of ws/ping.
Result<void> read_pong_timeout(const Reading& r, std::string_view option, Value v, Target& target) {
    auto read = r.milliseconds(option, v);
    if (!read) return read.error();
    habits(target).pong_timeout = either(target).pong_timeout = *read;
    return {};
}

constexpr std::string_view binaries[] = {"base64", "bytes"};

constexpr Message window_by_context{"13 with :context-takeover, otherwise 15", ":context-takeover なら 13、ほかは 15"};

// What clients and servers have in common.
constexpr Option common_options[] = {
    {":read-timeout",
     duration<habits, &Habits::read_timeout>,
     {"how long ws/receive waits; then it gives {:type \"timeout\"}",
      "ws/receive が待つ時間。過ぎると {:type \"timeout\"} を返す"}},
    {":write-timeout",
     duration<habits, &Habits::write_timeout>,
     {"how long ws/send waits for room; then it fails with :timeout",
      "ws/send が空きを待つ時間。過ぎると :timeout で失敗する"}},
    {":close-timeout",
     milliseconds<either, &ws::ConnectionOptions::close_timeout>,
     {"how long to wait for the peer's answer to a close, from when its system has what was queued, or takes no more "
      "of "
      "it",
      "クローズに対する相手の応答を待つ時間。送信待ちのものが相手に届いたとき、または届かなくなったときから数える"}},
    {":ping-interval",
     milliseconds<either, &ws::ConnectionOptions::ping_interval>,
     {"sends a ping when nothing has come for this long; 0: never",
      "この時間何も届かなければ ping を送る。0 なら送らない"}},
    {":pong-timeout",
     {read_pong_timeout, in_words<msg::a_duration>, stored<either, &ws::ConnectionOptions::pong_timeout>},
     {"how long a ping waits for its answer; then the connection is lost. 0: forever",
      "ping の応答を待つ時間。過ぎると接続は失われたものとする。0 なら待ち続ける"}},
    {":message-timeout",
     milliseconds<either, &ws::ConnectionOptions::message_timeout>,
     {"how long the next byte of a message that has begun may take; then 1008, and an error of kind :timeout. 0: "
      "forever",
      "途中まで届いたメッセージの次のバイトを待つ時間。過ぎると 1008 で閉じ、:timeout "
      "のエラーになる。0 なら待ち続ける"}},
    {":read-limit",
     size<either, &ws::ConnectionOptions::read_limit, 128 * MiB>,
     {"the largest message accepted, measured after inflating, and the largest :body of a request; a larger message "
      "ends the connection with 1009",
      "受け付ける最大のメッセージ（展開後のサイズ）と、リクエストの最大の :body。より大きいメッセージが届くと 1009 "
      "で閉じる"}},
    {":send-buffer",
     size<either, &ws::ConnectionOptions::send_buffer, 4 * GiB>,
     {"how much is queued before ws/send waits: this many bytes, and one message for each 64 of them",
      "ws/send が待たずに溜められる量。このバイト数と、その 64 バイトにつき 1 つのメッセージまで"}},
    {":channel-capacity",
     integer<either, &ws::ConnectionOptions::channel_capacity, 1, 10000>,
     {"how many messages are held for a reader before the peer has to wait",
      "読まれるのを待つメッセージの数。超えると相手を待たせる"}},
    {":compression",
     {read_compression, in_words<msg::is_compression>,
      chosen<either, &ws::ConnectionOptions::compression, compressions>},
     {"permessage-deflate: a client offers it, and a server takes it where it is offered; ws/info says what was agreed",
      "permessage-deflate。クライアントは提案し、サーバーは提案されれば応じる。合意の結果は ws/info で分かる"}},
    {":compression-threshold",
     size<either, &ws::ConnectionOptions::compression_threshold, 100 * MiB>,
     {"smaller messages go uncompressed", "これより小さいメッセージは圧縮しない"}},
    {":compression-window-bits",
     integer<either, &ws::ConnectionOptions::compression_window_bits, 9, 15>,
     {"how far either side's messages may refer back: 2 to the power of this bytes (RFC 7692, 7.1.2). So much is kept "
      "of "
      "each direction as long as a connection with :context-takeover is open. A peer that doesn't let itself be told "
      "uses 15",
      "メッセージがさかのぼって参照できる範囲。2 のこの乗のバイト数（RFC 7692, 7.1.2）。:context-takeover "
      "の接続は、開いている間、方向ごとにこれだけのメモリを保つ。指定に応じない相手は 15 を使う"},
     &window_by_context},
    {":compression-memory-level",
     integer<either, &ws::ConnectionOptions::compression_memory_level, 1, 9>,
     {"with :context-takeover: zlib's memLevel. While messages are compressed it takes 2 to the power of this and 9 "
      "bytes of memory, besides 4 windows; a second or two after the last one that is given back",
      ":context-takeover での zlib の memLevel。圧縮している間、2 の（この値 + 9）乗バイトとウィンドウ 4 "
      "つ分のメモリを使い、最後のメッセージから 1、2 秒で返す"}},
    {":binary",
     choice<habits, &Habits::bytes, binaries, msg::is_binary>,
     {"what :data of a binary message is: text in base64, or bytes",
      "バイナリメッセージの :data を base64 の文字列にするか、バイト列にするか"}},
    {":control",
     flag<either, &ws::ConnectionOptions::control>,
     {"also gives pings and pongs to the program, as {:type \"ping\"} and {:type \"pong\"}",
      "ping と pong も {:type \"ping\"}、{:type \"pong\"} としてプログラムに渡す"}},
};

constexpr std::string_view rate_actions[] = {"close", "delay", "drop"};

Result<void> read_rate_period(const Reading& r, std::string_view option, Value v, Target& target) {
    auto read = r.milliseconds(option, v);
    if (!read) return read.error();
    rate_limit(target).per = std::max(*read, ws::Milliseconds{1});
    return {};
}
constexpr Message as_messages{"as :messages", ":messages と同じ"};

constexpr Option rate_options[] = {
    {":messages",
     integer<rate_limit, &ws::RateLimit::messages, 1, 1'000'000>,
     {"how many, on average, in each :per", ":per ごとの平均の数"}},
    {":per",
     {read_rate_period, in_words<msg::a_duration>, stored<rate_limit, &ws::RateLimit::per>},
     {"the period", "期間"}},
    {":burst",
     integer<rate_limit, &ws::RateLimit::burst, 1, 1'000'000>,
     {"how many at once", "一度に届いてよい数"},
     &as_messages},
    {":action",
     choice<rate_limit, &ws::RateLimit::action, rate_actions, msg::is_rate_action>,
     {"beyond it the connection is closed with 1008, the peer has to wait, or the message is dropped",
      "超えたときに、1008 で閉じるか、相手を待たせるか、メッセージを捨てるか"}},
};

Result<void> read_rate_limit(const Reading& r, std::string_view option, Value v, Target& target) {
    ws::RateLimit& limit = either(target).rate_limit.emplace();
    limit.burst = 0;
    if (auto read = read_entries(r, option, v, rate_options, target); !read) return read;
    // As many at once as in one period, unless it says otherwise.
    if (limit.burst == 0) limit.burst = limit.messages;
    return {};
}

Result<void> read_drain_code(const Reading& r, std::string_view option, Value v, Target& target) {
    std::int64_t code = is_integer(v) ? as_integer(v) : 0;
    for (const NamedNumber& named : close_codes())
        if (is_keyword(v) && as_symbol(v)->text() == named.name) code = named.number;
    if (code < 0 || code > 65535 || !ws::may_be_sent(static_cast<std::uint16_t>(code)))
        return r.wrong(option, msg::is_close_code.text(), v);
    to_drain(target).code = static_cast<std::uint16_t>(code);
    return {};
}

Result<void> read_drain_reason(const Reading& r, std::string_view option, Value v, Target& target) {
    auto reason = r.string(option, v);
    if (!reason) return reason.error();
    if (reason->size() > ws::largest_close_reason) return r.wrong(option, msg::is_close_reason.text(), v);
    to_drain(target).reason = std::move(*reason);
    return {};
}
constexpr Message no_reason{"none", "なし"};

constexpr Option drain_options[] = {
    {":code",
     {read_drain_code, in_words<msg::is_close_code>, stored<to_drain, &ws::Drain::code>},
     {"the code that connections are closed with", "接続を閉じるときのコード"}},
    {":reason",
     {read_drain_reason, in_words<msg::is_close_reason>, nothing},
     {"the reason that goes with it", "コードに添える理由"},
     &no_reason},
    {":over",
     milliseconds<to_drain, &ws::Drain::over>,
     {"the time over which the closes are spread; 0: all at once", "クローズを分散させる時間。0 なら一度に閉じる"}},
};

constexpr std::string_view slow_actions[] = {"close", "skip"};

Result<void> read_paths(const Reading& r, std::string_view option, Value v, Target& target) {
    auto paths = r.strings(option, v);
    if (!paths) return paths.error();
    for (const std::string& path : *paths)
        if (!path.starts_with('/')) return r.wrong(option, msg::is_paths.text(), v);
    server(target).paths = std::move(*paths);
    return {};
}

template <auto member>
Result<void> read_path(const Reading& r, std::string_view option, Value v, Target& target) {
    auto path = r.string(option, v);
    if (!path) return path.error();
    if (!path->starts_with('/')) return r.wrong(option, msg::is_path.text(), v);
    server(target).*member = std::move(*path);
    return {};
}

/// ws/listen sees to it itself.
Result<void> leave(const Reading&, std::string_view, Value, Target&) { return {}; }

constexpr Message port_is_needed{"none: it is needed", "なし（必須）"};
constexpr Message share_of_memory{"a quarter of the machine's memory, or of the control group's",
                                  "マシンまたはコントロールグループのメモリの 4 分の 1"};

constexpr Option server_options[] = {
    {":port",
     integer<server, &ws::ListenOptions::port, 0, 65535>,
     {"0 picks a free one: ws/port gives it", "0 なら空いているポートを選ぶ。番号は ws/port で分かる"},
     &port_is_needed},
    {":host",
     text<server, &ws::ListenOptions::host>,
     {"the address to listen on; \"0.0.0.0\" or \"::\" for all, with a warning in the log where there is neither "
      ":origins nor :max-per-ip",
      "待ち受けるアドレス。\"0.0.0.0\" か \"::\" ならすべて。その場合、:origins も :max-per-ip "
      "もなければログに警告を出す"}},
    {":reuse-port",
     flag<server, &ws::ListenOptions::reuse_port>,
     {"other processes of the same user may listen on the port as well, with this option; the kernel gives each new "
      "connection to one of them",
      "同じユーザーのほかのプロセスも、このオプションで同じポートを待ち受けられる。新しい接続はカーネルが "
      "どれか 1 つに渡す"}},
    {":paths",
     {read_paths, in_words<msg::is_paths>, stored<server, &ws::ListenOptions::paths>},
     {"which paths upgrade; others get 404", "アップグレードを受け付けるパス。ほかは 404"},
     &any},
    {":protocols",
     texts<server, &ws::ListenOptions::protocols>,
     {"subprotocols; the first that the client offers and the server has is chosen",
      "サブプロトコル。クライアントが提示した順に、最初に一致したものを選ぶ"}},
    {":origins",
     texts<server, &ws::ListenOptions::origins>,
     {"allowed Origin values, in which * matches anything; others get 403",
      "許可する Origin の値。* は何にでも一致する。ほかは 403"},
     &any},
    {":authorize",
     function<server, &ws::ListenOptions::authorize>,
     {"called with the request before the upgrade; gives true, false (403), {:status :headers :body}, or {:protocol "
      ":headers :user :may}. A :protocol that the client didn't offer, or a failure, is 500 and logged",
      "アップグレードの前にリクエストを渡して呼ぶ。true、false（403）、{:status :headers :body}、{:protocol :headers "
      ":user :may} のいずれかを返す。クライアントが提示しなかった :protocol や失敗は 500 になり、ログに残る"}},
    {":tls",
     map<begin<server, &ws::ListenOptions::tls, server_tls_options>>,
     {"serves wss://", "wss:// で待ち受ける"},
     nullptr,
     server_tls_options,
     std::size(server_tls_options)},
    {":handshake-timeout",
     milliseconds<server, &ws::ListenOptions::handshake_timeout>,
     {"for a request to come in, and for :authorize to decide", "リクエストが届き、:authorize が判断するまでの時間"}},
    {":idle-timeout",
     milliseconds<either, &ws::ConnectionOptions::idle_timeout>,
     {"closes with 1001 after no message either way for this long; 0: never",
      "どちらの向きにもメッセージがないままこの時間が過ぎると 1001 で閉じる。0 なら閉じない"}},
    {":max-connections",
     integer<server, &ws::ListenOptions::max_connections, 1, 1'000'000>,
     {"past it 503; with :tls closed without TLS", "超えると 503。:tls では TLS なしで閉じる"}},
    {":max-per-ip",
     integer<server, &ws::ListenOptions::max_per_ip, 1, 1'000'000>,
     {"the same for the connections from one address", "同じアドレスからの接続について、同様"}},
    {":memory-limit",
     size<server, &ws::ListenOptions::memory_limit, TiB>,
     {"what the unfinished messages of all connections may hold together, with the bodies that are coming in and the "
      "answers that are going out; past it the largest is given up: 1009 and an error of kind :too-big, or 503",
      "すべての接続の届き終わっていないメッセージと本文、送り終わっていない応答の合計。超えると最も大きいものをやめる"
      "（1009 と :too-big のエラー、または 503）"},
     &share_of_memory},
    {":rate-limit",
     map<read_rate_limit>,
     {"how many messages one connection may send", "1 つの接続が送ってよいメッセージの数"},
     nullptr,
     rate_options,
     std::size(rate_options)},
    {":slow",
     choice<either, &ws::ConnectionOptions::skip_when_slow, slow_actions, msg::is_slow>,
     {"what happens to a slow subscriber: an error of kind :slow, 1013 and a warning in the log; or it misses the "
      "message, counted as :skipped in ws/info",
      "遅い購読者の扱い。:slow のエラーと 1013、ログの警告にするか、そのメッセージを飛ばして ws/info の :skipped "
      "に数えるか"}},
    {":slow-timeout",
     milliseconds<either, &ws::ConnectionOptions::slow_timeout>,
     {"how long ws/publish and ws/broadcast wait for a subscriber that reads on and is past its :send-buffer; then it "
      "is slow, and nobody waits for it again. One that has taken nothing for that long is slow at once, and what "
      "comes from Redis waits for nobody. 0: nothing waits",
      ":send-buffer を超えても読み続けている購読者を ws/publish と ws/broadcast "
      "が待つ時間。過ぎるか、その間何も読まなければ「遅い」とみなし、以後は待たない。Redis "
      "から届いたものは待たない。0 なら何も待たない"}},
    {":metrics",
     {read_path<&ws::ListenOptions::metrics>, in_words<msg::is_path>, stored<server, &ws::ListenOptions::metrics>},
     {"a path at which GET gives what ws/stats counts, for Prometheus; with ?topics=true also of each topic",
      "ws/stats の値を Prometheus の形式で返すパス（GET）。?topics=true ならトピックごとの値も返す"}},
    {":health",
     {read_path<&ws::ListenOptions::health>, in_words<msg::is_path>, stored<server, &ws::ListenOptions::health>},
     {"a path at which GET gives 200, and 503 while a signal stops the program",
      "200 を返すパス（GET）。シグナルで終了する途中は 503 を返す"}},
    {":static",
     text<server, &ws::ListenOptions::static_folder>,
     {"a folder served over HTTP on the same port", "同じポートで HTTP により公開するフォルダ"}},
    {":http",
     function<server, &ws::ListenOptions::http>,
     {"called with other plain requests; gives {:status :headers :body}. Without it they get 426",
      "そのほかの HTTP リクエストを渡して呼ぶ。{:status :headers :body} を返す。なければ 426"}},
    {":drain",
     map<begin<server, &ws::ListenOptions::drain, drain_options>>,
     {"when a signal stops the program, does first what ws/drain does with these options; {} takes the defaults",
      "シグナルで止まるとき、先にこのオプションで ws/drain と同じことをする。{} なら既定値を使う"},
     nullptr,
     drain_options,
     std::size(drain_options)},
    {":services",
     {leave, in_words<msg::stream_services>, nothing},
     {"typed services, by their paths", "型付きサービス。それぞれのパスで公開する"}},
};

template <std::size_t N>
std::vector<Option> with_common(const Option (&own)[N]) {
    std::vector<Option> all(std::begin(own), std::end(own));
    all.insert(all.end(), std::begin(common_options), std::end(common_options));
    return all;
}

const std::vector<Option>& all_client_options() {
    static const std::vector<Option> all = with_common(client_options);
    return all;
}
const std::vector<Option>& all_server_options() {
    static const std::vector<Option> all = with_common(server_options);
    return all;
}

std::vector<OptionDoc> docs_of(std::span<const Option> options, Target& defaults, Language in) {
    std::vector<OptionDoc> docs;
    for (const Option& option : options)
        docs.push_back(
            {std::string(option.name), option.takes.values(in),
             option.by_default != nullptr ? std::string(option.by_default->text(in)) : option.takes.stored(defaults),
             std::string(option.text.text(in)), docs_of(std::span(option.inside, option.count), defaults, in)});
    return docs;
}

} // namespace

Result<void> read_client_options(const Reading& reading, Value map, ConnectRequest& request) {
    Target target{&request, nullptr};
    return read_entries(reading, "", map, all_client_options(), target);
}

Result<void> read_server_options(const Reading& reading, Value map, ListenRequest& request) {
    Target target{nullptr, &request};
    return read_entries(reading, "", map, all_server_options(), target);
}

Result<ws::Drain> read_drain_options(const Reading& reading, Value map) {
    ListenRequest request;
    request.options.drain.emplace();
    Target target{nullptr, &request};
    if (auto read = read_entries(reading, "", map, drain_options, target); !read) return read.error();
    return *request.options.drain;
}

std::vector<OptionDoc> drain_option_docs(Language in) {
    ListenRequest request;
    request.options.drain.emplace();
    Target defaults{nullptr, &request};
    return docs_of(drain_options, defaults, in);
}

std::vector<OptionDoc> client_option_docs(Language in) {
    ConnectRequest request;
    request.options.reconnect.emplace();
    Target defaults{&request, nullptr};
    return docs_of(all_client_options(), defaults, in);
}

std::vector<OptionDoc> server_option_docs(Language in) {
    ListenRequest request;
    request.options.tls.emplace();
    request.options.drain.emplace();
    request.options.connection.rate_limit.emplace();
    Target defaults{nullptr, &request};
    return docs_of(all_server_options(), defaults, in);
}

} // namespace qi::stdlib
