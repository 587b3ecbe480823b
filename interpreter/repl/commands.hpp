// The commands of the prompt: `:name argument`, each a row of one table. Interpreter thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qi {

class Repl;

/// A line that is for the prompt itself, also one with a misspelt command. A keyword that a pipe leads on from isn't.
bool is_command(std::string_view line);
void run_command(Repl& repl, std::string_view line);
/// With their colons.
std::vector<std::string> command_names();
/// What follows the command: nothing special, a name, or a file.
enum class CommandArgument { None, Text, Name, File };
CommandArgument argument_of(std::string_view command);

} // namespace qi
