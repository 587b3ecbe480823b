// Completion for each shell, as a script in its language.
#pragma once

#include "cli/completion/words.hpp"

#include <span>
#include <string>

namespace qi {

std::string bash_completion(std::span<const CommandWords> commands);
std::string zsh_completion(std::span<const CommandWords> commands);
std::string fish_completion(std::span<const CommandWords> commands);

} // namespace qi
