// :conns and :go. Interpreter thread only.
#pragma once

namespace qi {

class Repl;

void show_connections(Repl& repl);
void show_goroutines(Repl& repl);

} // namespace qi
