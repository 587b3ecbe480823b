#include "cli/completion/shells.hpp"

namespace qi {

namespace {

std::string fish_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string flag_line(const std::string& condition, const FlagWord& flag) {
    std::string line = "complete -c qi -n " + condition + " -l " + flag.name.substr(2);
    if (flag.takes_value && !flag.may_be_bare)
        line += flag.takes_path ? " -r" : flag.values.empty() ? " -x" : " -x -a " + fish_quoted(joined(flag.values));
    return line + "\n";
}

} // namespace

std::string fish_completion(std::span<const CommandWords> commands) {
    std::string out = "# Completion of qi for fish. Load it with  qi completion fish | source  or install it as\n"
                      "# /usr/share/fish/vendor_completions.d/qi.fish\n";
    for (const CommandWords& command : commands) {
        if (command.name.empty()) {
            for (const FlagWord& flag : command.flags) out += flag_line("__fish_use_subcommand", flag);
            continue;
        }
        const std::string here = fish_quoted("__fish_seen_subcommand_from " + command.name);
        out +=
            "complete -c qi -n __fish_use_subcommand -a " + command.name + " -d " + fish_quoted(command.summary) + "\n";
        for (const FlagWord& flag : command.flags) out += flag_line(here, flag);
        if (!command.values.empty())
            out += "complete -c qi -n " + here + " -f -a " + fish_quoted(joined(command.values)) + "\n";
        else if (command.takes_names)
            out += "complete -c qi -n " + here + " -f -a '(qi completion names 2>/dev/null)'\n";
    }
    return out;
}

} // namespace qi
