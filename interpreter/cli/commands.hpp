// The subcommands: qi NAME …, each a row of one table. Interpreter thread only.
#pragma once

#include "base/message.hpp"
#include "vm/vm.hpp"

#include <span>
#include <string>
#include <string_view>

namespace qi {

struct Command {
    std::string_view name;
    const Message& usage; // its lines of qi --help
    /// With what stands behind the name; the exit status.
    int (*run)(Vm& vm, std::span<const std::string> arguments);
};

/// In the order of qi --help.
std::span<const Command> commands();

/// The command of that name, or null.
const Command* find_command(std::string_view name);

} // namespace qi
