#include "cli/completion/shells.hpp"

namespace qi {

namespace {

constexpr const char* zsh_skeleton = R"~(#compdef qi
# Completion of qi for zsh. Load it with  eval "$(qi completion zsh)"  or install it as
# /usr/share/zsh/vendor-completions/_qi
_qi_names() {
    local -a names
    names=(${(f)"$(qi completion names 2>/dev/null)"})
    compadd -a names
}
_qi_commands() {
    local -a commands
    commands=(
@COMMANDS@    )
    _describe 'command' commands
    _files -g '*.qi(-.)'
}
_qi() {
    local context state state_descr line
    typeset -A opt_args
    _arguments -C@FLAGS@ '1: :_qi_commands' '*:: :->arguments'
    [[ $state == arguments ]] || return
    case $words[1] in
@ARMS@    *) _files ;;
    esac
}
if [[ ${funcstack[1]-} == _qi ]]; then _qi "$@"; else compdef _qi qi; fi
)~";

void fill_zsh(std::string& text, std::string_view mark, std::string_view with) {
    text.replace(text.find(mark), mark.size(), with);
}

/// Text within '…', where : is a separator.
std::string zsh_quoted(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\'') out += "'\\'";
        if (c == ':' || c == '[' || c == ']') out += '\\';
        out += c;
    }
    return out;
}

std::string flag_specification(const FlagWord& flag) {
    std::string out = "'" + flag.name + (flag.with_equals ? "=-" : "") + "[]";
    if (flag.may_be_bare) out += ':';
    if (flag.takes_value)
        out += flag.takes_path       ? ":path:_files"
               : flag.values.empty() ? ":value: "
                                     : ":value:(" + joined(flag.values) + ")";
    return out + "'";
}

std::string rest_specification(const CommandWords& command) {
    if (!command.values.empty()) return "'*:argument:(" + joined(command.values) + ")'";
    if (command.takes_names) return "'*:name:_qi_names'";
    if (command.takes_paths) return "'*:file:_files -g \"*.qi(-.)\"'";
    return "'*: : '";
}

} // namespace

std::string zsh_completion(std::span<const CommandWords> commands) {
    std::string listing, arms, flags;
    for (const FlagWord& flag : commands.front().flags) flags += " " + flag_specification(flag);
    for (const CommandWords& command : commands) {
        if (command.name.empty()) continue;
        listing += "        '" + command.name + ":" + zsh_quoted(command.summary) + "'\n";
        arms += "    " + command.name + ") _arguments -S";
        for (const FlagWord& flag : command.flags) arms += " " + flag_specification(flag);
        arms += " " + rest_specification(command) + " ;;\n";
    }
    std::string script = zsh_skeleton;
    fill_zsh(script, "@COMMANDS@", listing);
    fill_zsh(script, "@FLAGS@", flags);
    fill_zsh(script, "@ARMS@", arms);
    return script;
}

} // namespace qi
