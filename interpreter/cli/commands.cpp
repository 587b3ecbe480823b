#include "cli/commands.hpp"

#include "cli/check.hpp"
#include "cli/completion/completion.hpp"
#include "cli/completion/messages.hpp"
#include "cli/doc/doc.hpp"
#include "cli/doc/messages.hpp"
#include "cli/fmt.hpp"
#include "cli/messages.hpp"
#include "cli/new/messages.hpp"
#include "cli/new/new.hpp"
#include "cli/run/messages.hpp"
#include "cli/run/run.hpp"
#include "cli/test/test.hpp"
#include "format/messages.hpp"
#include "lsp/messages.hpp"
#include "lsp/server.hpp"
#include "repl/messages.hpp"
#include "repl/repl.hpp"

namespace qi {

namespace {

constexpr Command table[] = {
    {"run", msg::usage_run, run_program},
    {"repl", msg::usage_repl, run_repl},
    {"check", msg::usage_check, run_check},
    {"fmt", msg::usage_fmt, run_fmt},
    {"lsp", msg::usage_lsp, lsp::run_lsp},
    {"test", msg::usage_test, run_tests},
    {"doc", msg::usage_doc, run_doc},
    {"new", msg::usage_new, run_new},
    {"completion", msg::usage_completion, run_completion},
};

} // namespace

std::span<const Command> commands() { return table; }

const Command* find_command(std::string_view name) {
    for (const Command& command : table)
        if (command.name == name) return &command;
    return nullptr;
}

} // namespace qi
