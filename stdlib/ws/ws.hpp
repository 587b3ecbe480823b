// ws/: WebSocket connections and servers as Qi functions, over the transport.
#pragma once

#include "native/setup.hpp"

#include <memory>
#include <string>
#include <vector>

namespace qi::stdlib {

/// What of the command line concerns ws/.
struct WsSettings {
    std::vector<std::string> resolve;       // HOST:PORT:ADDRESS:PORT, each
    bool restricted = false;                // only what the next two allow
    std::vector<std::string> allow_connect; // patterns
    std::vector<std::string> allow_listen;
    bool log = false;   // QI_WS_LOG=debug
    bool trace = false; // --trace-ws
};

class WebSockets;
struct WebSocketsDelete {
    void operator()(WebSockets* sockets) const noexcept;
};

/// Parts of the namespace. Called by define_ws.
void define_closing(Setup setup);
void define_statistics(Setup setup);
void define_topics(Setup setup);
void define_typed_streams(Setup setup);

/// Defines the namespace. What is returned must live as long as the VM runs programs.
std::unique_ptr<WebSockets, WebSocketsDelete> define_ws(Setup setup, WsSettings settings);

/// True for a HOST:PORT:ADDRESS:PORT that can be used.
bool is_redirection(std::string_view text);
/// True for a pattern of --allow-connect and --allow-listen.
bool is_permission(std::string_view text);

} // namespace qi::stdlib
