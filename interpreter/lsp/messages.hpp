// What the language server says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_lsp{
    R"(  qi lsp                 the language server, for editors: the Language Server Protocol on stdin and stdout
)",
    R"(  qi lsp                 エディタ用の言語サーバー（標準入出力で Language Server Protocol を話す）
)"};
inline constexpr Message lsp_flag_stdio{
    "  --stdio           no effect: stdin and stdout are always used (some editors add it)\n",
    "  --stdio           常に標準入出力を使うため効果はない（エディタが付けることがある）\n"};
inline constexpr Message lsp_no_arguments{"qi lsp takes no arguments except --stdio",
                                          "qi lsp の引数は --stdio だけです"};
inline constexpr Message lsp_not_json{"the message isn't JSON", "メッセージが JSON ではありません"};
inline constexpr Message lsp_no_request{"the message isn't a request, notification or response",
                                        "メッセージがリクエスト・通知・応答のいずれでもありません"};
inline constexpr Message lsp_uninitialized{"initialize must come first", "最初に initialize が必要です"};
inline constexpr Message lsp_again{"initialize was already sent", "initialize はすでに送られています"};
inline constexpr Message lsp_ended{"only exit may follow shutdown", "shutdown の後に送れるのは exit だけです"};
inline constexpr Message lsp_unknown_method{"there is no method {0}", "メソッド {0} はありません"};
inline constexpr Message lsp_bad_params{"the parameters of {0} don't fit the protocol",
                                        "{0} のパラメータがプロトコルに合いません"};
inline constexpr Message lsp_not_open{"the document {0} isn't open", "ドキュメント {0} は開かれていません"};
inline constexpr Message lsp_cancelled{"cancelled", "キャンセルされました"};
inline constexpr Message lsp_no_name_here{"no name that this file defines is here",
                                          "ここには、このファイルで定義された名前がありません"};
inline constexpr Message lsp_no_name{"{0} can't be a name", "{0} は名前にできません"};
inline constexpr Message lsp_name_taken{"{0} already has a meaning here", "{0} はここですでに別の意味で使われています"};
inline constexpr Message lsp_defined_here{"defined in this file", "このファイルで定義"};
inline constexpr Message lsp_defined_in{"defined in {0}", "{0} で定義"};
inline constexpr Message lsp_local{"local", "ローカル"};
inline constexpr Message lsp_macro{"macro", "マクロ"};

} // namespace qi::msg
