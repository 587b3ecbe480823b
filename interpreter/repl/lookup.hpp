// :doc, :source, :apropos and :vars. Interpreter thread only.
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
/// There is no such name; the near ones are named.
void complain_unknown(Repl& repl, const std::string& name);

} // namespace qi
