// What the command line says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage{
    R"(Qi: a small, fast Lisp for real-time work

  qi FILE [arguments]    run a script
  qi -e EXPRESSION       evaluate, and print the value
  qi -                   run the program on standard input
  qi --version           the version
  qi --help              this text

  --resolve HOST:PORT:ADDRESS:PORT   connect elsewhere when HOST:PORT is asked for (may be repeated)

QI_LANG=ja or LANG=ja_JP.UTF-8 makes messages Japanese.
)",
    R"(Qi: リアルタイム処理のための小さくて速い Lisp

  qi ファイル [引数]     スクリプトを実行する
  qi -e 式               式を評価して値を表示する
  qi -                   標準入力のプログラムを実行する
  qi --version           バージョンを表示する
  qi --help              この説明を表示する

  --resolve ホスト:ポート:アドレス:ポート   ホスト:ポート への接続先を変える（繰り返し可）

QI_LANG=ja または LANG=ja_JP.UTF-8 でメッセージが日本語になります。
)"};
inline constexpr Message unknown_flag{"unknown option {0} (qi --help shows what there is)", "不明なオプション {0}（qi --help で一覧を表示）"};
inline constexpr Message flag_value{"{0} needs a value: {1}", "{0} には値が必要です: {1}"};

} // namespace qi::msg
