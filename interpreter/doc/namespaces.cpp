#include "doc/namespaces.hpp"

namespace qi {

namespace {

constexpr NamespaceDoc namespace_table[] = {
    {"forms", {"special forms, pipes and built-in macros", "特殊形式、パイプ、組み込みマクロ"}},
    {"core",
     {"what needs no prefix: numbers, sequences, maps, text, state",
      "接頭辞の要らない関数: 数、列、マップ、文字列、状態"}},
    {"args", {"the command line", "コマンドライン引数"}},
    {"bytes", {"binary data", "バイト列"}},
    {"debug", {"looking at the running program", "実行中のプログラムを調べる"}},
    {"env", {"environment variables", "環境変数"}},
    {"error", {"errors that were caught", "捕まえたエラー"}},
    {"fn", {"functions made of functions", "関数から関数を作る"}},
    {"go", {"goroutines, channels, promises, scopes", "goroutine、チャネル、プロミス、スコープ"}},
    {"io", {"files, folders, standard input", "ファイル、フォルダ、標準入力"}},
    {"json", {"JSON", "JSON"}},
    {"list", {"sequences: sorting, grouping, searching", "列: 並べ替え、グループ分け、検索"}},
    {"log", {"log lines on stderr", "標準エラー出力へのログ"}},
    {"map", {"maps", "マップ"}},
    {"math", {"numbers, chance", "数学関数と乱数"}},
    {"path", {"names of files", "ファイルのパス"}},
    {"profile", {"measuring time", "時間の計測"}},
    {"queue", {"queues", "キュー"}},
    {"set", {"sets", "集合"}},
    {"stack", {"stacks", "スタック"}},
    {"stats", {"statistics", "統計"}},
    {"str",
     {"text: case, parts, layout, encodings, regular expressions",
      "文字列: 大文字小文字、部分、整形、符号化、正規表現"}},
    {"stream", {"items that are made when they are asked for", "必要になったときに作られる要素の列"}},
    {"test", {"tests", "テスト"}},
    {"time", {"dates and times", "日付と時刻"}},
    {"ws",
     {"WebSocket clients and servers, topics, typed streams",
      "WebSocket のクライアントとサーバー、トピック、型付きストリーム"}},
};

} // namespace

std::span<const NamespaceDoc> namespace_docs() noexcept { return namespace_table; }

std::string_view namespace_of(std::string_view name) noexcept {
    const std::size_t slash = name.find('/');
    return slash == std::string_view::npos || slash == 0 ? std::string_view("core") : name.substr(0, slash);
}

} // namespace qi
