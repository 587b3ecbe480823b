// What qi completion says, in both languages.
#pragma once

#include "base/message.hpp"

namespace qi::msg {

inline constexpr Message usage_completion{
    R"~(  qi completion bash|zsh|fish|names
                         complete the command line in a shell: eval "$(qi completion bash)"
)~",
    R"~(  qi completion bash|zsh|fish|names
                         シェル補完用のスクリプトを出力する: eval "$(qi completion bash)"
)~"};
inline constexpr Message completion_shell{
    "name a shell: bash, zsh or fish; or names, for all names that qi doc knows",
    "シェルを指定してください: bash、zsh、fish、または names（qi doc で調べられる名前の一覧）"};

} // namespace qi::msg
