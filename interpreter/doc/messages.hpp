// What qi doc says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_doc{
    R"(  qi doc NAME            how NAME is used, with an example; for a namespace such as ws, its contents
  qi doc NAME :OPTION    what an option of it takes and means: qi doc ws/connect :read-limit
  qi doc --markdown DIR  write the whole reference, one page for each namespace
)",
    R"(  qi doc 名前            使い方と例を表示する。ws のような名前空間なら、その一覧
  qi doc 名前 :オプション
                         オプションの値と意味を表示する（例: qi doc ws/connect :read-limit）
  qi doc --markdown フォルダ
                         すべてのリファレンスを名前空間ごとのページに書き出す
)"};
inline constexpr Message doc_flag_markdown{
    "  --markdown DIR    write Markdown pages into DIR instead of showing anything\n",
    "  --markdown フォルダ\n                    表示する代わりに Markdown のページをフォルダに書き出す\n"};
inline constexpr Message doc_defined_in{"defined in {0}", "定義: {0}"};
inline constexpr Message doc_special_form{"special form or built-in syntax", "特殊形式・組み込み構文"};
inline constexpr Message doc_alias_of{"another name of {0}", "{0} の別名"};
inline constexpr Message doc_unknown{"there is no name {0}", "{0} という名前のものはありません"};
inline constexpr Message doc_here{"there is no name {0}; in Qi: {1}", "{0} という名前のものはありません。Qi では {1}"};
inline constexpr Message doc_options{"options:", "オプション:"};
inline constexpr Message doc_default{"{0}; default: {1}", "{0}（既定: {1}）"};
inline constexpr Message doc_table{"| option | values | default | meaning |", "| オプション | 値 | 既定 | 意味 |"};
inline constexpr Message doc_no_default{"none", "なし"};
inline constexpr Message doc_no_option{"{0} has no option {1}", "{0} に {1} というオプションはありません"};
inline constexpr Message doc_near_option{"{0} has no option {1}; did you mean {2}?",
                                         "{0} に {1} というオプションはありません。もしかして: {2}"};
inline constexpr Message doc_keyword{"{0} appears in the documentation of", "{0} が説明に出てくるもの:"};
inline constexpr Message doc_keyword_more{"qi doc {0} shows more", "qi doc {0} で説明を表示します"};
inline constexpr Message doc_near{"there is no name {0}; did you mean {1}?",
                                  "{0} という名前のものはありません。もしかして: {1}"};
inline constexpr Message doc_namespace{"{0}: {1} ({2})", "{0}: {1}（{2}）"};
inline constexpr Message doc_also_namespace{"{0}/ is also a namespace: qi doc {0}/",
                                            "{0}/ は名前空間でもあります: qi doc {0}/"};
inline constexpr Message doc_try{"qi doc NAME shows more about a namespace or a name.",
                                 "qi doc 名前 で名前空間や関数の説明を表示します。"};
inline constexpr Message doc_wrote{"{0} pages in {1}", "{1} に {0} ページを書き出しました"};

} // namespace qi::msg
