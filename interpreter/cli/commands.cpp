#include "cli/commands.hpp"

#include "cli/check.hpp"
#include "cli/doc/doc.hpp"
#include "cli/doc/messages.hpp"
#include "cli/messages.hpp"
#include "cli/test/test.hpp"

namespace qi {

namespace {

constexpr Command table[] = {
    {"check", msg::usage_check, run_check},
    {"test", msg::usage_test, run_tests},
    {"doc", msg::usage_doc, run_doc},
};

} // namespace

std::span<const Command> commands() { return table; }

const Command* find_command(std::string_view name) {
    for (const Command& command : table)
        if (command.name == name) return &command;
    return nullptr;
}

} // namespace qi
