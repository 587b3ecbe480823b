// :doc, :source, :apropos, :vars, :funcs and :builtins. Interpreter thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qi {

class Repl;
class Vm;

void show_doc(Repl& repl, const std::string& name);
void show_source(Repl& repl, const std::string& name);
void show_apropos(Repl& repl, const std::string& word);
void show_vars(Repl& repl);
void show_functions(Repl& repl);
void show_builtins(Repl& repl, const std::string& text);
/// The name doesn't exist; near ones are suggested.
void complain_unknown(Repl& repl, const std::string& name);

} // namespace qi
