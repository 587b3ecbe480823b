// The kinds of load. Each returns when all of its connections have ended.
#pragma once

#include "report.hpp"
#include "run.hpp"

namespace qi::bench {

/// Connections on which so many messages each are under way, to a server that sends them back.
void echo(Run& run, Report& report);
/// Connections that are opened, upgraded and closed, so many at the same time.
void connects(Run& run, Report& report);
/// One connection (to /publish) whose messages the server sends to each of many others (to /topic), to which it has
/// sent "subscribed" before.
void topic(Run& run, Report& report);
/// Connections on which nothing is said: how fast they open, and what the server needs for each.
void idle(Run& run, Report& report);
/// Connections to a server of its own (many.qi), which does for all of them what it does for each.
void many(Run& run, Report& report);

// Of a client, which is started for that; this program is its server.

/// Messages of 64 bytes that the client sends, so many under way, and that come back.
void client_pipelined(Run& run, Report& report);
/// Objects of 200 bytes in JSON, so many under way, of which the client makes others.
void client_json(Run& run, Report& report);
/// Clients one after the other that connect, send one message, get it back and close: from their start to their end.
void client_start(Run& run, Report& report);

} // namespace qi::bench
