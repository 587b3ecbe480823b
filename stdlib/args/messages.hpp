#pragma once

#include "base/message.hpp"

namespace qi::msg {

// --- What is wrong with the words of a command line, as an error map
inline constexpr Message args_unknown{"there is no option {0}", "オプション {0} はありません"};
inline constexpr Message args_unknown_near{"there is no option {0}; did you mean {1}?",
                                           "オプション {0} はありません。{1} のことですか?"};
inline constexpr Message args_value_needed{"{0} needs a value", "{0} には値が必要です"};
inline constexpr Message args_no_value{"{0} takes no value", "{0} は値を取りません"};
inline constexpr Message args_bad_value{"{0} must be {1}, not \"{2}\"", "{0} の値: {1}（渡された値: \"{2}\"）"};
inline constexpr Message args_an_integer{"an integer", "整数"};
inline constexpr Message args_a_number{"a number", "数値"};
inline constexpr Message args_one_of{"one of {0}", "{0} のいずれか"};
inline constexpr Message args_required{"{0} is needed", "{0} が必要です"};
inline constexpr Message args_missing{"{0} is missing", "{0} がありません"};
inline constexpr Message args_too_many{"there is nothing that \"{0}\" is for", "余分な引数です: \"{0}\""};

// --- What is wrong with a declaration, thrown
inline constexpr CallMessage args_bad_declaration{"{0} must be {1}, not {2}", "{0}: {1}が必要です（渡された値: {2}）"};
inline constexpr Message args_a_name{"a keyword of letters, digits, - and _", "英数字と - と _ から成るキーワード"};
inline constexpr Message args_a_letter{"a letter or digit, as a string", "英数字 1 文字の文字列"};
inline constexpr Message args_a_type{":string, :int, :float or :flag", ":string、:int、:float、:flag のいずれか"};
inline constexpr Message args_texts{"a vector of strings", "文字列のベクタ"};
inline constexpr Message args_maps{"a vector of maps, one for each option", "オプションごとのマップのベクタ"};
inline constexpr Message args_places{"a vector of names, such as [\"URL\" \"FILE?\" \"MORE...\"]",
                                     "名前のベクタ（例: [\"URL\" \"FILE?\" \"MORE...\"]）"};
inline constexpr Message args_a_shell{":bash, :zsh or :fish", ":bash、:zsh、:fish のいずれか"};
inline constexpr CallMessage args_twice{"{0} is declared twice", "{0} が二度宣言されています"};
inline constexpr CallMessage args_unnamed{"an option needs a :name", "オプションには :name が必要です"};

// --- The usage
inline constexpr Message args_usage{"Usage: {0}", "使い方: {0}"};
inline constexpr Message args_options{"[options]", "[オプション]"};
inline constexpr Message args_options_head{"Options:", "オプション:"};
inline constexpr Message args_help{"shows this help", "このヘルプを表示します"};
inline constexpr Message args_completion{"writes what completes these options in bash, zsh or fish",
                                         "bash、zsh、fish の補完スクリプトを出力します"};
inline constexpr Message args_default{"(default: {0})", "（省略時: {0}）"};
inline constexpr Message args_is_required{"(needed)", "（必須）"};
inline constexpr Message args_repeatable{"(may be repeated)", "（複数指定可）"};
inline constexpr Message args_try_help{"{0}: {1}\nTry {0} --help\n", "{0}: {1}\n{0} --help で使い方を表示します\n"};

} // namespace qi::msg
