// What only `qi check` reports: mistakes that can still be compiled.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message repeated_key{"the key {0} is given twice: the last value counts",
                                      "キー {0} が 2 回あります（最後の値が使われます）"};
inline constexpr Message repeated_member{"{0} is in this set twice", "この集合には {0} が 2 回あります"};
inline constexpr Message repeated_parameter{"two parameters are called {0}: the last one counts",
                                            "引数名 {0} が 2 回あります（最後のものが使われます）"};
inline constexpr Message defined_again{"{0} is defined again before anything has used it: only this definition counts",
                                       "{0} は使われる前にもう一度定義されています（この定義だけが有効です）"};
inline constexpr Message first_defined{"first defined at {0}", "最初の定義: {0}"};
inline constexpr Message never_reached_after{"this is never reached: the expression before it always fails",
                                             "ここには到達しません（直前の式が必ずエラーになります）"};
inline constexpr Message never_reached_else{"this is never reached: the condition before it always holds",
                                            "ここには到達しません（前の条件が常に成り立ちます）"};
inline constexpr Message unused_private{"{0} is private to this file and never used",
                                        "{0} はこのファイル専用ですが、使われていません"};
inline constexpr Message unused_import{"{0} is imported and never used", "{0} を取り込んでいますが、使われていません"};
inline constexpr Message given_arity{"{0} calls this function with {1} argument(s): it takes {2}",
                                     "{0} はこの関数を引数 {1} 個で呼び出しますが、必要な数は {2} です"};
inline constexpr Message no_such_option{"{0} has no option {1}", "{0} にオプション {1} はありません"};
inline constexpr Message piped_split{"the pipe puts its value last, so this splits {0}",
                                     "パイプの値は最後の引数になるため、分割されるのは {0} です"};
inline constexpr Message piped_split_hint{"write ({0} _ {1})", "({0} _ {1}) と書いてください"};
inline constexpr Message hidden_global{
    "this def makes a local {0}; the global {0}, which is read earlier, doesn't change",
    "この def が作るのはローカルの {0} です。先に読まれているグローバルの {0} は変わりません"};
inline constexpr Message hidden_global_hint{
    "a global that changes is an atom: (def {0} (atom …)), @{0}, (swap! {0} f)",
    "変化するグローバルにはアトムを使います: (def {0} (atom …))、@{0}、(swap! {0} f)"};
inline constexpr Message macro_stopped{"macro {0} was stopped: it doesn't end",
                                       "マクロ {0} を止めました（終わりません）"};

} // namespace qi::msg
