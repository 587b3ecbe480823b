#include "cli/completion/shells.hpp"

namespace qi {

namespace {

constexpr const char* bash_skeleton =
    R"~(# Completion of qi for bash. Load it with  eval "$(qi completion bash)"  or install it as
# /usr/share/bash-completion/completions/qi
_qi_words() {
    COMPREPLY=($(set -f; compgen -W "$1" -- "$2"))
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
_qi_any_file() {
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$1"))
}
_qi_files() {
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$1"; compgen -f -X '!*.qi' -- "$1"))
}
_qi() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= i
    COMPREPLY=()
    # bash splits --flag=value into three words.
    if [[ $current == = ]]; then current= previous+==
    elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}=; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        @COMMANDS@) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $command,$previous in
@VALUES@    esac
    case $command in
@ARMS@    *)
        if [[ $current == -* ]]; then
            _qi_words "@FLAGS@" "$current"
            return
        fi
        _qi_files "$current"
        ((COMP_CWORD == 1)) && COMPREPLY+=($(compgen -W "@WORDS@" -- "$current"))
        ;;
    esac
}
complete -F _qi qi
)~";

void fill_bash(std::string& text, std::string_view mark, std::string_view with) {
    text.replace(text.find(mark), mark.size(), with);
}

std::string flags_of(const CommandWords& command) {
    std::vector<std::string> flags;
    for (const FlagWord& flag : command.flags) {
        if (flag.may_be_bare) flags.push_back(flag.name);
        flags.push_back(flag.name + (flag.with_equals ? "=" : ""));
    }
    return joined(flags);
}

/// The arm of `case` for the word behind a flag: its values, or files.
std::string value_arms(const CommandWords& command) {
    std::string out;
    for (const FlagWord& flag : command.flags) {
        if (!flag.takes_value) continue;
        const std::string word = command.name + "," + flag.name;
        out += "        " + (flag.with_equals ? word + "=) " : word + "|" + word + "=) ");
        if (flag.takes_path) out += "_qi_any_file \"$current\"; ";
        if (!flag.values.empty()) out += "_qi_words \"" + joined(flag.values) + "\" \"$current\"; ";
        out += "return ;;\n";
    }
    return out;
}

} // namespace

std::string bash_completion(std::span<const CommandWords> commands) {
    std::vector<std::string> names;
    std::string values, arms;
    for (const CommandWords& command : commands) {
        if (!command.name.empty()) names.push_back(command.name);
        values += value_arms(command);
        if (command.name.empty()) continue;
        arms += "    " + command.name + ")\n";
        if (!command.flags.empty())
            arms += "        if [[ $current == -* ]]; then _qi_words \"" + flags_of(command) +
                    "\" \"$current\"; return; fi\n";
        if (!command.values.empty())
            arms += "        _qi_words \"" + joined(command.values) + "\" \"$current\"\n";
        else if (command.takes_names)
            arms += "        _qi_words \"$(qi completion names 2>/dev/null)\" \"$current\"\n";
        else if (command.takes_paths)
            arms += "        _qi_files \"$current\"\n";
        arms += "        ;;\n";
    }
    std::string script = bash_skeleton;
    fill_bash(script, "@COMMANDS@", joined(names, "|"));
    fill_bash(script, "@VALUES@", values);
    fill_bash(script, "@ARMS@", arms);
    fill_bash(script, "@FLAGS@", flags_of(commands.front()));
    fill_bash(script, "@WORDS@", joined(names));
    return script;
}

} // namespace qi
