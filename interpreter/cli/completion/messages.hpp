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
    "for which shell? bash, zsh, fish, or names for all that qi doc knows",
    "シェルを指定してください: bash、zsh、fish、または qi doc で調べられる名前の一覧 names"};

} // namespace qi::msg
