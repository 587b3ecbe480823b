#include "cli/completion/completion.hpp"

#include "cli/completion/messages.hpp"
#include "cli/completion/shells.hpp"
#include "doc/entries.hpp"
#include "doc/namespaces.hpp"

#include <cstdio>

namespace qi {

int run_completion(Vm& vm, std::span<const std::string> arguments) {
    const std::string shell = arguments.size() == 1 ? arguments.front() : "";
    std::string text;
    if (shell == "names") {
        for (const DocEntry& entry : doc_entries(vm)) text += entry.name + "\n";
        for (const NamespaceDoc& space : namespace_docs()) text += std::string(space.name) + "/\n";
    } else if (shell == "bash" || shell == "zsh" || shell == "fish") {
        const auto commands = command_words();
        text = shell == "bash"  ? bash_completion(commands)
               : shell == "zsh" ? zsh_completion(commands)
                                : fish_completion(commands);
    } else {
        std::fprintf(stderr, "qi completion: %s\n", std::string(msg::completion_shell.text()).c_str());
        return 2;
    }
    vm.out.write(text);
    return 0;
}

} // namespace qi
