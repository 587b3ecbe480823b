// What completes a program's options in a shell. Names of options are letters, digits, - and _; everything else is
// quoted for the shell, or left out where it can't be.
#include "args/declared.hpp"

#include "base/utf8.hpp"

#include <algorithm>
#include <cctype>

namespace qi::stdlib {

namespace {

/// In single quotes, for bash and zsh.
std::string quoted_for_sh(std::string_view text) {
    std::string out = "'";
    for (const char c : text) c == '\'' ? out += "'\\''" : out += c;
    return out += '\'';
}

std::string quoted_for_fish(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out += '\'';
}

/// The program's name in a comment and in #compdef, which end with their line.
std::string on_one_line(std::string_view name) {
    std::string out;
    for (std::size_t at = 0; at < name.size(); ++at) {
        const std::size_t control = name[at] == '\n' || name[at] == '\t' ? 1 : utf8::control_length(name, at);
        out += control == 0 ? name[at] : '?';
        if (control > 1) at += control - 1;
    }
    return out;
}

/// What stands for itself in every list of words: bash would run a $(…) in one.
bool is_harmless(std::string_view word) {
    return std::all_of(word.begin(), word.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_.,/@%+=-").find(c) != std::string_view::npos;
    });
}

std::string words_of(const std::vector<std::string>& choices) {
    std::string words;
    for (const std::string& each : choices)
        if (is_harmless(each)) words.append(words.empty() ? "" : " ").append(each);
    return words;
}

std::string function_of(const DeclaredLine& line) {
    std::string name = "_qi_";
    for (const char c : line.program) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
}

std::string for_bash(const DeclaredLine& line) {
    const std::string function = function_of(line);
    std::string names, arms;
    for (const DeclaredOption& option : line.options) {
        names.append(names.empty() ? "" : " ").append(option.shown());
        if (!option.takes_value()) continue;
        arms += "    " + option.shown() + (option.letter.empty() ? "" : "|-" + option.letter) + ") ";
        const std::string words = words_of(option.choices);
        if (!words.empty()) arms += "COMPREPLY=($(compgen -W '" + words + "' -- \"$current\")); ";
        arms += "return ;;\n";
    }
    return "# For bash. Load it with  eval \"$(" + on_one_line(line.program) + " --completion bash)\"\n" + function +
           "() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    COMPREPLY=()\n"
           "    # bash splits --name=value into three words.\n"
           "    if [[ $current == = ]]; then current=\n"
           "    elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi\n"
           "    [[ ${COMP_WORDS[COMP_CWORD]} == = ]] && previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
           "    case $previous in\n" +
           arms +
           "    esac\n"
           "    if [[ $current == -* ]]; then COMPREPLY=($(compgen -W '" +
           names +
           "' -- \"$current\")); fi\n"
           "}\n"
           "complete -o default -F " +
           function + " " + quoted_for_sh(line.program) + "\n";
}

/// In the brackets of zsh's _arguments.
std::string zsh_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string for_zsh(const DeclaredLine& line) {
    const std::string function = function_of(line);
    std::string rows;
    for (const DeclaredOption& option : line.options) {
        std::string tail = option.help.empty() ? "" : "[" + zsh_text(option.help) + "]";
        if (option.takes_value()) {
            const std::string words = words_of(option.choices);
            tail += ":" + zsh_text(option.value_name) + ":" + (words.empty() ? "_default" : "(" + words + ")");
        }
        const std::string once = option.many ? "*" : "";
        const std::string both =
            option.letter.empty() || option.many ? "" : "(-" + option.letter + " " + option.shown() + ")";
        if (!option.letter.empty())
            rows += "        " +
                    quoted_for_sh(once + both + "-" + option.letter + (option.takes_value() ? "+" : "") + tail) +
                    " \\\n";
        rows += "        " + quoted_for_sh(once + both + option.shown() + (option.takes_value() ? "=" : "") + tail) +
                " \\\n";
    }
    const std::string name = on_one_line(line.program);
    return "#compdef " + name + "\n# For zsh. Load it with  eval \"$(" + name + " --completion zsh)\"\n" + function +
           "() {\n    _arguments -s -S \\\n" + rows +
           "        '*:argument:_default'\n}\n"
           "if [[ $funcstack[1] == " +
           function + " ]]; then " + function + " \"$@\"; else compdef " + function + " " +
           quoted_for_sh(line.program) + "; fi\n";
}

std::string for_fish(const DeclaredLine& line) {
    std::string text = "# For fish. Load it with  " + on_one_line(line.program) + " --completion fish | source\n";
    for (const DeclaredOption& option : line.options) {
        text += "complete -c " + quoted_for_fish(line.program) + " -l " + option.name;
        if (!option.letter.empty()) text += " -s " + option.letter;
        const std::string words = words_of(option.choices);
        if (option.takes_value()) text += words.empty() ? " -r" : " -x -a '" + words + "'";
        if (!option.help.empty()) text += " -d " + quoted_for_fish(option.help);
        text += '\n';
    }
    return text;
}

} // namespace

std::optional<std::string> completion_of(const DeclaredLine& line, std::string_view shell) {
    if (shell == "bash") return for_bash(line);
    if (shell == "zsh") return for_zsh(line);
    if (shell == "fish") return for_fish(line);
    return std::nullopt;
}

} // namespace qi::stdlib
