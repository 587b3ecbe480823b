// What qi new says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_new{
    R"(  qi new PATH [--template script|client|server|chat]
                         make a project with tests, ready to run
)",
    R"(  qi new パス [--template script|client|server|chat]
                         すぐに実行・テストできるプロジェクトを作る
)"};
inline constexpr Message new_flag_template{
    "  --template KIND   what to begin with: script (default), client, server or chat\n",
    "  --template 種類   元にするテンプレート: script（省略時）、client、server、chat\n"};
inline constexpr Message new_needs_name{"a name is missing: qi new hello", "名前が必要です: qi new hello"};
inline constexpr Message new_one_name{"one name at a time, not also {0}", "名前は一つだけです（余分: {0}）"};
inline constexpr Message new_bad_name{
    "{0} can't be the name of a project; use at most 64 letters, digits, - and _, beginning with a letter or digit",
    "{0} はプロジェクト名にできません。文字か数字で始まる、文字・数字・-・_ からなる 64 文字以内の名前にしてください"};
inline constexpr Message new_exists{"{0} already exists; nothing was changed",
                                    "{0} はすでにあります。何も変更していません"};
inline constexpr Message new_no_template{"there is no template {0}; known: {1}",
                                         "{0} というテンプレートはありません（使えるもの: {1}）"};
inline constexpr Message new_made{"made {0}, from the template {1}:", "{0} を作りました（テンプレート {1}）:"};
inline constexpr Message new_next{"now:  cd {0} && qi test && qi main.qi", "次は:  cd {0} && qi test && qi main.qi"};
inline constexpr Message new_next_client{
    "now:  cd {0} && qi test, then qi echo.qi (a server), and in another terminal qi main.qi",
    "次は:  cd {0} && qi test の後、qi echo.qi（サーバー）を起動し、別の端末で qi main.qi"};

} // namespace qi::msg
